/**
 * Stripe's signature of a webhook: `t=<seconds>,v1=<hex>[,v1=<hex>…]` over `t.body`. Several v1 while a secret is rolled, one match is
 * enough; v0 is for Stripe's own tests and never counts. https://docs.stripe.com/webhooks#verify-manually
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { poison } from '../../runtime/failure.ts';

/** Both ways: a delivery from the future is as foreign as one that is replayed. */
export const toleranceSeconds = 300;
const mostBytes = 4096;
/** So many v1 are compared, always, whatever the header holds: the work says nothing and cannot be driven up. */
const candidates = 8;

interface Header {
  readonly time: string;
  readonly signatures: readonly Buffer[];
}
const unreadable: Header = { time: '', signatures: [] };
const read = (header: string): Header => {
  if (header.length > mostBytes) return unreadable;
  const parts = header.split(',');
  const times = parts.filter(part => part.startsWith('t=')).map(part => part.slice(2));
  const signatures = parts.filter(part => /^v1=[0-9a-f]{64}$/.test(part)).map(part => Buffer.from(part.slice(3), 'hex'));
  const [time] = times;
  // Two times would let the one that is checked differ from the one that is signed. 11 digits last until the year 5138.
  return times.length !== 1 || time === undefined || !/^\d{1,11}$/.test(time) || signatures.length > candidates
    ? unreadable
    : { time, signatures };
};

const none = Buffer.alloc(32);
/** All secrets and all places are compared, also after a match. */
const isSigned = ({ time, signatures }: Header, bytes: Uint8Array, secrets: readonly string[]): boolean => {
  let matched = 0;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(bytes).digest();
    for (let at = 0; at < candidates; at += 1) {
      const signature = signatures[at];
      matched |= Number(timingSafeEqual(expected, signature ?? none)) & Number(signature !== undefined);
    }
  }
  return matched === 1;
};

/** Throws poison SIGNATURE_MISMATCH or SIGNATURE_STALE. `now`: epoch ms. */
export const authentic = (
  header: string | undefined,
  bytes: Uint8Array,
  secrets: readonly string[],
  now: number,
  shop: string,
): void => {
  const found = read(header ?? '');
  if (!isSigned(found, bytes, secrets))
    throw poison('SIGNATURE_MISMATCH', `receiving a Stripe webhook for shop ${shop}: no active secret signed it`);
  const ageSeconds = Math.floor(now / 1000) - Number(found.time);
  if (Math.abs(ageSeconds) > toleranceSeconds)
    throw poison(
      'SIGNATURE_STALE',
      `receiving a Stripe webhook for shop ${shop}: it was signed ${Math.abs(ageSeconds)} s ${ageSeconds > 0 ? 'ago' : 'ahead'}, ${toleranceSeconds} s are allowed`,
    );
};
