/** Money of an order in its smallest parts: one line, and of it the net amount or one tax. */
export interface Cell {
  readonly line: string;
  /** `net`, or `tax:<code>`. */
  readonly part: string;
  readonly minor: number;
}

/** Cells of one line and part become one. */
export const merged = (cells: readonly Cell[], how: (one: number, other: number) => number): readonly Cell[] =>
  [...Map.groupBy(cells, ({ line, part }) => JSON.stringify([line, part])).values()].flatMap(same => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first, minor: same.slice(1).reduce((all, one) => how(all, one.minor), first.minor) }];
  });
export const add = (one: number, other: number): number => one + other;
export const total = (cells: readonly Cell[]): number => cells.reduce((all, one) => all + one.minor, 0);
export const minorOf = (cells: readonly Cell[], { line, part }: Pick<Cell, 'line' | 'part'>): number =>
  cells.find(one => one.line === line && one.part === part)?.minor ?? 0;
