/** What an operator sets for the WooCommerce shops of a process. */
import { integer, secretsByShop } from '../../runtime/settings.ts';

export const settings = {
  WOO_WEBHOOK_SECRETS: secretsByShop('Secrets of the webhooks: shop=secret; several per shop are all active.'),
  WOO_API_KEYS: secretsByShop('REST keys with read rights, for polls: shop=consumer_key:consumer_secret.'),
  WOO_POLL_SECONDS: integer('How often missed orders are looked for.', 60, 1),
  // Not below what a shop needs to finish a change it has dated already, nor below the time a refund is doubted (refunds.ts).
  WOO_OVERLAP_SECONDS: integer('How far a poll looks back before the last one.', 300, 180),
  WOO_TIMEOUT_SECONDS: integer('How long a shop may take to answer.', 30, 1),
} as const;
