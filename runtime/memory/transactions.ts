/**
 * The in-memory log's transaction coordinator: epochs, one open transaction per id, and the two steps of an end: first it is decided,
 * then it is marked partition by partition, and only what is marked can be read.
 */
import type { Clock } from '../model.ts';
import type { Outcome, Transactional, TopicPartition } from '../port.ts';
import { placeOf, type Partitions, type Transaction } from './partitions.ts';

interface Identity {
  epoch: number;
  open: Transaction | undefined;
  /** Set while the marks of the last transaction are being written. */
  ending: Promise<void> | undefined;
}
/** What a simulation decides of the log. */
export interface MemoryFaults {
  /** Called before each change: what becomes of the request. */
  readonly around?: (what: 'send' | 'sendOffsets' | 'end' | 'append') => 'ok' | 'lost before' | 'lost after' | 'refused';
  /** Ms from the decision that a transaction is over until a partition (undefined: its groups' offsets) knows; by default none. */
  readonly markDelayMs?: (at: TopicPartition | undefined) => number;
}
export interface Transactions {
  readonly init: (transactionalId: string, timeoutMs: number) => Promise<Transactional>;
  /** A group's committed offsets, after what is being committed has ended. */
  readonly committed: (group: string) => Promise<ReadonlyMap<string, number>>;
}

export const ok = <T>(value: T): Outcome<T> => ({ is: 'ok', value });
export const failure = (is: 'failed' | 'unknown' | 'fenced', message: string): Outcome<never> => ({
  is,
  error: new Error(message),
});
/** Applies a change under the faults of a simulation. */
export const changing =
  (faults: MemoryFaults) =>
  <T>(what: 'send' | 'sendOffsets' | 'end' | 'append', effect: () => Outcome<T>): Outcome<T> => {
    const fate = faults.around?.(what) ?? 'ok';
    if (fate === 'refused') return failure('failed', `${what} refused`);
    if (fate === 'lost before') return failure('unknown', `${what}: the request was lost`);
    const outcome = effect();
    return fate === 'lost after' ? failure('unknown', `${what}: the answer was lost`) : outcome;
  };

export const memoryTransactions = (clock: Clock, partitions: Partitions, faults: MemoryFaults): Transactions => {
  const identities = new Map<string, Identity>();
  const offsets = new Map<string, Map<string, number>>();
  const pending = new Map<string, Set<Transaction>>();
  let waiting: (() => void)[] = [];
  const change = changing(faults);

  const settleOffsets = (transaction: Transaction): void => {
    for (const [group, all] of transaction.offsets) {
      if (transaction.state === 'committed') {
        const known = offsets.get(group) ?? new Map<string, number>();
        for (const [at, offset] of all) known.set(at, offset);
        offsets.set(group, known);
      }
      pending.get(group)?.delete(transaction);
    }
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  /** Decides; the marks follow, at once unless a simulation delays them. */
  const finish = (identity: Identity, state: 'committed' | 'aborted'): void => {
    const { open } = identity;
    if (open === undefined) return;
    identity.open = undefined;
    open.state = state;
    const late: Promise<void>[] = [];
    const after = (delayMs: number, act: () => void): void => {
      if (delayMs > 0) late.push(clock.sleep(delayMs).then(act));
      else act();
    };
    for (const at of open.touched.values()) after(faults.markDelayMs?.(at) ?? 0, () => partitions.mark(at, open));
    if (open.offsets.size > 0) after(faults.markDelayMs?.(undefined) ?? 0, () => settleOffsets(open));
    if (late.length === 0) return;
    const ending = Promise.all(late).then(() => {
      if (identity.ending === ending) identity.ending = undefined;
    });
    identity.ending = ending;
  };
  const begin = (identity: Identity, timeoutMs: number): Transaction => {
    if (identity.open !== undefined) return identity.open;
    const begun: Transaction = { state: 'open', touched: new Map(), offsets: new Map() };
    identity.open = begun;
    void clock.sleep(timeoutMs).then(
      () => {
        if (identity.open !== begun) return;
        identity.epoch++;
        finish(identity, 'aborted');
      },
      () => undefined,
    );
    return begun;
  };
  const init = async (transactionalId: string, timeoutMs: number): Promise<Transactional> => {
    await Promise.resolve();
    const identity = identities.get(transactionalId) ?? { epoch: -1, open: undefined, ending: undefined };
    identities.set(transactionalId, identity);
    // From here on nothing of an earlier holder is taken; the answer waits until its last transaction has ended everywhere.
    const epoch = ++identity.epoch;
    finish(identity, 'aborted');
    while (identity.ending !== undefined) await identity.ending;
    const guarded = async <T>(what: 'send' | 'sendOffsets' | 'end', effect: () => Outcome<T>): Promise<Outcome<T>> => {
      await Promise.resolve();
      // A client is told to wait while the last transaction is being marked, and asks again.
      while (identity.ending !== undefined) await identity.ending;
      if (identity.epoch !== epoch) return failure('fenced', `${what} of ${transactionalId}: a newer producer holds the id`);
      return change(what, effect);
    };
    return {
      send: records =>
        guarded('send', () => ok(records.length === 0 ? [] : partitions.append(records, begin(identity, timeoutMs)))),
      sendOffsets: (group, all) =>
        guarded('sendOffsets', () => {
          const transaction = begin(identity, timeoutMs);
          const mine = transaction.offsets.get(group) ?? new Map<string, number>();
          for (const one of all) mine.set(placeOf(one), one.offset);
          transaction.offsets.set(group, mine);
          pending.set(group, (pending.get(group) ?? new Set()).add(transaction));
          return ok(undefined);
        }),
      end: how =>
        guarded('end', () => {
          finish(identity, how === 'commit' ? 'committed' : 'aborted');
          return ok(undefined);
        }),
      close: () => Promise.resolve(),
    };
  };
  return {
    init,
    committed: async group => {
      // As Kafka's stable offsets: those of a transaction under way are waited for.
      while ((pending.get(group)?.size ?? 0) > 0) await new Promise<void>(resolve => waiting.push(resolve));
      return offsets.get(group) ?? new Map<string, number>();
    },
  };
};
