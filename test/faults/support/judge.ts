/** What a run is judged by when all faults have ended: it comes to rest in time, then every invariant over its whole history. */
import { until } from '../../support/until.ts';
import { decidedOrders, oversold, stockLogs, wrongCustomers, wrongInLedger, wrongInOdoo } from './invariants.ts';
import { delivered, expectedEnds, lost, misheard } from './deliveries.ts';
import { complaintsIn, repeated } from './outcome.ts';
import { inputsOf, nameOf, ownTopics } from '../../../runtime/topology.ts';
import { patienceMs } from './moment.ts';
import { partitions } from './plant.ts';
import { instanceNames, runningUnits, type OpenWorld } from './world.ts';

/** I7's bound for all to be read and no transaction to be open, ms; on a machine that others use too it is said, and does not decide. */
export const restWithinMs = 60_000;

/** Where a group stands behind its inputs, and transactions that hang; nothing when all is at rest. */
const unrest = async ({ log, names, tail }: OpenWorld): Promise<readonly string[]> => {
  const at = (topic: string) => Array.from({ length: partitions }, (_, partition) => ({ topic: names.topic(topic), partition }));
  const topics = [...new Set(runningUnits.flatMap(one => inputsOf(one).map(topic => topic.name)))];
  const own = runningUnits.flatMap(one => [ownTopics.changelog(nameOf(one)), ownTopics.runs(nameOf(one))]);
  const bounds = await log.bounds([...topics, ...own].flatMap(at));
  const stable = new Map(bounds.map(one => [`${one.topic}/${one.partition}`, one.lastStable]));
  const behind = await Promise.all(
    runningUnits.map(async unit => {
      const inputs = inputsOf(unit).map(topic => names.topic(topic.name));
      const offsets = await log.committed(names.group(nameOf(unit)), inputs);
      return inputs.flatMap(topic =>
        Array.from({ length: partitions }, (_, partition) => {
          const end = stable.get(`${topic}/${partition}`)!;
          const position = offsets.find(one => one.topic === topic && one.partition === partition)?.offset ?? 0;
          return position === end ? [] : [`${nameOf(unit)} stands at ${position} of ${end} in ${topic}/${partition}`];
        }).flat(),
      );
    }),
  );
  return [
    ...bounds
      .filter(one => one.lastStable !== one.highWatermark)
      .map(one => `${one.topic}/${one.partition}: a transaction is open from ${one.lastStable} to ${one.highWatermark}`),
    ...behind.flat(),
    ...runningUnits.flatMap(one => (tail.unread([nameOf(one)]) > 0 ? [`${nameOf(one)} has not read all`] : [])),
  ];
};
/** Answers how long it took, ms; throws what still moves. */
export const atRest = async (world: OpenWorld): Promise<number> => {
  const begun = Date.now();
  let left: readonly string[] = [];
  // Twice in a row: what a unit says at the last moment is another's work.
  let calm = 0;
  await until(
    'rest',
    async () => {
      left = await unrest(world).catch((error: unknown) => [String(error)]);
      calm = left.length === 0 ? calm + 1 : 0;
      return calm >= 3;
    },
    patienceMs,
  ).catch((error: unknown) => {
    throw new Error(`I7: not at rest ${patienceMs / 1_000} s after the last fault: ${left.slice(0, 8).join('; ')}`, {
      cause: error,
    });
  });
  return Date.now() - begun;
};

export interface Broken {
  readonly invariant: string;
  readonly found: readonly string[];
}
const i2 = async ({ reader, traffic }: OpenWorld): Promise<readonly string[]> => {
  const { sent } = traffic.sender;
  const found = await delivered(reader, sent);
  const byAbout = [...Map.groupBy(found, one => one.about)];
  return [
    ...lost(sent, found).map(one => `${one} was answered 2xx and is not on the intake`),
    ...sent.filter(one => !one.answered).map(one => `${one.shop} ${one.aggregate} was never answered 2xx`),
    ...byAbout.flatMap(([about, same]) => {
      const wanted = expectedEnds(same).map(end => [end].join());
      const ends = same.map(one => one.ends.join());
      const wrong = misheard(same).map(one => `${about}: ${one.ends.join()}, and ${one.facts} facts`);
      return ends.join('|') === wanted.join('|')
        ? wrong
        : [`${about}: came to ${ends.join(' | ')}, not ${wanted.join(' | ')}`, ...wrong];
    }),
  ];
};
const undecided = async ({ reader, traffic }: OpenWorld): Promise<readonly string[]> => {
  const decided = await decidedOrders(reader);
  return traffic.orders
    .filter(one => (one.fate === 'paid' || one.fate === 'changed') && !decided.has(one.reference))
    .map(one => `${one.reference} is paid and wanted, and not decided`);
};
const unexcused = ({ instances, excused }: OpenWorld): readonly string[] =>
  instanceNames.flatMap(name => complaintsIn(instances[name].log()).filter(line => !excused.some(excuses => excuses(line))));
/** A run in which nothing happened shows nothing; one of a single fault may be too short for goods to run short and to leave. */
const idle = async ({ reader, traffic }: OpenWorld): Promise<readonly string[]> => {
  const always = ['OrderConfirmed', 'PaymentApplied'] as const;
  const types = traffic.orders.length < 100 ? always : ([...always, 'ReservationRefused', 'StockShipped'] as const);
  const counts = await Promise.all(types.map(async type => [type, (await reader.facts(type)).length] as const));
  return counts.filter(([, count]) => count === 0).map(([type]) => `no ${type}`);
};
/** The trade's invariants, each by an oracle that shares nothing with the runtime; the checker of `test/support/proof` judges the log. */
export const broken = async (world: OpenWorld): Promise<readonly Broken[]> => {
  const { reader } = world;
  const looks: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ['I1 promises nothing twice', async () => oversold(await stockLogs(reader), ['main', 'store'])],
    ['I2 loses no delivery, tells each piece of news once', () => i2(world)],
    ['I2 decides every order that is paid and wanted', () => undecided(world)],
    ['I3 has each confirmed order once in Odoo, with its amounts', async () => wrongInOdoo(world, await decidedOrders(reader))],
    ['I3 has each customer once in Odoo', async () => wrongCustomers(world, await decidedOrders(reader))],
    ['I4 has all money in the ledger, which balances', () => wrongInLedger(world, reader)],
    ['I6 says nothing twice', () => repeated(reader)],
    ['I12 sets nothing aside but what faults made unreadable', () => Promise.resolve(unexcused(world))],
    ['there were orders, confirmed ones and refused ones', () => idle(world)],
  ];
  const found: Broken[] = [];
  for (const [invariant, look] of looks) {
    const wrong = await look();
    if (wrong.length > 0) found.push({ invariant, found: wrong });
  }
  return found;
};
