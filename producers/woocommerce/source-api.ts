/** Asks a WooCommerce shop over its REST API. What goes wrong is classified here, once. */
import { Buffer } from 'node:buffer';
import { isFailure, transient, type Failure } from '../../runtime/failure.ts';
import type { Clock } from '../../runtime/model.ts';

export interface Answer {
  /** Undefined when the shop has no such thing (404, 410). */
  readonly body: unknown;
  /** The earliest time by the shop's clock that the answer can be of, epoch ms; 0 when the shop gives no Date. */
  readonly asOf: number;
  /** Of a list, as the shop counted it for this answer. */
  readonly total: number;
  readonly pages: number;
}
export interface Api {
  readonly get: (path: string, query?: Readonly<Record<string, string>>) => Promise<Answer>;
}
export interface ApiOptions {
  readonly shop: string;
  readonly url: string;
  /** `consumer_key:consumer_secret`; the next is tried when one is refused. */
  readonly keys: readonly string[];
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A hundred orders are a few megabytes; more than this is not an answer. */
const maxBytes = 64 << 20;

const retryAfterMs = (response: Response, now: number): number | undefined => {
  const text = response.headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.min(ms, 3_600_000);
};
const count = (response: Response, header: string): number => {
  const text = response.headers.get(header) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
};
const bytesOf = async (response: Response, asking: string): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw transient('CHANNEL_UNREACHABLE', `${asking}: the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
const refusal = (status: number, asking: string, retryMs: number | undefined): Failure => {
  const retry = retryMs === undefined ? {} : { retryAfterMs: retryMs };
  if (status === 401 || status === 403)
    return transient('CHANNEL_REFUSED', `${asking}: it answered ${status}; the key in WOO_API_KEYS may not read this`, retry);
  if (status === 429 || status >= 500) return transient('CHANNEL_UNREACHABLE', `${asking}: it answered ${status}`, retry);
  return transient('CHANNEL_REFUSED', `${asking}: it answered ${status}; is the address of the shop right?`, retry);
};

export const apiOf = ({ shop, url, keys, timeoutMs, clock }: ApiOptions): Api => {
  const ask = async (address: URL, key: string, asking: string): Promise<{ response: Response; bytes: Buffer }> => {
    try {
      const response = await fetch(address, {
        headers: { accept: 'application/json', authorization: `Basic ${Buffer.from(key).toString('base64')}` },
        // A redirect would carry the key to another host.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { response, bytes: await bytesOf(response, asking) };
    } catch (cause) {
      if (isFailure(cause)) throw cause;
      throw transient('CHANNEL_UNREACHABLE', `${asking}: no answer within ${timeoutMs} ms`, { cause });
    }
  };
  return {
    get: async (path, query = {}) => {
      const address = new URL(`${url.replace(/\/$/, '')}/wp-json/wc/v3${path}`);
      for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
      const asking = `asking the shop ${shop} for ${path}`;
      let last: Failure | undefined;
      for (const key of keys) {
        const started = clock.monotonic();
        const { response, bytes } = await ask(address, key, asking);
        const elapsed = clock.monotonic() - started;
        if ([200, 404, 410].includes(response.status)) return answerOf(response, bytes, elapsed, asking);
        last = refusal(response.status, asking, retryAfterMs(response, clock.now()));
        if (response.status !== 401) break;
      }
      throw last ?? transient('CHANNEL_REFUSED', `${asking}: WOO_API_KEYS has no key of the shop`);
    },
  };
};
const answerOf = (response: Response, bytes: Buffer, elapsed: number, asking: string): Answer => {
  const date = Date.parse(response.headers.get('date') ?? '');
  try {
    return {
      body: response.status === 200 ? (JSON.parse(bytes.toString('utf8')) as unknown) : undefined,
      // The answer was written at Date or up to a second later, and read from the database at most `elapsed` before.
      asOf: Number.isNaN(date) ? 0 : Math.max(0, Math.floor(date - elapsed)),
      total: count(response, 'x-wp-total'),
      pages: count(response, 'x-wp-totalpages'),
    };
  } catch {
    // A plugin's warning or a maintenance page in front of the JSON; the parser's own message would quote it.
    throw transient('CHANNEL_UNREACHABLE', `${asking}: it answered 200 with something that is not JSON`);
  }
};
