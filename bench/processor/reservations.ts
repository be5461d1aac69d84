/** The rival's stock reservation as an Onhand processor: the same topics, schemas and rules, with the held orders as Entries. */
import { entries, type Entries } from '../../runtime/entries.ts';
import { processor, type Fact, type Topic } from '../../runtime/model.ts';
import { namesOf, type Names } from '../../runtime/topology.ts';
import type { Registry } from '../../runtime/wire/codec.ts';
import type { AvroRecord } from '../../schemas/load.ts';

export interface OrderLine {
  readonly eventId: string;
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly kind: 'PLACED' | 'CANCELLED' | 'COUNTED';
  readonly at: number;
}
export interface StockOutcome extends Omit<OrderLine, 'kind'> {
  readonly outcome: 'RESERVED' | 'REFUSED' | 'RELEASED';
  readonly available: number;
}
type In = Fact<'OrderLine', OrderLine>;
type Out = Fact<'StockOutcome', StockOutcome>;
interface State {
  readonly onHand: number;
  /** The sum of the held quantities. */
  readonly heldTotal: number;
  readonly held: Entries<number>;
}

const topic = (name: string, fact: string): Topic => ({
  ...{ name, doc: 'Of the benchmark.', key: ['sku'], facts: [fact] },
  ...{ partitions: 4, retentionDays: 7, table: false },
});
export const orderLines = topic('order-lines', 'OrderLine');
export const stock = topic('stock', 'StockOutcome');

/**
 * The load's topics as the rival names them; all others of the run's own, since topics that a reset has just deleted are still told of
 * for a while. The next reset takes these away, too: their names begin with `bench`.
 */
export const namesOfRun = (group: string): Names => {
  const [shared, own] = [namesOf('bench.'), namesOf(`bench.${group}.`)];
  const load = [orderLines.name, stock.name];
  return {
    ...own,
    topic: name => (load.includes(name) ? shared : own).topic(name),
    group: () => group,
    plain: name => load.find(one => shared.topic(one) === name) ?? own.plain(name),
  };
};

const outcome = (line: OrderLine, what: StockOutcome['outcome'], quantity: number, available: number): readonly [Out] => {
  const { eventId, orderId, sku, at } = line;
  return [{ type: 'StockOutcome', data: { eventId, orderId, sku, outcome: what, quantity, available, at } }];
};
const decide = ({ data }: In, { onHand, heldTotal, held }: State): readonly Out[] => {
  const available = onHand - heldTotal;
  switch (data.kind) {
    case 'COUNTED':
      return [];
    case 'PLACED':
      if (held.has(data.orderId)) return [];
      return available >= data.quantity
        ? outcome(data, 'RESERVED', data.quantity, available - data.quantity)
        : outcome(data, 'REFUSED', data.quantity, available);
    case 'CANCELLED': {
      const released = held.get(data.orderId) ?? 0;
      return outcome(data, 'RELEASED', released, available + released);
    }
  }
};
const evolve = (state: State, fact: In | Out): State => {
  if (fact.type === 'OrderLine')
    return fact.data.kind === 'COUNTED' && fact.data.quantity !== state.onHand ? { ...state, onHand: fact.data.quantity } : state;
  const { outcome: what, orderId, quantity } = fact.data;
  if (what === 'REFUSED' || quantity === 0) return state;
  return what === 'RESERVED'
    ? { ...state, heldTotal: state.heldTotal + quantity, held: state.held.with(orderId, quantity) }
    : { ...state, heldTotal: state.heldTotal - quantity, held: state.held.without(orderId) };
};
export const reservations = processor<State, In, Out>({
  name: 'reservations',
  doc: 'Reserves stock per sku, as the rival does.',
  reads: [orderLines],
  writes: [stock],
  entries: ['held'],
  initial: { onHand: 0, heldTotal: 0, held: entries() },
  decide,
  evolve,
});

const named = (name: string, symbols: readonly string[]) => ({ type: 'enum', name, symbols }) as unknown as string;
/** As in the rival's `src/main/avro`; the id is the place in this list, from 1. */
const records: readonly AvroRecord[] = [
  {
    ...{ type: 'record', namespace: 'bench', name: 'OrderLine' },
    fields: [
      { name: 'eventId', type: 'string' },
      { name: 'orderId', type: 'string' },
      { name: 'sku', type: 'string' },
      { name: 'quantity', type: 'int' },
      { name: 'kind', type: named('Kind', ['PLACED', 'CANCELLED', 'COUNTED']) },
      { name: 'at', type: 'long' },
    ],
  },
  {
    ...{ type: 'record', namespace: 'bench', name: 'StockOutcome' },
    fields: [
      { name: 'eventId', type: 'string' },
      { name: 'orderId', type: 'string' },
      { name: 'sku', type: 'string' },
      { name: 'outcome', type: named('Outcome', ['RESERVED', 'REFUSED', 'RELEASED']) },
      { name: 'quantity', type: 'int' },
      { name: 'available', type: 'int' },
      { name: 'at', type: 'long' },
    ],
  },
];
export const schemas: ReadonlyMap<string, AvroRecord> = new Map(records.map(record => [record.name, record]));
export const registry: Registry = {
  idsOf: facts => Promise.resolve(new Map(facts.map(fact => [fact, records.findIndex(record => record.name === fact) + 1]))),
  schemaOf: id => Promise.resolve(records[id - 1]),
};
