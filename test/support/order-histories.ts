/** Random lives of one order's money, for laws of the books: lines with taxes, captures, dispatches in parts, refunds at any time. */
import fc from 'fast-check';
import type { RefundLine } from '../../schemas/generated/facts.ts';
import { captured, refunded, type PaymentFact } from './money.ts';
import { confirmed, dispatched, grossOf, money, paid, refundOwed } from './order-money.ts';

type Decision =
  ReturnType<typeof confirmed> | ReturnType<typeof paid> | ReturnType<typeof dispatched> | ReturnType<typeof refundOwed>;
export interface Life {
  readonly lines: readonly RefundLine[];
  readonly payments: readonly PaymentFact[];
  readonly decisions: readonly Decision[];
  /** Refunds by line and money only. */
  readonly refunds: readonly { readonly lines: readonly RefundLine[]; readonly amountMinor: number }[];
}

const lines = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 420 }), fc.constantFrom('nl21', 'nl9')), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.option(fc.integer({ min: 0, max: 500 })),
  )
  .map(([goods, shipping]) => [
    ...goods.map(([net, tax, code], index) => money(String(index), net, tax, code)),
    ...(shipping === null ? [] : [money('ship', shipping, shipping % 100)]),
  ]);
const part = (line: RefundLine, netMinor: number, taxMinor: number): RefundLine =>
  money(line.line, netMinor, taxMinor, line.taxes[0]?.code);
const taxOf = (line: RefundLine): number => line.taxes[0]?.amountMinor ?? 0;

/** Each line in `count` parts, rounded down, the last with the rest: as the orders unit shares it. */
const inParts = (all: readonly RefundLine[], count: number): readonly (readonly RefundLine[])[] =>
  Array.from({ length: count }, (_, index) =>
    all.flatMap(line => {
      if (line.line === 'ship') return index === 0 ? [line] : [];
      const share = (minor: number): number =>
        index === count - 1 ? minor - Math.floor(minor / count) * (count - 1) : Math.floor(minor / count);
      return [part(line, share(line.netMinor), share(taxOf(line)))];
    }),
  );

interface Wish {
  readonly line: number;
  /** Quarters of the line; 0 is money only. */
  readonly quarters: number;
  readonly moneyMinor: number;
  /** How much less than its lines is paid back. */
  readonly keptMinor: number;
  /** After how many dispatches. */
  readonly after: number;
}
const wish: fc.Arbitrary<Wish> = fc.record({
  line: fc.nat(3),
  quarters: fc.nat(4),
  moneyMinor: fc.integer({ min: 1, max: 900 }),
  keptMinor: fc.nat(5),
  after: fc.nat(4),
});
/** Never more of a line than it is, never more in all than was taken. */
const refundsOf = (all: readonly RefundLine[], wishes: readonly Wish[]) => {
  const quarters = new Map<string, number>();
  let left = grossOf(all);
  return wishes.flatMap(({ line: index, quarters: wanted, moneyMinor, keptMinor, after }) => {
    const line = all[index % all.length]!;
    const quarter = Math.min(wanted, 4 - (quarters.get(line.line) ?? 0));
    const lines =
      quarter === 0 ? [] : [part(line, Math.floor((line.netMinor * quarter) / 4), Math.floor((taxOf(line) * quarter) / 4))];
    const gross = quarter === 0 ? moneyMinor : grossOf(lines);
    if (gross === 0 || gross > left) return [];
    quarters.set(line.line, (quarters.get(line.line) ?? 0) + quarter);
    left -= gross;
    return [{ lines, amountMinor: quarter === 0 ? gross : Math.max(gross - keptMinor, 0), after }];
  });
};

/** Everything is shipped in the end, and every refund is paid. */
export const shippedLife: fc.Arbitrary<Life> = fc
  .record({
    lines,
    parts: fc.integer({ min: 1, max: 4 }),
    wishes: fc.array(wish, { maxLength: 5 }),
    feeMinor: fc.nat(50),
    split: fc.nat(4),
  })
  .map(({ lines: all, parts, wishes, feeMinor, split }) => {
    const total = grossOf(all);
    const first = Math.floor((total * split) / 4);
    const refunds = refundsOf(all, wishes);
    const steps = [
      ...inParts(all, parts).map((share, index) => ({
        order: index,
        decide: (revision: number): Decision => dispatched(revision, share),
      })),
      ...refunds.map(({ lines: of, amountMinor, after }, index) => ({
        order: after - 0.5,
        decide: (revision: number): Decision => refundOwed(revision, of, amountMinor, `r${index}`),
      })),
    ].toSorted((one, other) => one.order - other.order);
    return {
      lines: all,
      refunds,
      payments: [
        captured(first, { feeMinor }),
        captured(total - first, { capture: 'ch_2' }),
        ...refunds.map(({ amountMinor }, index) => refunded(amountMinor, { refund: `re_${index}` })),
      ],
      decisions: [confirmed(1, all), paid(2, total), ...steps.map((step, index) => step.decide(index + 3))],
    };
  });

/** Some lines are shipped; the others are withdrawn and paid back, by line or as money only. */
export const withdrawnLife: fc.Arbitrary<Life> = fc
  .record({
    lines,
    which: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    byLine: fc.boolean(),
    refundFirst: fc.boolean(),
  })
  .map(({ lines: all, which, byLine, refundFirst }) => {
    const sent = all.filter((_, index) => which[index]);
    const back = all.filter((_, index) => !which[index]);
    const amountMinor = grossOf(back);
    const refunds = amountMinor === 0 ? [] : [{ lines: byLine ? back : [], amountMinor }];
    const steps = [
      (revision: number): Decision => dispatched(revision, sent),
      ...refunds.map(
        one =>
          (revision: number): Decision =>
            refundOwed(revision, one.lines, one.amountMinor),
      ),
    ];
    return {
      lines: all,
      refunds,
      payments: [captured(grossOf(all)), ...refunds.map(one => refunded(one.amountMinor))],
      decisions: [
        confirmed(1, all),
        paid(2, grossOf(all)),
        ...(refundFirst ? steps.toReversed() : steps).map((step, index) => step(index + 3)),
      ],
    };
  });
