/**
 * What of each input of a sink is taken and not finished. Keys finish in any order, and the position never passes what is open: so that
 * a restart does nothing again that was finished above it, what is open is kept beside the position.
 */

/** Inclusive offsets, such that every record between them is open. */
type Run = readonly [from: number, to: number];
/** Of an input: everything below `next` was taken, and all of it is finished but for `open`. */
interface Taken {
  readonly next: number;
  readonly open: readonly Run[];
}
export type StoredWork = Readonly<Record<string, Taken>>;

export interface OpenWork {
  readonly begin: (topic: string, offset: number) => void;
  readonly end: (topic: string, offset: number) => void;
  /** Whether an earlier session finished this record: then it is passed over. */
  readonly passes: (topic: string, offset: number) => boolean;
  /** Positions with the inputs' own where nothing is open. */
  readonly positions: (inputs: Readonly<Record<string, number>>) => Readonly<Record<string, number>>;
  /** What a restart must know beside the positions, of the inputs where something is open. */
  readonly stored: (inputs: Readonly<Record<string, number>>) => StoredWork;
}

export const openWork = (before: StoredWork = {}): OpenWork => {
  /** By offset, how often it is open, and its number among the records taken. In the order of offsets: inputs are taken in order. */
  const open = new Map<string, Map<number, { count: number; readonly nth: number }>>();
  const numbers = new Map<string, number>();
  const number = (topic: string): number => {
    const nth = (numbers.get(topic) ?? 0) + 1;
    numbers.set(topic, nth);
    return nth;
  };
  const runsOf = (topic: string): Run[] => {
    const runs: [number, number][] = [];
    let last = -1;
    for (const [offset, { nth }] of open.get(topic) ?? []) {
      if (runs.length > 0 && nth === last + 1) runs.at(-1)![1] = offset;
      else runs.push([offset, offset]);
      last = nth;
    }
    return runs;
  };
  const takenOf = (topic: string, next: number): Taken | undefined => {
    const former = before[topic];
    // What an earlier session took and this one has not come to yet.
    const ahead = former === undefined || former.next <= next ? undefined : former;
    const rest = (ahead?.open ?? []).flatMap(([from, to]): Run[] => (to < next ? [] : [[Math.max(from, next), to]]));
    const all = [...runsOf(topic), ...rest];
    return ahead === undefined && all.length === 0 ? undefined : { next: ahead?.next ?? next, open: all };
  };
  return {
    begin: (topic, offset) => {
      const mine = open.get(topic) ?? new Map<number, { count: number; nth: number }>();
      open.set(topic, mine);
      const known = mine.get(offset);
      if (known === undefined) mine.set(offset, { count: 1, nth: number(topic) });
      else known.count++;
    },
    end: (topic, offset) => {
      const known = open.get(topic)?.get(offset);
      if (known === undefined || --known.count === 0) open.get(topic)?.delete(offset);
    },
    passes: (topic, offset) => {
      const former = before[topic];
      const passes =
        former !== undefined && offset < former.next && !former.open.some(([from, to]) => from <= offset && offset <= to);
      if (passes) number(topic);
      return passes;
    },
    positions: inputs =>
      Object.fromEntries(Object.entries(inputs).map(([topic, next]) => [topic, open.get(topic)?.keys().next().value ?? next])),
    stored: inputs =>
      Object.fromEntries(
        Object.entries(inputs).flatMap(([topic, next]) => {
          const taken = takenOf(topic, next);
          return taken === undefined ? [] : [[topic, taken] as const];
        }),
      ),
  };
};
