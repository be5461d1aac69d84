/** What can be wrong with a line, in the words of Toxiproxy, and how it is put on and taken off a proxy while traffic runs. */

/** up: from the client to the server. */
export type Way = 'up' | 'down';
export type Toxic =
  /** Every piece arrives so much later, give or take the jitter; pieces stay in order. */
  | { readonly is: 'latency'; readonly ms: number; readonly jitterMs: number }
  | { readonly is: 'bandwidth'; readonly bytesPerSecond: number }
  /** Pieces of at most so many bytes, with a pause after each. */
  | { readonly is: 'slicer'; readonly bytes: number; readonly pauseMs: number }
  /** Nothing passes, not even an end, until it is taken off; then all of it does, as TCP sends again what was not acknowledged. */
  | { readonly is: 'cut' }
  /** What is said is swallowed for good, nothing is closed: connections that met it are silent for ever. */
  | { readonly is: 'half-open' }
  /** A connection ends after so many bytes since this was put on. */
  | { readonly is: 'limit'; readonly bytes: number }
  /** RST so long after the next piece. */
  | { readonly is: 'reset'; readonly afterMs: number }
  /** The other side hears of an end so much later. */
  | { readonly is: 'slow-close'; readonly ms: number };

const both: readonly Way[] = ['up', 'down'];

export interface On {
  /** How often it was felt: pieces that it delayed, held, swallowed or sliced, connections that it ended. */
  readonly felt: () => number;
  readonly heal: () => void;
}
export interface Putting {
  /** Default: both. */
  readonly ways?: readonly Way[];
  /** Decided once per connection; default: every one. */
  readonly meets?: () => boolean;
}
export interface Active {
  readonly toxic: Toxic;
  readonly ways: readonly Way[];
  /** Whether a connection is met by it; the same answer for the same connection. */
  readonly meets: (line: object) => boolean;
  felt: number;
}

export interface Toxics {
  readonly put: (toxic: Toxic, how?: Putting) => On;
  readonly of: <K extends Toxic['is']>(
    is: K,
    way: Way,
    line: object,
  ) => (Active & { toxic: Extract<Toxic, { is: K }> }) | undefined;
  /** Whether any is on that way of that connection. */
  readonly any: (way: Way, line: object) => boolean;
  /** Resolves when one is put on or taken off. */
  readonly changed: () => Promise<void>;
}
export const toxicsOf = (): Toxics => {
  const active = new Set<Active>();
  let change = Promise.withResolvers<void>();
  const tell = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const met = (one: Active, way: Way, line: object): boolean => one.ways.includes(way) && one.meets(line);
  return {
    put: (toxic, { ways = both, meets = () => true } = {}) => {
      const decided = new WeakMap<object, boolean>();
      const one: Active = {
        toxic,
        ways,
        felt: 0,
        meets: line => {
          const known = decided.get(line) ?? meets();
          decided.set(line, known);
          return known;
        },
      };
      active.add(one);
      tell();
      return {
        felt: () => one.felt,
        heal: () => {
          if (active.delete(one)) tell();
        },
      };
    },
    of: <K extends Toxic['is']>(is: K, way: Way, line: object) =>
      [...active].find((one): one is Active & { toxic: Extract<Toxic, { is: K }> } => one.toxic.is === is && met(one, way, line)),
    any: (way, line) => active.size > 0 && [...active].some(one => met(one, way, line)),
    changed: () => change.promise,
  };
};
