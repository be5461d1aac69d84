/** A sink and its target for tests of the runtime: journals put on a shelf, by name. The target is told when to fail and how. */
import { poison, transient, type Failure } from '../../../runtime/failure.ts';
import { sink, type Answer, type Shown, type Target } from '../../../runtime/model.ts';
import { journalPrepared, type FactsOn } from '../../../schemas/generated/facts.ts';
import { topics } from '../../../schemas/topics.ts';

interface Lookup {
  readonly journal: string;
}
interface Put extends Shown {
  readonly journal: string;
  readonly text: string;
}
interface Found {
  readonly text: string | undefined;
}
export type Fate = 'ok' | 'refuse' | 'down' | 'later' | 'lost before' | 'lost after';
export interface Shelf {
  readonly stored: ReadonlyMap<string, string>;
  /** Every write in the order in which it took effect, as `journal=text`. */
  readonly writes: readonly string[];
  /** What becomes of a journal's next call. */
  readonly fate: (journal: string, fates: readonly Fate[]) => void;
  /** Takes everything from the shelf, as a restored older backup does. */
  readonly forget: () => void;
  /** As somebody does who goes around the sink. */
  readonly put: (journal: string, text: string) => void;
  readonly target: Target<object, Found, Put>;
}
export const shelfOf = (): Shelf => {
  const stored = new Map<string, string>();
  const writes: string[] = [];
  const fates = new Map<string, Fate[]>();
  const failureOf = (fate: Fate): Failure =>
    fate === 'refuse'
      ? poison('ODOO_REFUSED', 'putting it on the shelf: refused')
      : fate === 'down'
        ? transient('ODOO_UNREACHABLE', 'reaching the shelf: it is away')
        : transient('ODOO_CONFLICT', 'putting it on the shelf: not now', { scope: 'key' });
  const apply = ({ journal, text }: Put): Answer<undefined> => {
    const fate = fates.get(journal)?.shift() ?? 'ok';
    if (fate === 'ok' || fate === 'lost after') {
      stored.set(journal, text);
      writes.push(`${journal}=${text}`);
    }
    if (fate === 'ok') return { is: 'done', value: undefined };
    return fate.startsWith('lost')
      ? { is: 'unknown', error: new Error('no answer') }
      : { is: 'failure', failure: failureOf(fate) };
  };
  return {
    stored,
    writes,
    fate: (journal, all) => void fates.set(journal, [...all]),
    forget: () => stored.clear(),
    put: (journal, text) => void stored.set(journal, text),
    target: {
      find: lookups =>
        Promise.resolve(lookups.map(([one]) => ({ is: 'done', value: { text: stored.get((one as Lookup).journal) } }) as const)),
      apply: calls => Promise.resolve(calls.map(([one]) => apply(one!))),
      close: () => Promise.resolve(),
    },
  };
};
/** The journal's name is the document, its business day's last two digits the revision. */
export const shelving = (shelf: Shelf) =>
  sink<FactsOn<typeof topics.journals>, Found, Put>({
    name: 'shelf',
    doc: 'Puts journals on a shelf, for the runtime tests.',
    reads: [topics.journals],
    settings: {},
    opens: false,
    document: ({ data }) => ({ document: data.journal, revision: Number(data.businessDay.slice(-2)) }),
    find: ({ data }) => [{ journal: data.journal } satisfies Lookup],
    plan: ({ data }, found) =>
      found.text === data.description
        ? []
        : [
            {
              kind: found.text === undefined ? 'create' : 'change',
              show: `put ${data.journal}`,
              journal: data.journal,
              text: data.description,
            },
          ],
    maxInFlightMs: () => 5_000,
    batch: { size: 10, parallel: 2 },
    target: () => shelf.target,
  });
export const note = (journal: string, text: string, revision = 1) =>
  journalPrepared({
    company: 'acme',
    journal,
    book: 'main',
    businessDay: `2026-11-${String(revision).padStart(2, '0')}`,
    originalDay: '2026-11-01',
    currency: 'EUR',
    description: text,
    lines: [],
  });
