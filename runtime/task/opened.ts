/**
 * A task's session on its partition: fence, restore, positions; then one transaction after another.
 * The order is the proven one: (1) initProducer fences every earlier owner and ends its transaction, (2) only then is anything read:
 * the changelog's tail, and from it the position record, which is the truth.
 */
import { fatal, isFailure } from '../failure.ts';
import type { Outcome, Outgoing, Transactional, Written } from '../port.ts';
import { nameOf, ownTopics, type Names } from '../topology.ts';
import { viewOf, type Change, type Layer, type View } from '../store/view.ts';
import type { Store } from '../store/store.ts';
import type { TaskContext } from './context.ts';
import { storeKeys, type Consumed, type RunRecord } from './keys.ts';
import { askPositions, contestedOf, positionsOf } from './positions.ts';
import { restore } from './restore.ts';

/** A transaction or its preparation did not end well: the session ends and begins anew. */
export class SessionEnd extends Error {
  readonly why: 'failed' | 'unknown' | 'fenced';
  constructor(why: 'failed' | 'unknown' | 'fenced', doing: string, cause: Error) {
    super(`${doing}: ${why === 'fenced' ? 'another holds this task' : `outcome ${why}`} (${cause.message})`, { cause });
    this.why = why;
  }
}
const must = <T>(outcome: Outcome<T>, doing: string): T => {
  if (outcome.is === 'ok') return outcome.value;
  throw new SessionEnd(outcome.is, doing, outcome.error);
};

export interface Transaction {
  readonly change: Change;
  readonly outputs: readonly Outgoing[];
  readonly consumed: readonly Consumed[];
  /** Offsets from which a restart goes on, per plain topic. */
  readonly positions: Readonly<Record<string, number>>;
  /** How many of the outputs go to the DLQ: if those cannot be written the task stops, so that nothing is dropped. */
  readonly unreadable: number;
  /** The next transaction follows at once: the store may wait and take several together. */
  readonly more?: boolean;
}
export interface Opened {
  readonly view: View;
  readonly positions: Readonly<Record<string, number>>;
  /** Offsets of inputs up to which an earlier owner may have worked when this session began. */
  readonly contested: Readonly<Record<string, number>>;
  /**
   * Writes all of it or nothing, after the former transaction; throws SessionEnd. The view shows the changes from the call on, so that the
   * next transaction can be worked on meanwhile; when one ends otherwise than well, the session ends, and all that stood on it is dropped.
   * The store follows on its own.
   */
  readonly commit: (transaction: Transaction) => Promise<void>;
  /** The group's offsets lag behind the positions for longer than they should. */
  readonly offsetsDue: (positions: Readonly<Record<string, number>>) => boolean;
  /** Waits for the store and lets go of the producer. */
  readonly close: () => Promise<void>;
}

/** A run log's record: a transaction that consumed more is told in several, since a broker refuses a record that is too large. */
const runBytes = 500_000;
const runRecordsOf = (consumed: readonly Consumed[]): readonly (readonly Consumed[])[] => {
  const all: Consumed[][] = [];
  let bytes = Infinity;
  for (const one of consumed) {
    const size = Buffer.byteLength(JSON.stringify(one)) + 1;
    if (bytes + size > runBytes) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(one);
    bytes += size;
  }
  return all;
};
/** How many records go to each topic, by plain name. */
const countsOf = (outputs: readonly Outgoing[], names: Names): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const { topic } of outputs) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([topic, count]) => [names.plain(topic) ?? topic, count]));
};
/** Transactions that the store has not taken yet; with more, the next one waits for it. */
const mostUnstored = 8;
/** Transactions that the store takes together while they follow one another: a busy key is written once. */
const storedTogether = 4;
interface Staged {
  readonly layer: Layer;
  readonly records: readonly Outgoing[];
  readonly next: Readonly<Record<string, number>>;
  readonly unreadable: number;
  readonly more: boolean;
}
const changelogRecord = (topic: string, partition: number, key: string, value: string | null): Outgoing => ({
  topic,
  partition,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});

/** A leader that moves is waited for like any other. Where a part of a send was refused and another written, its outcome is unknown. */
const isRefusal = ({ is, error }: Exclude<Outcome, { is: 'ok' }>): boolean =>
  isFailure(error) ? error.kind === 'fatal' && is !== 'fenced' : is === 'failed';

