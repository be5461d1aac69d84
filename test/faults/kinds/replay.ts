/**
 * F33: stretches of decisions are brought to Odoo and the ledger again while live ones come: twice, overlapping, with the sinks killed
 * in between, across versions of a schema. What was there before is there after, and once (I8).
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../../runtime/port.ts';
import type { ReplayReference } from '../../../runtime/task/replayed.ts';
import { ownTopics } from '../../../runtime/topology.ts';
import { keyParts } from '../../../runtime/identity.ts';
import { journalPrepared } from '../../../schemas/generated/facts.ts';
import { until } from '../../support/until.ts';
import type { Draw, Fault, World } from '../fault.ts';
import { below } from '../support/kills.ts';
import { drawnMoment, patienceMs } from '../support/moment.ts';
import { journalsOf, odooOrders } from '../support/outcome.ts';
import { partitions } from '../support/plant.ts';
import { readyAgain } from '../support/recovery.ts';
import { publishNewer } from './versions.ts';

/** Decisions brought again at once. */
const most = 120;
const least = 10;
interface Sink {
  readonly name: 'odoo' | 'ledger';
  readonly topic: string;
  /** What the target has, by the last part of the key of the decisions about it. */
  readonly documents: (world: World) => Promise<ReadonlyMap<string, string>>;
}
const odoo: Sink = {
  name: 'odoo',
  topic: 'order-decisions.v1',
  documents: world => {
    const rows = Map.groupBy(odooOrders(world), one => one.reference);
    return Promise.resolve(new Map([...rows].map(([reference, all]) => [reference, JSON.stringify(all)])));
  },
};
const ledger: Sink = {
  name: 'ledger',
  topic: 'journals.v1',
  documents: async world => new Map((await journalsOf(world)).map(one => [one.journal, JSON.stringify(one)])),
};

interface Stretch {
  readonly partition: number;
  /** Offsets with the key of each. */
  readonly decisions: readonly { readonly offset: number; readonly key: string }[];
}
const documentOf = (key: string): string => keyParts(key).at(-1)!;
/** Decisions of one partition that the sink has settled. */
const settled = async (world: World, sink: Sink, partition: number): Promise<Stretch> => {
  const { log, names, client } = world;
  const group = await log.committed(names.group(sink.name), [names.topic(sink.topic)]);
  const position = group.find(one => one.partition === partition)?.offset ?? 0;
  const found = await client.events(sink.topic, { partitions: [partition], to: new Map([[partition, position]]) });
  return { partition, decisions: found.map(({ event, record }) => ({ offset: record.offset, key: event.key })) };
};
/** As `onhand replay run` refers to them, but for its look at what is missing: all of it, missing or not. */
const bringAgain = async (world: World, sink: Sink, { partition, decisions }: Stretch): Promise<number> => {
  const topic = world.names.topic(ownTopics.replay(sink.name));
  const plan = randomUUID();
  const records = decisions.map(({ offset, key }): Outgoing => {
    const value: ReplayReference = { plan, topic: sink.topic, offset };
    return { topic, partition, key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)) };
  });
  await world.client.append(records);
  const [bounds] = await world.log.bounds([{ topic, partition }]);
  return bounds!.lastStable;
};
const workedOn = async (world: World, sink: Sink, partition: number, end: number): Promise<void> => {
  const topic = world.names.topic(ownTopics.replay(sink.name));
  await until(
    `${sink.name} to have brought all again`,
    async () =>
      (await world.log.committed(world.names.group(sink.name), [topic])).some(
        one => one.partition === partition && one.offset >= end,
      ),
    patienceMs,
  );
};
/** Documents that nothing live has touched meanwhile must be as they were; answers how many were compared. */
const unchanged = async (
  world: World,
  sink: Sink,
  stretch: Stretch,
  before: ReadonlyMap<string, string>,
  seenTo: number,
): Promise<number> => {
  const { partition } = stretch;
  const since = await world.client.events(sink.topic, { partitions: [partition], from: new Map([[partition, seenTo]]) });
  const touched = new Set(since.map(one => documentOf(one.event.key)));
  const after = await sink.documents(world);
  const wanted = new Set(stretch.decisions.map(one => documentOf(one.key)).filter(document => !touched.has(document)));
  for (const document of wanted) assert.equal(after.get(document), before.get(document), `I8: ${document} in ${sink.name}`);
  return [...wanted].filter(document => before.has(document)).length;
};

