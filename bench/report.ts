/** From samples to figures, and from figures to a page. */
import { goals, type Goal } from './goals.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** One repeat of one goal; both sides of it were measured one right after the other. */
export interface Sample {
  readonly goal: string;
  readonly ours: number;
  readonly beside?: number;
}
export interface Figure extends Goal {
  /** How many times it was measured, and with how many records where that can be chosen. */
  readonly repeats: number;
  readonly records?: number;
  readonly ours: Spread;
  readonly besides?: Spread;
  readonly ratio?: Spread;
  /** By the median; undefined where nothing is asked. */
  readonly met?: boolean;
  readonly notes: readonly string[];
  readonly samples: readonly Sample[];
}
export interface Report {
  /** No date and no address: the page changes only when a figure does. */
  readonly machine: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
}

const isMet = (goal: Goal, ours: Spread, ratio: Spread | undefined): boolean | undefined => {
  if (goal.wanted === undefined) return undefined;
  const { of, bound, value } = goal.wanted;
  const judged = of === 'ours' ? ours.median : ratio?.median;
  if (judged === undefined) return false;
  return bound === 'at least' ? judged >= value : judged <= value;
};
export const figureOf = (goal: Goal, samples: readonly Sample[], notes: readonly string[], records?: number): Figure => {
  const paired = samples.flatMap(({ ours, beside }) => (beside === undefined ? [] : [{ ours, beside }]));
  const ours = spreadOf(samples.map(one => one.ours));
  const ratio = paired.length === 0 ? undefined : spreadOf(paired.map(one => one.ours / one.beside));
  const met = isMet(goal, ours, ratio);
  return {
    ...goal,
    repeats: samples.length,
    ...(records === undefined ? {} : { records }),
    ours,
    ...(ratio === undefined ? {} : { besides: spreadOf(paired.map(one => one.beside)), ratio }),
    ...(met === undefined ? {} : { met }),
    notes,
    samples,
  };
};
/** The later figures take the place of those of the same goals; all stand in the order of the goals. */
export const merged = (earlier: readonly Figure[], later: readonly Figure[]): readonly Figure[] =>
  goals.flatMap(({ id }) => {
    const found = later.find(one => one.id === id) ?? earlier.find(one => one.id === id);
    return found === undefined ? [] : [found];
  });

const digits = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
const spread = ({ min, median, max }: Spread): string => `**${digits(median)}** (${digits(min)} to ${digits(max)})`;
export const wantedOf = ({ wanted, unit }: Goal): string =>
  wanted === undefined
    ? ''
    : `${wanted.bound === 'at least' ? '≥' : '≤'} ${digits(wanted.value)}${wanted.of === 'ours' ? ` ${unit}` : ''}`;
const verdict = ({ met }: Figure): string => (met === undefined ? '' : met ? 'met' : 'not met');
export const rowOf = (figure: Figure): readonly string[] => [
  `${figure.what}, ${figure.unit}`,
  spread(figure.ours),
  figure.besides === undefined ? '' : `${spread(figure.besides)} ${figure.beside ?? ''}`,
  figure.ratio === undefined ? '' : spread(figure.ratio),
  wantedOf(figure),
  verdict(figure),
];
const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;

export const pageOf = ({ machine, figures }: Report): string => {
  const head = ['what', 'ours', 'beside', 'ours ÷ beside', 'goal', ''];
  const noted = figures.filter(figure => figure.notes.length > 0);
  return [
    '# Speed',
    '',
    'Written by `make bench`; do not edit. How each is measured: [bench](../../bench/README.md).',
    'Each cell: the **median**, and the least to the most of all repeats. Both sides of a row take turns within one run, on one',
    'broker and one machine; a ratio is of two measurements right after each other. Other machines give other figures; the ratios',
    'are what can be compared.',
    '',
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
    '',
    ...(figures.length === 0
      ? ['This release was not measured yet.']
      : [line(head), line(head.map(() => '---')), ...figures.map(figure => line(rowOf(figure)))]),
    '',
    ...figures.map(({ what, repeats, records }) => {
      const size = records === undefined ? '' : ` of ${records.toLocaleString('en-US')} records`;
      return `- ${what}: ${repeats} repeat${repeats === 1 ? '' : 's'}${size}`;
    }),
    ...(noted.length === 0 ? [] : ['', '## Notes', '']),
    ...noted.flatMap(({ what, notes }) => notes.map(note => `- ${what}: ${note}`)),
    '',
  ].join('\n');
};
