/** What a run has come to, in a form in which two runs are compared: all facts, Odoo, the ledger. */
import { readJournals } from '../../../sinks/ledger/target-read.ts';
import type { JournalPrepared } from '../../../schemas/generated/facts.ts';
import { allTopics } from '../../../schemas/topics.ts';
import type { Plant } from './plant.ts';
import type { Reader } from './reader.ts';

/** Bytes are sealed anew with each telling. */
const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, name === 'bytes' ? 'sealed' : plain(part)]));
};
/**
 * All that Onhand's units said, with its id, in the order of each key; of a key that several orders share (a listing that all ask for),
 * in the order of each of them. Deliveries are the channels', and as many as they sent.
 */
export const factsOf = async (reader: Reader): Promise<readonly string[]> => {
  const all = await Promise.all(
    allTopics
      .filter(topic => !topic.facts.includes('DeliveryReceived'))
      .map(async topic => (await reader.events(topic.name)).map(one => ({ ...one, topic: topic.name }))),
  );
  const orderOf = (data: unknown): string => (data as { readonly order?: string }).order ?? '';
  const byKey = Map.groupBy(all.flat(), ({ topic, event }) => `${topic} ${event.key} ${orderOf(event.data)}`);
  return [...byKey]
    .flatMap(([key, facts]) =>
      facts.map(({ event }, nth) => `${key} #${nth} ${event.id} ${event.type} ${JSON.stringify(plain(event.data))}`),
    )
    .sort();
};
/** Ids that units said more than once on a topic; deliveries are the channels', who may send the same twice within a millisecond. */
export const repeated = async (reader: Reader): Promise<readonly string[]> => {
  const all = await Promise.all(
    allTopics
      .filter(topic => !topic.facts.includes('DeliveryReceived'))
      .map(async topic => (await reader.events(topic.name)).map(({ event }) => `${topic.name} ${event.type} ${event.id}`)),
  );
  return [...Map.groupBy(all.flat(), id => id)].flatMap(([id, found]) => (found.length > 1 ? [`${id} × ${found.length}`] : []));
};

export interface OdooOrder {
  readonly reference: string;
  readonly state: string;
  readonly customer: string;
  readonly total: string;
  readonly lines: readonly string[];
}
type Row = Readonly<Record<string, unknown>>;
const nameOf = (pair: unknown): string => String((pair as readonly unknown[])[1]);
/** The simulator's floats are decimal text. */
const figure = (value: unknown): string => Number((value as { readonly float: string }).float).toFixed(3);
export const odooOrders = ({ odoo }: Pick<Plant, 'odoo'>): readonly OdooOrder[] => {
  const read = (model: string, domain: readonly unknown[], fields: readonly string[]): readonly Row[] =>
    odoo.control.execute(model, 'search_read', [domain as never], { fields: [...fields] }) as unknown as readonly Row[];
  const lines = Map.groupBy(
    read(
      'sale.order.line',
      [],
      ['order_id', 'product_id', 'name', 'product_uom_qty', 'price_unit', 'price_subtotal', 'price_total'],
    ),
    line => (line['order_id'] as readonly number[])[0],
  );
  return read('sale.order', [], ['client_order_ref', 'state', 'partner_id', 'amount_untaxed', 'amount_tax', 'amount_total'])
    .map(row => ({
      reference: String(row['client_order_ref']),
      state: String(row['state']),
      customer: nameOf(row['partner_id']),
      total: [row['amount_untaxed'], row['amount_tax'], row['amount_total']].map(figure).join(' '),
      lines: (lines.get(row['id'] as number) ?? [])
        .map(line => {
          const figures = [line['product_uom_qty'], line['price_unit'], line['price_total']].map(figure);
          return [nameOf(line['product_id']), line['name'], ...figures].join(' ');
        })
        .sort(),
    }))
    .sort((one, other) => (one.reference < other.reference ? -1 : 1));
};
/** Contacts by name; one that was made twice is there twice. */
export const odooCustomers = ({ odoo }: Pick<Plant, 'odoo'>): readonly string[] =>
  (odoo.control.execute('res.partner', 'search_read', [[]], { fields: ['display_name', 'type'] }) as unknown as readonly Row[])
    .map(row => `${String(row['display_name'])} ${String(row['type'])}`)
    .sort();

export const journalsOf = async ({ ledger: { db } }: Pick<Plant, 'ledger'>): Promise<readonly JournalPrepared[]> => {
  const wanted = await db.selectFrom('ledger.journals').select(['company', 'journal']).orderBy('journal').execute();
  const found = await readJournals(db, wanted);
  return [...found.values()].toSorted((one, other) => (one.journal < other.journal ? -1 : 1));
};

/** Why a process set something aside or stopped a task, as its log has it. */
export const complaintsIn = (log: string): readonly string[] =>
  log.split('\n').filter(line => /set aside|unreadable|the task stops|a defect/.test(line));
export const complaints = ({ processes }: Pick<Plant, 'processes'>): readonly string[] =>
  [...new Set(Object.values(processes))].flatMap(process => complaintsIn(process.log()));
