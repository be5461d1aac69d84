/** Refunds of an order. A refund never changes once it is made, except that the gateway's answer is noted on it. */
import { poison } from '../../runtime/failure.ts';
import type { Report, ShopContext } from '../../runtime/model.ts';
import {
  refundReported,
  refundSucceeded,
  type RefundLine,
  type RefundReported,
  type Tender,
} from '../../schemas/generated/facts.ts';
import { apportioned, exactMinor, isNegative, negated, roundedMinor, type Decimal } from '../../schemas/money.ts';
import type { OrderFact } from '../tell/orders.ts';
import { metaText, type RefundedLine, type WooOrder, type WooRefund } from './contract.ts';
import { byCode, quantityOf, taxCode } from './lines.ts';
import type { Options } from './options.ts';

/**
 * WooCommerce stores a refund before it asks the gateway, and deletes it again when the gateway says no; the gateway may take a
 * minute. So one that moved no money is not believed before it is this old; the poll's overlap is longer and sees it again.
 */
export const doubtMs = 120_000;

const positive = (amount: Decimal): Decimal => (isNegative(amount) ? negated(amount) : amount);

/** The order's line that a refund's line is of: named in its meta; else the only one of that product. */
const lineOf = (line: RefundedLine, order: WooOrder, what: string): string => {
  const named = metaText(line.meta_data, '_refunded_item_id');
  const ids = [...order.line_items, ...order.shipping_lines, ...order.fee_lines].map(one => String(one.id));
  if (named !== undefined && ids.includes(named)) return named;
  const same = order.line_items.filter(
    one => one.product_id === line.product_id && one.variation_id === line.variation_id && one.product_id !== 0,
  );
  if (named === undefined && same.length === 1) return String(same[0]!.id);
  throw poison('DELIVERY_UNTRANSLATABLE', `reading ${what}: it names no line of the order (_refunded_item_id)`);
};

interface Money {
  readonly net: Decimal;
  readonly taxes: readonly { readonly code: string; readonly amountMinor: number }[];
}
/**
 * Nets that with the taxes add up to the refund's amount, when the lines are meant to: else as they are, and the rest of the amount is
 * money only. More in the lines than in the amount is poison.
 */
const netsOf = (all: readonly Money[], amountMinor: number, currency: string, what: string): readonly number[] => {
  const taxMinor = all.flatMap(one => one.taxes).reduce((sum, one) => sum + one.amountMinor, 0);
  const nets = all.map(one => one.net);
  const exact = apportioned(amountMinor - taxMinor, nets, currency, what);
  if (exact !== undefined) return exact;
  const rounded = nets.map(net => roundedMinor(net, currency, what));
  const sum = rounded.reduce((a, b) => a + b, taxMinor);
  if (sum > amountMinor)
    throw poison(
      'AMOUNT_INVALID',
      `reading ${what}: its lines come to ${sum}, more than its amount ${amountMinor} (minor units)`,
    );
  return rounded;
};
const refundLines = (
  refund: WooRefund,
  order: WooOrder,
  amountMinor: number,
  options: Options,
  what: string,
): readonly RefundLine[] => {
  const { currency } = order;
  const lines = [...refund.line_items, ...refund.shipping_lines, ...refund.fee_lines];
  // A refunded discount (a negative fee) gives less back: the sign is the order's, turned round.
  const all = lines.map((line): Money => ({
    net: negated(line.total),
    taxes: line.taxes.flatMap(({ id, total }) =>
      total === undefined
        ? []
        : [{ code: taxCode(id, options, what), amountMinor: roundedMinor(negated(total), currency, what) }],
    ),
  }));
  const nets = netsOf(all, amountMinor, currency, what);
  return lines.map((line, at): RefundLine => {
    const taxes = byCode(all[at]!.taxes);
    const goods = at < refund.line_items.length && line.quantity !== undefined;
    return {
      line: lineOf(line, order, `${what} line ${line.id}`),
      quantityMilli: goods && options.restockRefunds ? quantityOf(positive(line.quantity), options, what) : 0,
      netMinor: nets[at]!,
      taxes,
      grossMinor: taxes.reduce((sum, one) => sum + one.amountMinor, nets[at]!),
    };
  });
};

const reported = (
  refund: WooRefund,
  order: WooOrder,
  tender: Tender | undefined,
  options: Options,
  { shop }: ShopContext,
): RefundReported => {
  const what = `order ${order.id} refund ${refund.id}`;
  const amountMinor = exactMinor(positive(refund.amount), order.currency, what);
  const own = tender?.gateway === shop.shop;
  return {
    company: shop.company,
    shop: shop.shop,
    order: `${shop.shop}:${order.id}`,
    refund: String(refund.id),
    revision: refund.date_created_gmt + Number(refund.refunded_payment),
    currency: order.currency,
    amountMinor,
    lines: refundLines(refund, order, amountMinor, options, what),
    gateway: refund.refunded_payment ? (tender?.gateway ?? null) : null,
    gatewayRefund: own ? `${shop.shop}:r${refund.id}` : (metaText(refund.meta_data, '_stripe_refund_id') ?? null),
    movesMoney: refund.refunded_payment,
    refundedAt: refund.date_created_gmt,
  };
};
/** The money, where the shop itself is the authority for the tender and paid it back. */
const moneyOf = (said: RefundReported, order: WooOrder, { shop }: ShopContext): readonly OrderFact[] =>
  said.movesMoney && said.gateway === shop.shop && said.gatewayRefund !== null
    ? [
        refundSucceeded({
          company: shop.company,
          gateway: shop.shop,
          paymentReference: `${shop.shop}:${order.id}`,
          orderHint: `${shop.shop}:${order.id}`,
          refund: said.gatewayRefund,
          amountMinor: said.amountMinor,
          currency: said.currency,
          refundedAt: said.refundedAt,
          version: said.refundedAt,
        }),
      ]
    : [];

/** `asOf`: the shop's clock when the refund was read, epoch ms. */
export const refundReport = (
  refund: WooRefund,
  order: WooOrder,
  asOf: number,
  tenders: readonly Tender[],
  options: Options,
  context: ShopContext,
): readonly Report<OrderFact>[] => {
  if (!refund.refunded_payment && refund.date_created_gmt > asOf - doubtMs) return [];
  const said = reported(refund, order, tenders[0], options, context);
  return [
    {
      object: `refund:${refund.id}`,
      version: refund.date_created_gmt,
      settled: true,
      rank: Number(refund.refunded_payment),
      phase: 'refunded',
      facts: [refundReported(said), ...moneyOf(said, order, context)],
    },
  ];
};