/** `live`: once it says no, a restore that is under way ends with RestoreEnded. */
export const openTask = async (context: TaskContext, partition: number, live?: () => boolean): Promise<Opened> => {
  const { log, names, clock, metrics, limits } = context;
  const unit = nameOf(context.unit);
  const group = names.group(unit);
  const producer: Transactional = await log.initProducer(names.transactionalId(unit, partition), limits.transactionTimeoutMs);
  let store: Store | undefined;
  try {
    store = context.storeOf(partition);
    const view = viewOf(store);
    const asking = askPositions(context, partition);
    // Awaited below: the store is not to be closed under a restore because a question failed.
    asking.catch(() => undefined);
    let changelogNext = await restore(context, partition, view, live);
    const asked = await asking;
    const positions = positionsOf(context, partition, view, asked);
    const contested = contestedOf(context, asked);
    const changelog = names.topic(ownTopics.changelog(unit));
    const runs = names.topic(ownTopics.runs(unit));
    let lastRun = Number(view.get(storeKeys.run) ?? 0);
    let committed: Readonly<Record<string, number>> = {};
    let committedAt = -Infinity;
    let storeFailed: Error | undefined;
    let settling: Promise<void> = Promise.resolve();
    const due = (next: Readonly<Record<string, number>>): boolean =>
      clock.monotonic() - committedAt >= limits.offsetsEveryMs &&
      Object.entries(next).some(([topic, offset]) => committed[topic] !== offset);
    /** The former transaction. */
    let writing: Promise<void> = Promise.resolve();
    let unstored = 0;
    const commit = ({ change, outputs, consumed, positions: next, unreadable, more = false }: Transaction): Promise<void> => {
      const n = consumed.length === 0 ? lastRun : lastRun + 1;
      if (n !== lastRun) change.set(storeKeys.run, String(n));
      change.set(storeKeys.position, JSON.stringify(next));
      lastRun = n;
      view.stage(change.layer);
      const changes: Outgoing[] = [];
      change.layer.each((value, key) => changes.push(changelogRecord(changelog, partition, key, value)));
      const wrote = countsOf(outputs, names);
      const runRecords = runRecordsOf(consumed).map(part => {
        const run: RunRecord = { v: 1, n, wrote, policy: context.policy.hash, code: context.release, consumed: part };
        return changelogRecord(runs, partition, String(partition), JSON.stringify(run));
      });
      const records = [...outputs, ...changes, ...runRecords];
      // After one that failed nothing follows: the session ends.
      writing = writing.then(() => write({ layer: change.layer, records, next, unreadable, more }));
      return writing;
    };
    const unsettled: Layer[] = [];
    /** Gives the store what is written; it follows on its own. */
    const settle = (): void => {
      const layers = unsettled.splice(0);
      if (layers.length === 0) return;
      unstored += layers.length;
      const all = layers.map(layer => view.settle(layer, { changelogNext, at: clock.now() }));
      settling = Promise.all(all).then(
        () => {
          unstored -= layers.length;
        },
        (error: unknown) => {
          storeFailed = error instanceof Error ? error : new Error(String(error));
        },
      );
    };
    const write = async ({ layer, records, next, unreadable, more }: Staged): Promise<void> => {
      if (unstored >= mostUnstored) await settling;
      if (storeFailed !== undefined) throw storeFailed;
      const begun = clock.monotonic();
      const sent = await producer.send(records);
      if (unreadable > 0 && sent.is !== 'ok' && isRefusal(sent))
        throw fatal(
          'DLQ_UNWRITABLE',
          `writing ${unreadable} unreadable record(s) of ${unit}/${partition} to ${ownTopics.dlq(unit)}: ${sent.error.message}; nothing was dropped`,
          { cause: sent.error },
        );
      const written = must(sent, `writing a transaction of ${unit}/${partition}`);
      const withOffsets = due(next);
      if (withOffsets) {
        const offsets = Object.entries(next).map(([topic, offset]) => ({ topic: names.topic(topic), partition, offset }));
        must(await producer.sendOffsets(group, offsets), `committing offsets of ${unit}/${partition}`);
      }
      must(await producer.end('commit'), `ending a transaction of ${unit}/${partition}`);
      if (withOffsets) [committed, committedAt] = [next, clock.monotonic()];
      changelogNext = endOf(written, changelog, partition) ?? changelogNext;
      unsettled.push(layer);
      if (!more || unsettled.length >= storedTogether) settle();
      metrics.transactions.inc({ unit, outcome: 'ok' });
      metrics.transactionSeconds.observe({ unit }, (clock.monotonic() - begun) / 1000);
    };
    const close = async (): Promise<void> => {
      await writing.catch(() => undefined);
      settle();
      await settling;
      await Promise.allSettled([producer.close(), view.store.close()]);
    };
    return { view, positions, contested, commit, offsetsDue: due, close };
  } catch (error) {
    await Promise.allSettled([producer.close(), store?.close()]);
    throw error;
  }
};

const endOf = (written: readonly Written[], topic: string, partition: number): number | undefined => {
  const found = written.filter(one => one.topic === topic && one.partition === partition);
  return found.length === 0 ? undefined : Math.max(...found.map(one => one.baseOffset + one.count));
};
