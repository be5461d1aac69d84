/** Stores deliveries about products; what was stored last in the same words by this process is not stored again. */
import type { Intake, RawDelivery } from '../../runtime/model.ts';
import type { About } from './contract.ts';

export interface Say {
  readonly about: About;
  readonly product: number;
  /** Within the product: what a later delivery of the same replaces. */
  readonly object: string;
  /** What it says, to tell whether it is the same. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What it says besides, that alone is no reason to store it again. */
  readonly also?: Readonly<Record<string, unknown>>;
}
export interface Deliver {
  /** How many were stored. */
  readonly all: (says: readonly Say[]) => Promise<number>;
  /** Forgets what is not about these objects. */
  readonly keepOnly: (about: About, objects: ReadonlySet<string>) => void;
}

const batch = 500;
const encoder = new TextEncoder();

export const deliverTo = (intake: Intake, shop: string): Deliver => {
  const stored = new Map<About, Map<string, string>>();
  const of = (about: About): Map<string, string> => {
    const known = stored.get(about) ?? new Map<string, string>();
    stored.set(about, known);
    return known;
  };
  const nameOf = (say: Say): string => `${say.product}|${say.object}`;
  return {
    all: async says => {
      const fresh = says
        .map(say => ({ say, words: JSON.stringify(say.body) }))
        .filter(({ say, words }) => of(say.about).get(nameOf(say)) !== words);
      for (let at = 0; at < fresh.length; at += batch) {
        const some = fresh.slice(at, at + batch);
        await intake.deliver(
          some.map(({ say: { about, product, body, also } }): RawDelivery => ({
            shop,
            aggregate: `product:${product}`,
            via: 'poll',
            about,
            bytes: encoder.encode(JSON.stringify({ ...body, ...also })),
          })),
        );
        for (const { say, words } of some) of(say.about).set(nameOf(say), words);
      }
      return fresh.length;
    },
    keepOnly: (about, objects) => {
      const known = of(about);
      for (const name of known.keys()) if (!objects.has(name)) known.delete(name);
    },
  };
};
