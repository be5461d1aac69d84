/** Invariants I1, I3 and I4 over a whole history: what is wrong, in words; nothing when they hold. */
import type { AnyFact, LocationStock, OrderConfirmed } from '../../../schemas/generated/facts.ts';
import { ledgerBalance, ledgerUnbalanced } from '../../../sinks/ledger/target-queries.ts';
import { stockReference, type Logged } from '../../model/stock-reference.ts';
import { journalsOf, odooCustomers, odooOrders } from './outcome.ts';
import type { Plant } from './plant.ts';
import { topicsRead, type Read, type Reader } from './reader.ts';

/** What stock read of each product, in the order in which it did as its run log has it, and what it said to that. */
export const stockLogs = async (reader: Reader): Promise<ReadonlyMap<string, readonly Logged[]>> => {
  const outputs = await Promise.all(['reservations.v1', 'availability.v1'].map(reader.events));
  const said = Map.groupBy(outputs.flat(), ({ event }) => event.cause);
  const inputs = new Map<string, Read>();
  for (const topic of topicsRead('stock'))
    for (const one of await reader.events(topic)) inputs.set(`${topic} ${one.record.partition} ${one.record.offset}`, one);
  const logs = new Map<string, Logged[]>();
  (await reader.runs('stock')).forEach((run, partition) => {
    for (const item of run) {
      if (!('from' in item)) continue;
      for (let offset = item.from; offset <= item.to; offset++) {
        const event = inputs.get(`${item.topic} ${partition} ${offset}`)?.event;
        if (event === undefined) continue;
        const log = logs.get(event.key) ?? [];
        logs.set(event.key, log);
        log.push({ input: event as AnyFact, said: (said.get(event.id) ?? []).map(one => one.event as AnyFact) });
      }
    }
  });
  return logs;
};
const rowOf = (said: readonly AnyFact[], location: string): LocationStock | undefined =>
  said.flatMap(one => (one.type === 'AvailabilityComputed' ? one.data.locations : [])).find(one => one.location === location);

/** I1, for every prefix: nothing is promised that is not there, and what is published as available is what the reference reckons. */
export const oversold = (logs: ReadonlyMap<string, readonly Logged[]>, locations: readonly string[]): readonly string[] =>
  [...logs].flatMap(([product, log]) =>
    log.flatMap((step, index) =>
      locations.flatMap(location => {
        const { seen, oversoldMilli } = stockReference(log.slice(0, index + 1), location, 0);
        const row = rowOf(step.said, location);
        const at = `${product} at ${location}, step ${index} (${step.input.type})`;
        const differs = row !== undefined && (row.onHandMilli !== seen.onHandMilli || row.heldMilli !== seen.heldMilli);
        return [
          ...(oversoldMilli > 0 ? [`${at}: ${oversoldMilli} thousandths are promised twice`] : []),
          ...(differs ? [`${at}: says ${JSON.stringify(row)}, the reference ${JSON.stringify(seen)}`] : []),
        ];
      }),
    ),
  );

export interface Decided {
  readonly confirmed: OrderConfirmed | undefined;
  /** The last of these words that was said of it. */
  readonly last: 'OrderConfirmed' | 'OrderWithdrawn' | 'OrderShort';
}
export const decidedOrders = async (reader: Reader): Promise<ReadonlyMap<string, Decided>> => {
  const found = new Map<string, Decided>();
  for (const { event } of await reader.events('order-decisions.v1')) {
    const fact = event as AnyFact;
    if (fact.type !== 'OrderConfirmed' && fact.type !== 'OrderWithdrawn' && fact.type !== 'OrderShort') continue;
    const confirmed = fact.type === 'OrderConfirmed' ? fact.data : found.get(fact.data.order)?.confirmed;
    found.set(fact.data.order, { confirmed, last: fact.type });
  }
  return found;
};
/** I3: an order that was ever confirmed is one sale order, with its amounts and lines; any other is none. */
export const wrongInOdoo = (plant: Pick<Plant, 'odoo'>, decided: ReadonlyMap<string, Decided>): readonly string[] => {
  const rows = Map.groupBy(odooOrders(plant), one => one.reference);
  const strangers = [...rows.keys()].filter(reference => decided.get(reference)?.confirmed === undefined);
  return [
    ...strangers.map(reference => `${reference} is in Odoo and was never confirmed`),
    ...[...decided].flatMap(([reference, { confirmed, last }]): readonly string[] => {
      if (confirmed === undefined) return [];
      const [row, ...others] = rows.get(reference) ?? [];
      if (row === undefined || others.length > 0)
        return [`${reference} is in Odoo ${row === undefined ? 0 : 1 + others.length} times`];
      const wanted = [last === 'OrderWithdrawn' ? 'cancel' : 'sale', confirmed.totalMinor, confirmed.lines.length];
      const there = [row.state, Math.round(Number(row.total.split(' ').at(-1)) * 100), row.lines.length];
      return wanted.join() === there.join() ? [] : [`${reference}: Odoo has ${there.join()}, decided was ${wanted.join()}`];
    }),
  ];
};

/** I3: who bought what is confirmed is one contact, however often the creation was begun. */
export const wrongCustomers = (plant: Pick<Plant, 'odoo'>, decided: ReadonlyMap<string, Decided>): readonly string[] => {
  const bought = new Set([...decided.values()].flatMap(({ confirmed }) => confirmed?.customer ?? []));
  // Whose address nobody told is there by the customer's id.
  const there = odooCustomers(plant).filter(one => /^(Sample Buyer \d+|Customer \S+) contact$/.test(one)).length;
  return there === bought.size ? [] : [`Odoo has ${there} contacts for ${bought.size} customers`];
};

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
/** I4: the ledger balances, holds each prepared journal once as it was prepared, and all money that was captured. */
export const wrongInLedger = async (plant: Pick<Plant, 'ledger'>, reader: Reader): Promise<readonly string[]> => {
  const { db } = plant.ledger;
  const posted = new Map((await journalsOf(plant)).map(one => [one.journal, JSON.stringify(one.lines)]));
  const prepared = await reader.facts('JournalPrepared');
  const balances = await ledgerBalance(db, 'acme');
  const balanceOf = (account: string): number => balances.find(one => one.account === account)?.balanceMinor ?? 0;
  const captured = sum((await reader.facts('PaymentCaptured')).map(one => one.amountMinor));
  const shipped = sum((await reader.facts('ShipmentAccepted')).flatMap(one => one.lines.map(line => line.grossMinor)));
  const figures = [
    ['journals', posted.size, prepared.length],
    ['all accounts', sum(balances.map(one => one.balanceMinor)), 0],
    ['clearing of the gateway', balanceOf('1110'), captured],
    ['deposits of customers', balanceOf('1700'), shipped - captured],
  ] as const;
  return [
    ...(await ledgerUnbalanced(db, 'acme')).map(journal => `journal ${journal} does not balance`),
    ...prepared
      .filter(one => posted.get(one.journal) !== JSON.stringify(one.lines))
      .map(one => `${one.journal} is not as prepared`),
    ...figures.filter(([, there, wanted]) => there !== wanted).map(([what, there, wanted]) => `${what}: ${there}, not ${wanted}`),
  ];
};
