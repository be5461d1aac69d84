/** Chance that can be repeated: the same seed draws the same. */

/** mulberry32, public domain: short, and good enough to shuffle by. */
export const drawer = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return <T>(from: readonly T[]): T => {
    const drawn = from[next() % from.length];
    if (drawn === undefined) throw new Error('drawing from nothing');
    return drawn;
  };
};
