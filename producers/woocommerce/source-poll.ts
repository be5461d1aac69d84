/**
 * Looks for orders that changed since the last look. Webhooks of WooCommerce are never repeated and some are lost, so this is what
 * nothing escapes: each look overlaps the one before, and what it brings twice `tell` recognises.
 */
import { transient } from '../../runtime/failure.ts';
import type { Clock, Intake, Logger, RawDelivery } from '../../runtime/model.ts';
import type { Answer, Api } from './source-api.ts';
import { polledOrder } from './source-webhook.ts';

export interface PollOptions {
  readonly shop: string;
  readonly api: Api;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Logger;
  readonly overlapMs: number;
  /** Where the first look begins, epoch ms; undefined: the time of the first look. */
  readonly since: number | undefined;
}
interface Pass {
  readonly deliveries: number;
  /** The shop's clock at the first page, 0 when it gives none. */
  readonly asOf: number;
  /** Orders left the list while it was read, so rows may have slipped to a page that was read already. */
  readonly shifted: boolean;
}

const pageSize = 100;
const mostPages = 10_000;
const mostPasses = 3;

const rowsOf = ({ body }: Answer, asking: string): readonly Readonly<Record<string, unknown>>[] => {
  if (!Array.isArray(body))
    throw transient('CHANNEL_REFUSED', `${asking}: it answered no list; is the address of the shop right?`);
  return body.map((row: unknown, at) => {
    if (typeof row !== 'object' || row === null)
      throw transient('CHANNEL_UNREACHABLE', `${asking}: row ${at} of its answer is not an object`);
    return row as Readonly<Record<string, unknown>>;
  });
};
const idOf = (row: Readonly<Record<string, unknown>>, asking: string): number => {
  if (typeof row.id !== 'number' || !Number.isSafeInteger(row.id) || row.id < 1)
    throw transient('CHANNEL_UNREACHABLE', `${asking}: a row of its answer has no id`);
  return row.id;
};

/**
 * Reads a list page by page, each as it comes, to one page past the end: what is added while it is read moves rows to later pages.
 * In order of id, since in order of modification a row that changes jumps to the end and pulls the others to pages already read.
 */
const readPages = async (
  api: Api,
  path: string,
  query: Readonly<Record<string, string>>,
  take: (rows: readonly Readonly<Record<string, unknown>>[], answer: Answer) => Promise<void>,
): Promise<{ readonly asOf: number; readonly shifted: boolean }> => {
  let first: Answer | undefined;
  let most = 0;
  let shifted = false;
  for (let page = 1; page <= mostPages; page++) {
    const asking = `reading page ${page} of ${path}`;
    const answer = await api.get(path, { ...query, per_page: String(pageSize), orderby: 'id', order: 'asc', page: String(page) });
    const rows = rowsOf(answer, asking);
    first ??= answer;
    shifted ||= answer.total < most;
    most = Math.max(most, answer.total);
    if (rows.length > 0) await take(rows, answer);
    else if (page > answer.pages) return { asOf: first.asOf, shifted };
  }
  throw transient('CHANNEL_UNREACHABLE', `reading ${path}: its pages do not end after ${mostPages}`);
};

const refundsOf = async (api: Api, id: number, order: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> => {
  if (!Array.isArray(order.refunds) || order.refunds.length === 0) return [];
  const all: unknown[] = [];
  await readPages(api, `/orders/${id}/refunds`, {}, rows => {
    all.push(...rows);
    return Promise.resolve();
  });
  return all;
};
const pass = async ({ shop, api, intake }: PollOptions, from: number): Promise<Pass> => {
  let deliveries = 0;
  const query = { modified_after: new Date(from).toISOString().slice(0, 19), dates_are_gmt: 'true', status: 'any' };
  const { asOf, shifted } = await readPages(api, '/orders', query, async (rows, answer) => {
    const found: RawDelivery[] = [];
    for (const order of rows) {
      const id = idOf(order, `reading the orders of ${shop}`);
      found.push(polledOrder(shop, order, id, answer.asOf, await refundsOf(api, id, order)));
    }
    await intake.deliver(found);
    deliveries += found.length;
  });
  return { deliveries, asOf, shifted };
};

/** The cursor is the shop's clock at the start of the last whole look: not ours, whose hours may differ. */
export const pollOf = (options: PollOptions): (() => Promise<number>) => {
  const { shop, intake, clock, log, overlapMs, since } = options;
  const name = `woocommerce/${shop}/orders`;
  return async () => {
    const kept = Date.parse((await intake.cursor(name)) ?? '');
    const from = Number.isNaN(kept) ? (since ?? clock.now() - overlapMs) : kept - overlapMs;
    let deliveries = 0;
    for (let passes = 1; ; passes++) {
      const read = await pass(options, Math.max(0, from));
      deliveries += read.deliveries;
      if (!read.shifted) {
        // A shop whose clock runs ahead must not push the cursor beyond what it may still date; one without a clock, not at all.
        const next = Math.max(Number.isNaN(kept) ? from : kept, Math.min(read.asOf, clock.now()));
        await intake.keepCursor(name, new Date(next).toISOString());
        return deliveries;
      }
      if (passes === mostPasses) {
        log.warn({ shop }, 'orders left the list while it was read; the next poll begins at the same place');
        return deliveries;
      }
    }
  };
};
