/**
 * The log in memory, behind the same port as Kafka: offsets with control records, transactions with epochs, last stable offset,
 * read committed. For rules' flows, the simulation, and trying things without a broker. It passes the contract suite of the real one.
 */
import type { Clock } from '../model.ts';
import type { FetchRequest, Fetched, Log, TopicPartition } from '../port.ts';
import { memoryGroups, type MemoryGroups } from './groups.ts';
import { memoryPartitions } from './partitions.ts';
import { changing, memoryTransactions, ok, type MemoryFaults } from './transactions.ts';

export type { MemoryFaults } from './transactions.ts';
export interface MemoryLog extends Log {
  /** Removes records below an offset, as retention does. */
  readonly truncate: (at: TopicPartition, start: number) => void;
  /** As `fetch` of one partition, at once and without waiting. */
  readonly look: (request: FetchRequest) => Fetched;
  readonly groups: MemoryGroups;
}

const awake = 'something has changed';

export const memoryLog = (clock: Clock, faults: MemoryFaults = {}): MemoryLog => {
  const partitions = memoryPartitions(clock);
  const transactions = memoryTransactions(clock, partitions, faults);
  const groups = memoryGroups(clock, topic => partitions.count(topic) ?? 0);
  const change = changing(faults);

  /** Waits until one of these partitions has changed, at most `ms`. */
  const changed = async (places: readonly TopicPartition[], ms: number): Promise<void> => {
    const stop = new AbortController();
    let quit = (): void => undefined;
    const woken = new Promise<void>(resolve => (quit = partitions.onChange(places, resolve)));
    await Promise.race([woken, clock.sleep(ms, stop.signal).catch(() => undefined)]);
    quit();
    // Without a reason of its own each would make an error.
    stop.abort(awake);
  };
  const fetch = async (requests: readonly FetchRequest[], waitMs: number): Promise<readonly Fetched[]> => {
    const until = clock.monotonic() + waitMs;
    for (;;) {
      const answers = requests.map(partitions.fetch);
      const left = until - clock.monotonic();
      if (left <= 0 || answers.some((answer, i) => answer.outOfRange || answer.next > requests[i]!.from)) return answers;
      await changed(requests, left);
    }
  };
  return {
    fetch,
    bounds: all => Promise.resolve(all.map(partitions.bounds)),
    offsetsAt: (all, at) =>
      Promise.resolve(
        all.map(({ topic, partition }) => ({ topic, partition, offset: partitions.offsetAt({ topic, partition }, at) })),
      ),
    partitions: names =>
      Promise.resolve(
        new Map(
          names.flatMap(one => {
            const count = partitions.count(one);
            return count === undefined ? [] : [[one, count] as const];
          }),
        ),
      ),
    committed: async (group, names) =>
      [...(await transactions.committed(group))]
        .map(([at, offset]) => ({
          topic: at.slice(0, at.lastIndexOf('/')),
          partition: Number(at.slice(at.lastIndexOf('/') + 1)),
          offset,
        }))
        .filter(one => names.includes(one.topic)),
    initProducer: transactions.init,
    appender: () =>
      Promise.resolve({
        send: async records => {
          await Promise.resolve();
          return change('append', () => ok(partitions.append(records, undefined)));
        },
        close: () => Promise.resolve(),
      }),
    join: groups.join,
    admin: partitions.admin,
    close: () => Promise.resolve(groups.close()),
    truncate: partitions.truncate,
    look: partitions.fetch,
    groups,
  };
};
