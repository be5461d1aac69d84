/** Lines: each goods line asks the catalogue what it is made of, one code after another; the answer is frozen on the order. */
import {
  lineAsked,
  type Component,
  type Line,
  type LineResolved,
  type LineUnknown,
  type ResolvedLine,
} from '../../schemas/generated/facts.ts';
import { raise, settle } from './exceptions.ts';
import { knownLines, same } from './phases.ts';
import { shippedOf } from './shipped.ts';
import type { Out, Question, State, Unplaced } from './state.ts';
import type { Rule } from './rule.ts';

/** After these the line waits by name. */
const mostCodes = 3;
const codesOf = (line: Line): readonly string[] => [...new Set(line.codes)].slice(0, mostCodes);

const resolvedTo = (line: Line, components: readonly Component[]): Question => ({
  is: 'resolved',
  line: { ...line, components },
});
export const questionOf = (line: Line): Question => {
  if (line.kind !== 'goods' || line.quantityMilli <= 0) return resolvedTo(line, []);
  if (codesOf(line).length === 0) return { is: 'unknown', line, number: 0 };
  return { is: 'open', line, number: 0, tried: 0, waits: false };
};

/** The frozen components for another quantity of the line; undefined when they do not divide. */
const scaled = ({ components, quantityMilli: from }: ResolvedLine, to: number): readonly Component[] | undefined => {
  const wanted = components.map(one => ({ one, times: BigInt(one.quantityMilli) * BigInt(to) }));
  if (from <= 0 || wanted.some(({ times }) => times % BigInt(from) !== 0n)) return undefined;
  return wanted.map(({ one, times }) => ({ ...one, quantityMilli: Number(times / BigInt(from)) }));
};
const isSameGoods = (one: Line, other: Line): boolean => one.kind === other.kind && same(one.codes, other.codes);

/** A line that was there before keeps what is known of it: its components for the new quantity, or the question that is under way. */
const requestioned = (before: Question | undefined, line: Line): Question => {
  if (before === undefined || !isSameGoods(before.line, line) || line.kind !== 'goods') return questionOf(line);
  if (before.is === 'resolved') {
    const components = line.quantityMilli > 0 ? scaled(before.line, line.quantityMilli) : undefined;
    return components === undefined ? questionOf(line) : resolvedTo(line, components);
  }
  return before.line.quantityMilli === line.quantityMilli ? { ...before, line } : questionOf(line);
};
export const changedLines = (state: Exclude<State, Unplaced>, lines: readonly Line[]): readonly Question[] => {
  const before: readonly Question[] =
    state.phase === 'resolving' ? state.lines : knownLines(state).map(line => ({ is: 'resolved', line }));
  return lines.map(line =>
    requestioned(
      before.find(one => one.line.line === line.line),
      line,
    ),
  );
};

/** What left cannot be taken back: a line of it may grow, but not shrink below it, and one that left whole stays as it is. */
export const touchesShipped = (state: State, lines: readonly Line[]): boolean =>
  knownLines(state).some(before => {
    const left = (component: Component): number => shippedOf(state, before.line, component);
    const isGiven = state.given.some(one => one.line === before.line);
    if (!isGiven && !before.components.some(one => left(one) > 0)) return false;
    const after = lines.find(one => one.line === before.line);
    if (after === undefined || !isSameGoods(before, after)) return true;
    if (before.components.every(one => left(one) >= one.quantityMilli)) return !isSameMoney(before, after);
    return scaled(before, after.quantityMilli)?.some(one => left(one) > one.quantityMilli) ?? true;
  });
const isSameMoney = (one: Line, other: Line): boolean =>
  one.quantityMilli === other.quantityMilli && one.netMinor === other.netMinor && same(one.taxes, other.taxes);

/** Several components of one product are one. */
const merged = (components: readonly Component[]): readonly Component[] => {
  const all: Component[] = [];
  for (const one of components) {
    const at = all.findIndex(other => other.owner === one.owner && other.product === one.product);
    const { owner, product, quantityMilli } = one;
    if (at < 0) all.push({ owner, product, quantityMilli });
    else all[at] = { owner, product, quantityMilli: quantityMilli + all[at]!.quantityMilli };
  }
  return all.filter(one => one.quantityMilli > 0);
};

const withQuestion = (state: State, line: string, change: (question: Question) => Question): State =>
  state.phase === 'resolving' && state.lines.some(one => one.line.line === line && change(one) !== one)
    ? { ...state, lines: state.lines.map(one => (one.line.line === line ? change(one) : one)) }
    : state;

export const foldAsked = (state: State, line: string, number: number): State => {
  const numbers = { ...state.numbers, question: Math.max(state.numbers.question, number) };
  return withQuestion({ ...state, numbers }, line, one =>
    one.is === 'open' ? { ...one, number, tried: one.tried + 1, waits: true } : one,
  );
};
export const foldUnknown = (state: State, { line, code, revision }: LineUnknown): State =>
  withQuestion(state, line, one => {
    if (one.is !== 'open' || !one.waits || one.number !== revision || codesOf(one.line)[one.tried - 1] !== code) return one;
    return one.tried < codesOf(one.line).length
      ? { ...one, waits: false }
      : { is: 'unknown', line: one.line, number: one.number };
  });
export const foldResolved = (state: State, { line, code, revision, components }: LineResolved): State =>
  withQuestion(state, line, one =>
    one.is === 'resolved' || one.number !== revision || !codesOf(one.line).includes(code)
      ? one
      : resolvedTo(one.line, merged(components)),
  );

export const askLines: Rule = (state, { company, order }) => {
  if (state.phase !== 'resolving') return [];
  return state.lines.flatMap((one): readonly Out[] => {
    const code = codesOf(one.line)[one.is === 'open' ? one.tried : 0];
    if (one.is !== 'open' || one.waits || code === undefined) return [];
    const { line, quantityMilli } = one.line;
    const revision = one.number === 0 ? state.numbers.question + 1 : one.number;
    return [lineAsked({ company, code, order, line, quantityMilli, revision })];
  });
};

const exceptionOf = (line: string): string => `line_unknown:${line}`;
/** A person sees each line that waits by name, until it is resolved or no longer wanted. */
export const nameUnknown: Rule = (state, cause) => {
  const unknown = state.phase === 'resolving' ? state.lines.filter(one => one.is === 'unknown').map(one => one.line) : [];
  const waiting = new Set(unknown.map(one => exceptionOf(one.line)));
  return [
    ...state.raised
      .filter(one => one.open && one.exception.startsWith(exceptionOf('')) && !waiting.has(one.exception))
      .flatMap(one => settle(state, cause, one.exception, 'the line is resolved, or no longer wanted')),
    ...unknown.flatMap(line =>
      raise(state, cause, {
        exception: exceptionOf(line.line),
        kind: 'line_unknown',
        amountMinor: line.grossMinor,
        nextAction: `Define one of its codes, or correct the listing: ${codesOf(line).join(', ') || 'the line names no code'}.`,
        detail: `line ${line.line} (${line.description}) names no known product`,
      }),
    ),
  ];
};
