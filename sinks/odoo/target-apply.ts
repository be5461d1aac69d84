/** Makes and changes orders in Odoo, many in one call; what a call refuses is tried one by one, so that one bad record blames no other. */
import { isFailure, poison, transient } from '../../runtime/failure.ts';
import { mayHaveHappened } from '../../runtime/odoo-rpc.ts';
import type { Answer } from '../../runtime/model.ts';
import { decimalOf, isNegative, isZero, negated, sumOf, type Decimal } from '../../schemas/money.ts';
import type { Call } from './contract.ts';
import { claimed, nameOf, rowsOf, type Ask, type Row } from './target-ask.ts';
import { loadLines, loadOrders, loadPartners } from './target-load.ts';

type Of<D extends Call['do']> = Extract<Call, { readonly do: D }>;

const minus = (a: unknown, b: unknown): Decimal =>
  sumOf([decimalOf(String(a), 'an amount of Odoo'), negated(decimalOf(String(b), 'an amount'))]);
/** Whether Odoo's amounts are those that may be confirmed. */
const isRight = (row: Row, one: Of<'confirm'>): boolean =>
  nameOf(row['currency_id']) === one.currency &&
  isZero(minus(row['amount_total'], one.total)) &&
  !isNegative(minus(row['amount_tax'], one.leastTax)) &&
  !isNegative(minus(one.mostTax, row['amount_tax']));
const isQuotation = (row: Row): boolean => row['state'] === 'draft' || row['state'] === 'sent';
/** Confirms those that are quotations with the expected total; leaves the others for the next look. */
const confirm = async (ask: Ask, calls: readonly Of<'confirm'>[]): Promise<void> => {
  const names = calls.flatMap(one => (typeof one.order === 'string' ? [one.order] : []));
  const ids = await claimed(ask, 'sale.order', names);
  const wanted = new Map(
    calls.flatMap(one => {
      const id = typeof one.order === 'number' ? one.order : ids.get(one.order);
      return id === undefined ? [] : [[id, one] as const];
    }),
  );
  const quotations = async (of: readonly number[]): Promise<readonly Row[]> =>
    rowsOf('sale.order', await ask('sale.order', 'read', [of, ['state', 'amount_total', 'amount_tax', 'currency_id']])).filter(
      isQuotation,
    );
  const ready = (await quotations([...wanted.keys()]))
    .filter(row => {
      const one = wanted.get(Number(row['id']));
      return one !== undefined && isRight(row, one);
    })
    .map(row => Number(row['id']));
  if (ready.length === 0) return;
  try {
    await ask('sale.order', 'action_confirm', [ready]);
  } catch (error) {
    // Somebody confirmed them between the look and the call: then there is nothing to refuse.
    if (isFailure(error) && error.code === 'ODOO_REFUSED' && (await quotations(ready)).length === 0) return;
    throw error;
  }
};
const create = async (ask: Ask, calls: readonly Of<'order'>[]): Promise<void> => {
  const orders = calls.map(one => one.order);
  try {
    await loadOrders(ask, orders);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'ODOO_REFUSED') throw error;
    // Made meanwhile, by one of us that was taken for dead: what of them is missing, the next look finds.
    const names = orders.map(one => one.externalId);
    if ((await claimed(ask, 'sale.order', names)).size < names.length) throw error;
  }
};
const withOrigin = async (ask: Ask, calls: readonly (Of<'cancel'> | Of<'reopen'>)[]): Promise<readonly number[]> => {
  for (const [origin, mine] of Map.groupBy(calls, one => one.origin))
    await ask('sale.order', 'write', [mine.map(one => one.order), { origin }]);
  return calls.map(one => one.order);
};
const cancel = async (ask: Ask, calls: readonly Of<'cancel'>[]): Promise<void> => {
  const orders = await withOrigin(ask, calls);
  const answer = await ask('sale.order', 'action_cancel', [orders]);
  if (answer !== true)
    throw poison('ODOO_REFUSED', "calling Odoo's sale.order.action_cancel: it answers with a question, and nothing is done");
};
const reopen = async (ask: Ask, calls: readonly Of<'reopen'>[]): Promise<void> => {
  await ask('sale.order', 'action_draft', [calls.map(one => one.order)]);
  await withOrigin(ask, calls);
};
const changeLine = async (ask: Ask, { line, quantity, unitPrice, taxes }: Of<'line'>): Promise<void> => {
  const values = { product_uom_qty: Number(quantity), price_unit: Number(unitPrice), discount: 0 };
  await ask('sale.order.line', 'write', [[line], taxes === null ? values : { ...values, tax_ids: [[6, 0, taxes]] }]);
};