interface Replaying {
  readonly name: string;
  readonly sink: Sink;
  readonly times: Fault['times'];
  /** What else happens while it is brought again. */
  readonly kills?: boolean;
  /** Published before, in a version of its own, and part of the stretch. */
  readonly newer?: (world: World, draw: Draw) => Promise<{ readonly partition: number; readonly at: number }>;
}
const replay = ({ name, sink, times, kills = false, newer }: Replaying): Fault => ({
  id: 'F33',
  name: `${name}: ${sink.name}`,
  touches: ['sinks'],
  times,
  inject: async (world, draw) => {
    const published = await newer?.(world, draw);
    const partition = published?.partition ?? below(draw, partitions);
    await until(
      'decisions to bring again',
      async () => (await settled(world, sink, partition)).decisions.length >= least,
      patienceMs,
    );
    if (published !== undefined)
      await until('it to be read', () => world.tail.unreadOf(sink.name, partition, published.at) === 0, patienceMs);
    const all = await settled(world, sink, partition);
    const first = Math.max(0, all.decisions.length - most);
    const [whole, half] = [
      all.decisions.slice(first),
      all.decisions.slice(first + Math.floor((all.decisions.length - first) / 2)),
    ];
    const seenTo = (all.decisions.at(-1)?.offset ?? -1) + 1;
    const before = await sink.documents(world);
    // The same stretch twice, and one that overlaps it, none waiting for the other.
    const ends = [];
    for (const decisions of [whole, half, whole]) ends.push(await bringAgain(world, sink, { partition, decisions }));
    if (kills) {
      await drawnMoment(draw, 300);
      await world.instances.sinks.kill();
      world.instances.sinks.start();
      await readyAgain(world.instances.sinks);
    }
    await workedOn(world, sink, partition, Math.max(...ends));
    const compared = await unchanged(world, sink, { partition, decisions: whole }, before, seenTo);
    const what = `${whole.length} decisions twice and the later half once more, ${compared} documents as they were`;
    return { fired: compared > 0, what: kills ? `${what}, killed in between` : what };
  },
});
const newerJournal = (world: World, draw: Draw) => {
  const amountMinor = 100 + below(draw, 900);
  const journal = `test:${randomUUID()}`;
  const day = '2026-11-02';
  const line = { amountMinor, text: 'a test of the fault run', event: journal };
  return publishNewer(
    world,
    journalPrepared({
      ...{ company: 'acme', journal, book: 'test', businessDay: day, originalDay: day, currency: 'EUR', description: 'a test' },
      lines: [
        { ...line, account: '4500', side: 'debit' },
        { ...line, account: '4990', side: 'credit' },
      ],
    }),
  );
};
export const replays: readonly Fault[] = [
  replay({ name: 'a stretch is brought again, twice and overlapping', sink: odoo, times: { quick: 1, long: 2 } }),
  replay({ name: 'a stretch is brought again, twice and overlapping', sink: ledger, times: { quick: 0, long: 2 } }),
  replay({
    name: 'the sinks are killed while a stretch is brought again',
    sink: odoo,
    kills: true,
    times: { quick: 1, long: 2 },
  }),
  replay({
    name: 'the sinks are killed while a stretch is brought again',
    sink: ledger,
    kills: true,
    times: { quick: 0, long: 2 },
  }),
  replay({
    name: 'a stretch of two schema versions is brought again',
    sink: ledger,
    newer: newerJournal,
    times: { quick: 1, long: 2 },
  }),
];
