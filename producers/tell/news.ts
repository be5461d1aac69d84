/** Whether a report is news: what was told before, against what is reported now. The runtime asks for every report, of every channel. */
import type { Fact, Report, Tell, Told } from '../../runtime/model.ts';

/**
 * nothing: lower, or the same, whenever it comes. settles: higher, but it says what was said: remember it and say nothing.
 * news: remember it and tell.
 */
export type News = 'nothing' | 'settles' | 'news';
type Position = Pick<Report, 'version' | 'settled' | 'rank' | 'phase'>;

/** The order of reports about one object: version, settled, rank, content. Total, so every order of arrival ends in the same. */
const compared = (report: Position, content: string, told: Told): number =>
  report.version - told.version ||
  Number(report.settled) - Number(told.settled) ||
  report.rank - told.rank ||
  (content < told.content ? -1 : content > told.content ? 1 : 0);

export const newsOf = (report: Position, content: string, told: Told | undefined): News => {
  if (told === undefined) return 'news';
  if (compared(report, content, told) <= 0) return 'nothing';
  return content === told.content && report.phase === told.phase ? 'settles' : 'news';
};
/** Whether what was told is to be replaced by this report. */
export const isNews = (report: Position, content: string, told: Told | undefined): boolean =>
  newsOf(report, content, told) !== 'nothing';

const canonical = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, canonical(part)]),
  );
};
/**
 * What a report says, as a keyed hash, so that no personal data is kept. `revision` and `version` are left out: an object whose
 * modified time moved while it says the same is no news.
 */
export const contentOf = (report: Pick<Report, 'facts'>, hash: (text: string) => string): string =>
  hash(
    JSON.stringify(
      report.facts.map(({ type, data }) => {
        const { revision: _, version: __, ...said } = data as { readonly revision?: unknown; readonly version?: unknown };
        return [type, canonical(said)];
      }),
    ),
  );

export interface Telling<F extends Fact> {
  readonly facts: readonly F[];
  /** What is remembered now; the very value given when nothing changed. */
  readonly told: Told | undefined;
}
/** One report, whole: what follows from it and what is remembered. `content` is `contentOf` the report. */
export const telling = <F extends Fact>(
  report: Report<F>,
  content: string,
  told: Told | undefined,
  tell: Tell<F>,
): Telling<F> => {
  const news = newsOf(report, content, told);
  if (news === 'nothing') return { facts: [], told };
  const { version, settled, rank, phase } = report;
  return { facts: news === 'news' ? tell(report, told) : [], told: { version, settled, rank, content, phase } };
};
