/** The local stores of a machine. They commit as late as LMDB does, one after another; a kill loses what was not written. */
import type { Logged, Store, StoreMeta } from '../../runtime/store/store.ts';
import type { StoreEnd } from '../support/proof/evidence.ts';
import type { Random } from './random.ts';
import type { Lane, Scheduler } from './scheduler.ts';

interface Table {
  values: Map<string, string>;
  /** In order; made when first asked for. */
  keys: string[] | undefined;
  meta: StoreMeta | undefined;
}
export interface Disk {
  readonly open: (lane: Lane, unit: string, partition: number) => Store;
  readonly wipe: () => void;
  /** Keeps what is there now, for `setBack`. */
  readonly backup: () => void;
  readonly setBack: () => void;
  readonly stores: () => readonly StoreEnd[];
  /** Probability that a commit fails, as on a full disk. */
  trouble: number;
}

/** The index of the first key that is not before `key`. */
const place = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
};
const put = (table: Table, key: string, value: string | null): void => {
  const had = table.values.has(key);
  if (value === null) table.values.delete(key);
  else table.values.set(key, value);
  if (table.keys === undefined || had === (value !== null)) return;
  if (value === null) table.keys.splice(place(table.keys, key), 1);
  else table.keys.splice(place(table.keys, key), 0, key);
};
const copy = (tables: ReadonlyMap<string, Table>): Map<string, Table> =>
  new Map([...tables].map(([name, { values, meta }]) => [name, { values: new Map(values), keys: undefined, meta }]));
const commitMs = [0, 1, 1, 2, 3, 5, 10, 40] as const;

export const diskOf = (scheduler: Scheduler, random: Random): Disk => {
  let tables = new Map<string, Table>();
  let kept = new Map<string, Table>();
  const tableOf = (name: string): Table => {
    const table = tables.get(name) ?? { values: new Map<string, string>(), keys: undefined, meta: undefined };
    tables.set(name, table);
    return table;
  };
  function* range(table: Table, gte: string, lt: string, reverse: boolean): Generator<readonly [string, string]> {
    const keys = (table.keys ??= [...table.values.keys()].sort((a, b) => (a < b ? -1 : 1)));
    const [from, to] = [place(keys, gte), place(keys, lt)];
    const found = keys.slice(from, to).map(key => [key, table.values.get(key)!] as const);
    yield* reverse ? found.reverse() : found;
  }
  const open = (lane: Lane, unit: string, partition: number): Store => {
    const table = tableOf(`${unit}/${partition}`);
    const queue: { readonly write: () => void; readonly answer: () => void }[] = [];
    let writing = false;
    const next = (): void => {
      const one = queue.shift();
      writing = one !== undefined;
      if (one === undefined) return;
      scheduler.after(lane, random.pick(commitMs), 'store writes', () => {
        one.write();
        scheduler.after(lane, random.below(3), 'store answers', one.answer);
        next();
      });
    };
    return {
      get: key => table.values.get(key),
      range: ({ gte, lt }, reverse = false) => range(table, gte, lt, reverse),
      commit: (changes, meta) =>
        new Promise((resolve, reject) => {
          const all = [...changes];
          const full = random.chance(disk.trouble);
          const write = (): void => {
            if (full) return;
            for (const [key, value] of all) put(table, key, value);
            table.meta = meta;
          };
          queue.push({
            write,
            answer: () => (full ? reject(new Error('writing the local store: no space is left')) : resolve()),
          });
          if (!writing) next();
        }),
      meta: () => table.meta,
      filling: anew => {
        if (anew) {
          table.values = new Map();
          table.keys = undefined;
          table.meta = undefined;
        }
        // What was given and not ended is gone with a kill; the next filling begins where this one did.
        const given: Logged[] = [];
        return Promise.resolve({
          add: records => {
            given.push(...records);
            return lane.clock.sleep(random.pick(commitMs));
          },
          end: async meta => {
            await lane.clock.sleep(random.pick(commitMs));
            for (const [key, value] of given) put(table, key.toString(), value?.toString() ?? null);
            table.meta = meta;
          },
        });
      },
      close: () => Promise.resolve(),
    };
  };
  const disk: Disk = {
    open,
    wipe: () => {
      tables = new Map();
    },
    backup: () => {
      kept = copy(tables);
    },
    setBack: () => {
      tables = copy(kept);
    },
    stores: () =>
      [...tables].map(([name, { values, meta }]) => ({
        unit: name.slice(0, name.lastIndexOf('/')),
        partition: Number(name.slice(name.lastIndexOf('/') + 1)),
        changelogNext: meta?.changelogNext,
        entries: values,
      })),
    trouble: 0,
  };
  return disk;
};