interface Item {
  outcome: Answer<undefined>;
}
/** What Odoo says of one record only: tried again by itself, with others going on, and set aside when that does not help. */
const ofRecord = ['ODOO_CONFLICT', 'UNKNOWN_ERROR'];
const failed = (error: unknown): Answer<undefined> => {
  if (mayHaveHappened(error)) return { is: 'unknown', error: error as Error };
  if (!(error instanceof Error)) return { is: 'failure', failure: new Error(String(error)) };
  if (!isFailure(error) || !ofRecord.includes(error.code)) return { is: 'failure', failure: error };
  return { is: 'failure', failure: transient(error.code, error.message, { scope: 'key', cause: error.cause }) };
};
const ofTarget = (error: unknown): boolean => isFailure(error) && error.kind !== 'poison' && !ofRecord.includes(error.code);

/** Runs work for many at once; when that is refused for what it says, each alone. */
const together = async <T>(all: readonly (readonly [Item, T])[], run: (batch: readonly T[]) => Promise<void>): Promise<void> => {
  const open = all.filter(([item]) => item.outcome.is === 'done');
  if (open.length === 0) return;
  try {
    await run(open.map(([, one]) => one));
  } catch (error) {
    if (open.length > 1 && !ofTarget(error)) for (const one of open) await together([one], run);
    else for (const [item] of open) item.outcome = failed(error);
  }
};
/** One answer per item, in order. The calls of an item run in this order, those of one kind together for the batch. */
export const applyAll = async (ask: Ask, calls: readonly (readonly Call[])[]): Promise<readonly Answer<undefined>[]> => {
  const items: Item[] = calls.map(() => ({ outcome: { is: 'done', value: undefined } }));
  const of = <D extends Call['do']>(what: D): readonly (readonly [Item, Of<D>])[] =>
    calls.flatMap((mine, i) => mine.filter((call): call is Of<D> => call.do === what).map(call => [items[i]!, call] as const));
  const many = <D extends Call['do']>(what: D, run: (batch: readonly Of<D>[]) => Promise<unknown>): Promise<void> =>
    together(of(what), async batch => {
      await run(batch);
    });
  const each = async <D extends Call['do']>(what: D, run: (one: Of<D>) => Promise<unknown>): Promise<void> => {
    for (const one of of(what))
      await together([one], async ([call]) => {
        await run(call!);
      });
  };
  const onOrders = (method: string) => (batch: readonly { readonly order: number }[]) =>
    ask('sale.order', method, [batch.map(one => one.order)]);
  await many('partner', batch =>
    loadPartners(
      ask,
      batch.map(one => one.partner),
    ),
  );
  await many('address', batch =>
    loadPartners(
      ask,
      batch.map(one => one.address),
    ),
  );
  await many('order', batch => create(ask, batch));
  await many('reopen', batch => reopen(ask, batch));
  await many('unlock', onOrders('action_unlock'));
  await each('lines', one => loadLines(ask, one.order, one.lines));
  await each('line', one => changeLine(ask, one));
  await many('lock', onOrders('action_lock'));
  await many('confirm', batch => confirm(ask, batch));
  await many('cancel', batch => cancel(ask, batch));
  return items.map(item => item.outcome);
};
