/** What the books of an order should amount to, given what was agreed, shipped, refunded and taken. Its sum is 0: it always balances. */
import type { Posting } from '../journal.ts';
import { add, merged, minorOf, total, type Cell } from './cells.ts';
import type { Book } from './state.ts';

/** Where a refund of a cell comes from. */
interface Source {
  readonly cell: Cell;
  /** Paid and not shipped: it was never revenue. */
  readonly deposits: number;
  /** Shipped: revenue and its tax are taken back. */
  readonly returns: number;
  /** More than was agreed and shipped of this line, or of a line that nobody knows. */
  readonly beyond: number;
}
/** First what was agreed and not yet shipped, then what was shipped. A later dispatch moves a refund from the one to the other. */
const sourceOf =
  (book: Book) =>
  (cell: Cell): Source => {
    const shipped = minorOf(book.shipped, cell);
    const deposits = Math.min(cell.minor, Math.max(0, minorOf(book.agreed, cell) - shipped));
    const returns = Math.min(cell.minor - deposits, shipped);
    return { cell, deposits, returns, beyond: cell.minor - deposits - returns };
  };
/** Money without lines: what is there and not for shipped or refunded lines, then revenue. Paid back too little is a gain: returns. */
const returnedRest = (book: Book, restMinor: number, fromDeposits: number, revenueLeft: number): number => {
  if (restMinor <= 0) return restMinor;
  const taken = book.captured.reduce((all, one) => all + one.minor, 0);
  const left = Math.max(0, Math.max(book.totalMinor, taken) - fromDeposits);
  return Math.min(Math.max(0, restMinor - left), Math.max(0, revenueLeft));
};
const sum = <T>(all: readonly T[], minor: (one: T) => number): number => all.reduce((result, one) => result + minor(one), 0);

export const balancesOf = (book: Book): readonly Posting[] => {
  const refunded = merged(
    book.refunds.flatMap(refund => refund.cells),
    add,
  );
  const sources = refunded.map(sourceOf(book));
  const restMinor = sum(book.refunds, one => one.restMinor) + sum(sources, one => one.beyond);
  const fromDeposits = total(book.shipped) + sum(sources, one => one.deposits);
  const rest = returnedRest(book, restMinor, fromDeposits, total(book.shipped) - sum(sources, one => one.returns));
  const revenueOf = (line: string): string => (book.shippingLines.includes(line) ? 'shippingRevenue' : 'revenue');
  return byRole([
    { role: 'deposits', minor: fromDeposits + restMinor - rest },
    ...book.shipped.map(({ line, part, minor }) => ({ role: part === 'net' ? revenueOf(line) : part, minor: -minor })),
    ...sources.map(({ cell: { part }, returns }) => ({ role: part === 'net' ? 'returns' : part, minor: returns })),
    { role: 'returns', minor: rest },
    { role: 'refundsPayable', minor: -sum(sources, one => one.deposits + one.returns) - restMinor },
  ]);
};

/** One posting per role, without zeros, so that equal books are equal values. */
const byRole = (postings: readonly Posting[]): readonly Posting[] =>
  [...Map.groupBy(postings, posting => posting.role)]
    .map(([role, same]) => ({ role, minor: sum(same, one => one.minor) }))
    .filter(posting => posting.minor !== 0);
/** What must be booked to come from the one to the other. */
export const difference = (from: readonly Posting[], to: readonly Posting[]): readonly Posting[] =>
  byRole([...to, ...from.map(({ role, minor }) => ({ role, minor: -minor }))]);
