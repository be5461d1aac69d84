/**
 * The newest states of a session, kept in memory between transactions, so that a busy key is read and parsed once. They live as long as
 * the session: a transaction that does not end well ends it, and what it had changed with it.
 */

export interface Held {
  readonly key: string;
  /** As the last transaction left it, or as it was read. */
  loaded: unknown;
  now: unknown;
  /** Changed, or only read, by the transaction at work. */
  touched: boolean;
  /** About how many values of 100 bytes it keeps in memory; `Kept.weigh` changes it. */
  weight: number;
  /** The key's bytes and hash, once something was published under it. */
  bytes: Buffer | undefined;
  hash: number;
}
export const heldOf = (key: string, loaded: unknown): Held => ({
  ...{ key, loaded, now: loaded, touched: false, weight: 1, bytes: undefined, hash: 0 },
});
export interface Kept {
  readonly get: (key: string) => Held | undefined;
  readonly add: (held: Held) => void;
  readonly forget: (key: string) => void;
  /** Says how much it weighs now. */
  readonly weigh: (held: Held, weight: number) => void;
  /** Between transactions: lets go of what was not used for the longest time, once there is too much. */
  readonly trim: () => void;
}

/** What the open tasks of a process keep in memory between them. */
export interface KeptBudget {
  /** The weight that each open task may keep, once or twice. */
  readonly share: () => number;
  readonly opened: () => void;
  readonly closed: () => void;
}

/** Values of states in one process, some 100 bytes each. */
const mostOfAll = 120_000;
/** With less, a task would read anew what it has just let go. */
const leastShare = 10_000;

export const keptBudget = (): KeptBudget => {
  let open = 0;
  return {
    share: () => Math.max(leastShare, Math.floor(mostOfAll / Math.max(1, open))),
    opened: () => {
      open++;
    },
    closed: () => {
      open--;
    },
  };
};

/** `most`: the weight of what was used since the last trimming; what was used since the one before it stays, too. */
export const keptStates = (most: () => number): Kept => {
  let young = new Map<string, Held>();
  let old = new Map<string, Held>();
  /** Of the young. */
  let weight = 0;
  const add = (held: Held): void => {
    young.set(held.key, held);
    weight += held.weight;
  };
  return {
    get: key => {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older === undefined) return undefined;
      old.delete(key);
      add(older);
      return older;
    },
    add,
    forget: key => {
      weight -= young.get(key)?.weight ?? 0;
      young.delete(key);
      old.delete(key);
    },
    weigh: (held, now) => {
      if (young.get(held.key) === held) weight += now - held.weight;
      held.weight = now;
    },
    trim: () => {
      if (weight < most()) return;
      old = young;
      young = new Map();
      weight = 0;
    },
  };
};
