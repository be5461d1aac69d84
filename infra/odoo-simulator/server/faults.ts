/** What can be made to go wrong, for which calls, how often. */
import type { Call } from '../rpc/call.ts';
import { isReading } from '../rpc/call.ts';

/**
 * slow: the transaction starts, waits `ms`, then runs, so what it writes is dated before what others wrote meanwhile.
 * hold: waits until released, at: 'before' running or 'after' the commit.
 * conflict: a serialization failure; nothing is done. load-conflict: the same, as a message of load().
 * access-denied: as if the key were withdrawn. database-down: PostgreSQL refuses connections.
 * drop-before, hang-before: the connection ends, or nothing ever comes, and nothing was done.
 * drop-after, hang-after: the same, but everything was done and is committed.
 * truncated: committed, half of the answer, end. wrong-id: committed, answered for another request.
 * status: an HTTP status with an HTML page; nothing is done.
 */
export type FaultKind =
  | 'slow'
  | 'hold'
  | 'conflict'
  | 'load-conflict'
  | 'access-denied'
  | 'database-down'
  | 'drop-before'
  | 'hang-before'
  | 'drop-after'
  | 'hang-after'
  | 'truncated'
  | 'wrong-id'
  | 'status';

export const faultKinds: readonly FaultKind[] = [
  'slow',
  'hold',
  'conflict',
  'load-conflict',
  'access-denied',
  'database-down',
  'drop-before',
  'hang-before',
  'drop-after',
  'hang-after',
  'truncated',
  'wrong-id',
  'status',
];

/** Which calls are meant; what is not given is not asked. */
export interface Match {
  readonly model?: string;
  readonly method?: string;
  readonly writing?: boolean;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly match?: Match;
  /** So many matching calls pass first. */
  readonly skip?: number;
  /** So many calls are hit, then it is over. Default 1. */
  readonly times?: number;
  readonly ms?: number;
  readonly at?: 'before' | 'after';
  readonly status?: number;
}

export const matches = (match: Match | undefined, call: Pick<Call, 'model' | 'method'>): boolean =>
  (match?.model === undefined || match.model === call.model) &&
  (match?.method === undefined || match.method === call.method) &&
  (match?.writing === undefined || match.writing === !isReading(call));

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  skip: number;
  left: number;
  readonly reached: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
}

/** A fault that was set: wait until a call has met it, let held calls go on, take it away. */
export interface FaultHandle {
  readonly id: number;
  readonly reached: Promise<void>;
  readonly release: () => void;
  readonly remove: () => void;
}

export interface Faults {
  readonly add: (fault: Fault) => FaultHandle;
  readonly list: () => readonly { readonly id: number; readonly fault: Fault; readonly left: number }[];
  readonly release: (id: number) => boolean;
  readonly remove: (id: number) => boolean;
  readonly clear: () => void;
  /** The fault for this call, counted as used. */
  readonly take: (
    call: Pick<Call, 'model' | 'method'>,
  ) => { readonly fault: Fault; readonly released: Promise<void> } | undefined;
}

export const createFaults = (): Faults => {
  const armed = new Map<number, Armed>();
  let lastId = 0;
  const release = (id: number): boolean => {
    armed.get(id)?.released.resolve();
    return armed.has(id);
  };
  const remove = (id: number): boolean => {
    release(id);
    return armed.delete(id);
  };
  return {
    add: fault => {
      const id = (lastId += 1);
      const one: Armed = {
        id,
        fault,
        skip: fault.skip ?? 0,
        left: fault.times ?? 1,
        reached: Promise.withResolvers(),
        released: Promise.withResolvers(),
      };
      armed.set(id, one);
      return { id, reached: one.reached.promise, release: () => void release(id), remove: () => void remove(id) };
    },
    list: () => [...armed.values()].map(({ id, fault, left }) => ({ id, fault, left })),
    release,
    remove,
    clear: () => {
      for (const id of [...armed.keys()]) remove(id);
    },
    take: call => {
      for (const one of armed.values()) {
        if (one.left <= 0 || !matches(one.fault.match, call)) continue;
        if (one.skip > 0) {
          one.skip -= 1;
          continue;
        }
        one.left -= 1;
        one.reached.resolve();
        return { fault: one.fault, released: one.released.promise };
      }
      return undefined;
    },
  };
};
