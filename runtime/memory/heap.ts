/** Things in an order, the first one always at hand. */

export interface Heap<T> {
  readonly peek: () => T | undefined;
  readonly push: (one: T) => void;
  readonly pop: () => T | undefined;
}
export const heapOf = <T>(before: (a: T, b: T) => boolean): Heap<T> => {
  const all: T[] = [];
  return {
    peek: () => all[0],
    push: one => {
      let i = all.push(one) - 1;
      while (i > 0) {
        const up = (i - 1) >> 1;
        if (!before(one, all[up]!)) break;
        all[i] = all[up]!;
        i = up;
      }
      all[i] = one;
    },
    pop: () => {
      const first = all[0];
      const last = all.pop();
      if (last === undefined || all.length === 0) return first;
      let i = 0;
      for (;;) {
        let down = 2 * i + 1;
        if (down >= all.length) break;
        if (down + 1 < all.length && before(all[down + 1]!, all[down]!)) down++;
        if (!before(all[down]!, last)) break;
        all[i] = all[down]!;
        i = down;
      }
      all[i] = last;
      return first;
    },
  };
};
