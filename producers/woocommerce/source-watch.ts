/** Whether the shop still calls us: after five answers it did not like, WooCommerce disables a webhook without a word. */
import { isFailure } from '../../runtime/failure.ts';
import type { Logger } from '../../runtime/model.ts';
import type { Api } from './source-api.ts';

type State = 'active' | 'not active' | 'missing' | 'unknown';
const meanings: Readonly<Record<Exclude<State, 'active'>, string>> = {
  'not active': 'the shop has disabled or paused its webhook to us; orders come by polls only until it is set active again',
  missing: 'no webhook of the shop names our address; orders come by polls only',
  unknown: 'the shop does not let us see whether its webhook is active; the key in WOO_API_KEYS needs the right to read webhooks',
};

const stateOf = async (api: Api, path: string): Promise<State> => {
  const { body } = await api.get('/webhooks', { per_page: '100' });
  const ours = (Array.isArray(body) ? body : []).filter(
    (row: { readonly delivery_url?: unknown; readonly resource?: unknown } | null) =>
      row?.resource === 'order' && typeof row.delivery_url === 'string' && row.delivery_url.replace(/\/$/, '').endsWith(path),
  ) as readonly { readonly status?: unknown }[];
  if (ours.length === 0) return 'missing';
  return ours.every(row => row.status === 'active') ? 'active' : 'not active';
};

/** Says it when it changes, and every time while a webhook is disabled. Never fails: a poll that worked is not undone by it. */
export const webhookWatch = (shop: string, api: Api, log: Logger): (() => Promise<void>) => {
  let last: State = 'active';
  return async () => {
    let state: State;
    try {
      state = await stateOf(api, `/hooks/woocommerce/${shop}`);
    } catch (error) {
      if (!isFailure(error)) throw error;
      state = 'unknown';
    }
    if (state !== 'active' && (state !== last || state === 'not active')) log.warn({ shop, webhook: state }, meanings[state]);
    if (state === 'active' && last !== 'active') log.info({ shop, webhook: state }, 'the webhook of the shop is active again');
    last = state;
  };
};
