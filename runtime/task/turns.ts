/** Work that takes memory or the target's time, of which only so much is done at once; the rest waits in order. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export const turnsOf = (limit: number): Turns => {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async work => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
};
