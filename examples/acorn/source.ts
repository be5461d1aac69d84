/** The way in: Acorn's webhooks, signed over the raw body. The only file that touches the world. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { poison } from '../../runtime/failure.ts';
import { readJson } from '../../runtime/edge/json.ts';
import type { Source, SourceContext } from '../../runtime/model.ts';
import { record, text } from '../../producers/json.ts';
import { secretsByShop } from '../../runtime/settings.ts';

export const settings = { ACORN_WEBHOOK_SECRETS: secretsByShop('Secrets of the webhooks: shop=secret') };

/** Every active secret is compared, in time that does not depend on where a signature differs. */
const isSigned = (bytes: Uint8Array, signature: string, secrets: readonly string[]): boolean =>
  secrets
    .map(secret => {
      const expected = createHmac('sha256', secret).update(bytes).digest();
      const given = Buffer.from(signature, 'hex');
      return timingSafeEqual(given.length === expected.length ? given : Buffer.alloc(32), expected);
    })
    .includes(true);

export const source = ({ shop, settings: values }: SourceContext<typeof settings>): Source => {
  const secrets = values.ACORN_WEBHOOK_SECRETS.get(shop.shop) ?? [];
  const what = `a webhook of the shop ${shop.shop}`;
  return {
    webhook: ({ headers, bytes }) => {
      if (!isSigned(bytes, headers['x-acorn-signature'] ?? '', secrets))
        throw poison('SIGNATURE_MISMATCH', `reading ${what}: its signature is not by an active secret of the shop`);
      const { id } = record({ id: text })(readJson(bytes, what), what);
      // Stored raw under the order's key; only then is the shop answered.
      return Promise.resolve({
        deliveries: [{ shop: shop.shop, aggregate: id, via: 'webhook', about: 'order', bytes }],
        status: 200,
      });
    },
  };
};
