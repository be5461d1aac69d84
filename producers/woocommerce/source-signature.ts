/** Whether a webhook was signed by the shop: base64 of HMAC-SHA256 over the bytes as received. */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  '38': '&',
  x26: '&',
  lt: '<',
  '60': '<',
  x3c: '<',
  gt: '>',
  '62': '>',
};
const quotes: Readonly<Record<string, string>> = { x3e: '>', quot: '"', '34': '"', x22: '"', '39': "'", x27: "'" };
const special = /&(?:(amp|lt|gt|quot)|#0*(38|60|62|34|39)|#(x)0*(26|3c|3e|22|27));/gi;
/** WordPress stores a secret with its special characters as HTML entities and decodes them before it signs. */
const decodedSecret = (secret: string): string =>
  secret.replace(special, (whole, name?: string, dec?: string, x?: string, hex?: string) => {
    const key = (name ?? dec ?? `${x}${hex}`).toLowerCase();
    return entities[key] ?? quotes[key] ?? whole;
  });
/** The keys a shop may have signed with: each active secret, as given and as WordPress decodes it. */
export const signingKeys = (secrets: readonly string[]): readonly string[] => [
  ...new Set(secrets.flatMap(secret => [secret, decodedSecret(secret)])),
];

/**
 * Compares with every key, always all of them, in time that does not depend on where a signature differs or on how long a wrong one is.
 * A header that was sent twice arrives joined and fits no signature.
 */
export const isSigned = (bytes: Uint8Array, signature: string | undefined, keys: readonly string[]): boolean => {
  const given = Buffer.from(signature ?? '', 'latin1');
  let found = false;
  for (const key of keys.length === 0 ? ['no secret of this shop is known'] : keys) {
    const expected = Buffer.from(createHmac('sha256', key).update(bytes).digest('base64'), 'latin1');
    const sameLength = given.length === expected.length;
    const same = timingSafeEqual(sameLength ? given : expected, expected);
    found = (same && sameLength && keys.length > 0) || found;
  }
  return found;
};
