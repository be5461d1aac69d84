/** How many deliveries of one shop may be under way: a flood from one shop takes its own places and nobody else's. */

export interface Slot {
  /** Begins work that must end before the place is free, though the caller may be gone. */
  readonly work: <T>(act: () => Promise<T>) => Promise<T>;
  /** The caller is gone or has its answer. */
  readonly leave: () => void;
}
export interface Slots {
  /** Undefined when the shop has taken all its places. */
  readonly take: (shop: string) => Slot | undefined;
  readonly taken: (shop: string) => number;
}

export const slotsOf = (perShop: number): Slots => {
  const counts = new Map<string, number>();
  const count = (shop: string, by: number): void => {
    const next = (counts.get(shop) ?? 0) + by;
    if (next === 0) counts.delete(shop);
    else counts.set(shop, next);
  };
  return {
    taken: shop => counts.get(shop) ?? 0,
    take: shop => {
      if ((counts.get(shop) ?? 0) >= perShop) return undefined;
      count(shop, 1);
      let left = false;
      let working = 0;
      let free = false;
      const settle = (): void => {
        if (free || !left || working > 0) return;
        free = true;
        count(shop, -1);
      };
      return {
        work: async act => {
          working++;
          try {
            return await act();
          } finally {
            working--;
            settle();
          }
        },
        leave: () => {
          left = true;
          settle();
        },
      };
    },
  };
};
