/** Reads Stripe's API for what a webhook leaves out and for what was missed; its answers classified once. */
import { isFailure, transient } from '../../runtime/failure.ts';
import { fieldOf } from '../json.ts';

export interface Api {
  /** The JSON that a GET answers; undefined: there is no such object. */
  readonly get: (path: string, query?: readonly (readonly [string, string])[]) => Promise<unknown>;
}

/** A restricted key is rolled with an overlap, so the next one is tried when one is refused. */
export const stripeApi = (base: string, keys: readonly string[], timeoutMs: number): Api => ({
  get: async (path, query = []) => {
    const asked =
      query.length === 0 ? '' : `?${new URLSearchParams(query.map(([key, value]): [string, string] => [key, value])).toString()}`;
    const address = `${base}${path}${asked}`;
    let refused: unknown;
    for (const key of keys) {
      try {
        return await answerOf(address, path, key, timeoutMs);
      } catch (error) {
        if (!isFailure(error) || error.code !== 'CHANNEL_REFUSED') throw error;
        refused = error;
      }
    }
    throw refused instanceof Error ? refused : transient('CHANNEL_REFUSED', `reading Stripe ${path}: there is no key for it`);
  },
});

const answerOf = async (address: string, path: string, key: string, timeoutMs: number): Promise<unknown> => {
  const doing = `reading Stripe ${path}`;
  let response: Response;
  let body: string;
  try {
    response = await fetch(address, {
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.text();
  } catch (error) {
    throw transient('CHANNEL_UNREACHABLE', `${doing}: ${error instanceof Error ? reasonOf(error) : 'no answer'}`, {
      cause: error,
    });
  }
  const { status } = response;
  if (status === 404) return undefined;
  if (status === 429 || status >= 500 || status === 408 || status === 409) {
    const seconds = Number(response.headers.get('retry-after'));
    const options = seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
    throw transient('CHANNEL_UNREACHABLE', `${doing}: it answers ${status}`, options);
  }
  // Not fatal: webhooks need the key rarely, and must not stop when it expires.
  if (status !== 200) throw transient('CHANNEL_REFUSED', `${doing}: it answers ${status}${codeOf(body)}`);
  const answer = parsed(body);
  if (answer === undefined) throw transient('CHANNEL_UNREACHABLE', `${doing}: it answers 200 with something that is not JSON`);
  return answer;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};
const reasonOf = (error: Error): string => {
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  const code = typeof cause === 'object' && cause !== null ? fieldOf(cause, 'code') : undefined;
  return typeof code === 'string' ? code : 'the connection ended';
};
/** Stripe's own code; its message may quote the key. */
const codeOf = (body: string): string => {
  const answer = parsed(body);
  const error = typeof answer === 'object' && answer !== null ? fieldOf(answer, 'error') : undefined;
  if (typeof error !== 'object' || error === null) return '';
  const code = fieldOf(error, 'code') ?? fieldOf(error, 'type');
  return typeof code === 'string' && /^[a-z0-9_]{1,64}$/.test(code) ? ` (${code})` : '';
};
