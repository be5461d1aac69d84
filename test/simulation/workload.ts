/** What people and channels do meanwhile: they ask, pay, send rubbish, read along, retry and skip what is set aside. */
import { keyOf } from '../../runtime/identity.ts';
import type { Fact, Topic } from '../../runtime/model.ts';
import type { MemoryLog } from '../../runtime/memory/log.ts';
import type { LogRecord, Outgoing, TopicPartition } from '../../runtime/port.ts';
import type { ControlCommand } from '../../runtime/task/keys.ts';
import { ownTopics } from '../../runtime/topology.ts';
import { headersOf } from '../../runtime/wire/envelope.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import type { Operation } from '../support/proof/evidence.ts';
import { codec, names } from './machine.ts';
import type { Aside, Changelogs } from './changelogs.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { topics, type Kind } from './vocabulary.ts';

export const partitions = 2;
export interface Workload {
  /** One operation, drawn. */
  readonly act: () => void;
  /** Has an operator look after everything that is set aside. */
  readonly operate: (action: ControlCommand['action']) => void;
  /** The readers read to the end. */
  readonly readOn: () => void;
  readonly operations: () => number;
  /** What retention took from the inputs. */
  readonly archive: ReadonlyMap<string, readonly LogRecord[]>;
}
/** Everything that can be read of a partition. */
export const recordsOf = (log: MemoryLog, at: TopicPartition): readonly LogRecord[] => {
  const { start } = log.look({ ...at, from: 0, maxBytes: 1 });
  return log.look({ ...at, from: start, maxBytes: Infinity }).records;
};
const often = (kind: Kind, times: number): readonly Kind[] => Array.from({ length: times }, () => kind);
const kinds: readonly Kind[] = [
  ...often('plain', 120),
  ...often('hold', 70),
  ...often('reset', 4),
  ...often('bad', 3),
  ...often('touchy', 2),
  'poison',
];
const watched = [topics.asks.name, topics.answers.name, topics.papers.name] as const;

export const workloadOf = (
  scheduler: Scheduler,
  random: Random,
  network: Network,
  log: MemoryLog,
  changelogs: Changelogs,
  happened: (operation: Operation) => void,
): Workload => {
  let count = 0;
  let ids = 0;
  const asked: { readonly owner: string; readonly item: string; readonly ask: string }[] = [];
  const archive = new Map<string, LogRecord[]>();
  const readers = new Map<string, number>();
  const outside = scheduler.lane('outside');
  const appending = network.logFor(outside).appender();

  const append = (records: readonly Outgoing[], then: (outcome: 'done' | 'failed' | 'unknown') => void): void => {
    void appending
      .then(one => one.send(records))
      .then(outcome => then(outcome.is === 'ok' ? 'done' : outcome.is === 'failed' ? 'failed' : 'unknown'));
  };
  const publish = (topic: Topic, fact: Fact): void => {
    const id = `e${++ids}`;
    const key = Buffer.from(keyOf(topic, fact));
    const headers = headersOf({ id, at: scheduler.now(), cause: id }, fact.type, '/onhand/outside/0', 0);
    // Copied: the codec's bytes are a part of its slab, and headers may be too.
    const value = Buffer.from(codec.encode(fact));
    append([{ topic: names.topic(topic.name), partition: partitionOf(key, partitions), key, value, headers }], outcome =>
      happened({ kind: 'publish', id, topic: topic.name, outcome }),
    );
  };
  const ask = (): void => {
    const again = asked.length > 0 && random.chance(0.25) ? random.pick(asked) : undefined;
    const one = again ?? { owner: `o${random.below(4)}`, item: `i${random.below(6)}`, ask: `a${asked.length}` };
    if (again === undefined) asked.push(one);
    publish(topics.asks, { type: 'Asked', data: { ...one, kind: random.pick(kinds), amount: random.pick([1, 2, 5, 500]) } });
  };
  const pay = (): void => {
    if (asked.length === 0) return ask();
    // Mostly what was asked lately and may still be held.
    const from = Math.max(0, asked.length - 12);
    publish(topics.payments, { type: 'Paid', data: asked[random.between(from, asked.length - 1)]! });
  };
  const rubbish = (): void => {
    const key = random.pick([null, Buffer.from('o1'), Buffer.from('o1|i1'), Buffer.from([0, 255])]);
    const value = random.pick([null, Buffer.from('rubbish'), Buffer.from([0, 0, 0, 0, 99, 1])]);
    const topic = random.pick([topics.asks.name, topics.payments.name]);
    append([{ topic, partition: key === null ? 0 : partitionOf(key, partitions), key, value }], () => undefined);
  };
  const say = ({ unit, partition, scope }: Aside, action: ControlCommand['action']): void => {
    const command: ControlCommand = { action, scope, actor: 'operator', reason: 'a simulation' };
    const [key, value] = [Buffer.from(scope), Buffer.from(JSON.stringify(command))];
    append([{ topic: ownTopics.control(unit), partition, key, value }], () => undefined);
  };
  const operate = (action: ControlCommand['action']): void => {
    const scopes = new Map(changelogs.aside().map(one => [`${one.unit} ${one.scope}`, one]));
    for (const one of scopes.values()) say(one, action);
  };
  const readSome = (topic: string, partition: number, most: number): void => {
    const place = `${topic}/${partition}`;
    const answer = log.look({ topic, partition, from: readers.get(place) ?? 0, maxBytes: most });
    for (const record of answer.records)
      happened({
        kind: 'read',
        reader: 'beside',
        topic,
        partition,
        offset: record.offset,
        id: record.headers()['ce_id']?.toString() ?? '',
      });
    readers.set(place, answer.next);
  };
  /** Takes what every unit has read for good, but for a few. */
  const retain = (): void => {
    const topic = random.pick([topics.asks.name, topics.answers.name]);
    const unit = topic === topics.asks.name ? 'counter' : 'papers';
    const partition = random.below(partitions);
    const position = changelogs.positions(unit, partition)[topic] ?? 0;
    const { start } = log.look({ topic, partition, from: 0, maxBytes: 1 });
    const before = Math.min(position, readers.get(`${topic}/${partition}`) ?? 0) - 5;
    if (before <= start) return;
    const place = `${topic}/${partition}`;
    const taken = recordsOf(log, { topic, partition }).filter(record => record.offset < before);
    archive.set(place, [...(archive.get(place) ?? []), ...taken]);
    log.truncate({ topic, partition }, before);
  };
  return {
    act: () => {
      count++;
      const drawn = random.next();
      if (drawn < 0.68) ask();
      else if (drawn < 0.88) pay();
      else if (drawn < 0.89) rubbish();
      else if (drawn < 0.97) readSome(random.pick(watched), random.below(partitions), random.between(1, 2_000));
      else if (drawn < 0.995) {
        const all = changelogs.aside();
        if (all.length > 0) say(random.pick(all), random.chance(0.6) ? 'retry' : 'skip');
      } else retain();
    },
    operate,
    readOn: () => {
      for (const topic of watched) for (let p = 0; p < partitions; p++) readSome(topic, p, 1 << 24);
    },
    operations: () => count,
    archive,
  };
};
