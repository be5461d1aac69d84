/** The two ways in from a WooCommerce shop: its webhooks, and the polls that find what webhooks lose. */
import type { Source, SourceContext } from '../../runtime/model.ts';
import { apiOf, type Api } from './source-api.ts';
import { optionsOf } from './options.ts';
import { pollOf } from './source-poll.ts';
import type { settings } from './settings.ts';
import { signingKeys } from './source-signature.ts';
import { webhookOf } from './source-webhook.ts';
import { webhookWatch } from './source-watch.ts';

export const source = ({ shop, settings: values, intake, clock, log }: SourceContext<typeof settings>): Source => {
  const keys = values.WOO_API_KEYS.get(shop.shop) ?? [];
  const secrets = values.WOO_WEBHOOK_SECRETS.get(shop.shop) ?? [];
  const api: Api | undefined =
    shop.url === null || keys.length === 0
      ? undefined
      : apiOf({ shop: shop.shop, url: shop.url, keys, timeoutMs: values.WOO_TIMEOUT_SECONDS * 1000, clock });
  if (api === undefined) log.warn({ shop: shop.shop }, 'no key in WOO_API_KEYS for the shop: lost webhooks are not looked for');
  if (secrets.length === 0)
    log.warn({ shop: shop.shop }, 'no secret in WOO_WEBHOOK_SECRETS for the shop: its webhooks are refused');
  const webhook = webhookOf({ shop: shop.shop, keys: signingKeys(secrets), api, log });
  if (api === undefined) return { webhook };
  const watch = webhookWatch(shop.shop, api, log);
  const poll = pollOf({
    shop: shop.shop,
    api,
    intake,
    clock,
    log,
    overlapMs: values.WOO_OVERLAP_SECONDS * 1000,
    since: optionsOf(shop).since,
  });
  return {
    webhook,
    poll: async () => {
      const deliveries = await poll();
      await watch();
      return deliveries;
    },
    pollEveryMs: values.WOO_POLL_SECONDS * 1000,
  };
};
