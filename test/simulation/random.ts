/** Random numbers from a seed: everything in the simulation that could have been otherwise comes from here. */

export interface Random {
  /** From 0 up to and without 1. */
  readonly next: () => number;
  /** An integer from 0 up to and without `below`. */
  readonly below: (below: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly between: (least: number, most: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
}
/** mulberry32: small, fast, and the same on every machine. */
export const randomOf = (seed: number): Random => {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: probability => next() < probability,
    between: (least, most) => least + below(most - least + 1),
    pick: list => list[below(list.length)]!,
  };
};
