/** What a delivery of a WooCommerce shop says of an order, its money and its refunds. Pure; what it cannot express is poison. */
import { poison } from '../../runtime/failure.ts';
import type { Delivery, Report, ShopContext } from '../../runtime/model.ts';
import type { OrderPlaced, Tender } from '../../schemas/generated/facts.ts';
import { exactMinor, isNegative } from '../../schemas/money.ts';
import { unwanted, wanted, type OrderFact } from '../tell/orders.ts';
import { readDeleted, readPolled, readWooOrder, readWooRefund, type WooOrder } from './contract.ts';
import { linesOf } from './lines.ts';
import { optionsOf, type Options } from './options.ts';
import { capturedBy, tendersOf } from './payment.ts';
import { contactOf, customerOf } from './person.ts';
import { refundReport } from './refunds.ts';
import { deletedRank, phases, type Status } from './status.ts';

type Reports = readonly Report<OrderFact>[];

const statusOf = (order: WooOrder, options: Options): Status => {
  const given = order.status.replace(/^wc-/, '');
  const meant = options.statuses.get(given) ?? given;
  if (!Object.hasOwn(phases, meant))
    throw poison(
      'DELIVERY_UNTRANSLATABLE',
      `reading order ${order.id}: status ${JSON.stringify(given.slice(0, 40))} is not one of WooCommerce; ` +
        'say in options.statuses of the shop which one it means',
    );
  return phases[meant]!;
};

const placedOf = (
  order: WooOrder,
  awaitsPayment: boolean,
  tenders: readonly Tender[],
  options: Options,
  context: ShopContext,
): OrderPlaced => {
  const { shop, hash } = context;
  const customer = customerOf(order, shop.shop, hash);
  if (isNegative(order.total)) throw poison('AMOUNT_INVALID', `reading order ${order.id}: its total is negative`);
  return {
    company: shop.company,
    shop: shop.shop,
    order: `${shop.shop}:${order.id}`,
    revision: order.date_modified_gmt,
    placedAt: order.date_created_gmt,
    currency: order.currency,
    customer,
    sealed: { keyId: `person/${customer}`, open: contactOf(order) },
    lines: linesOf(order, shop.shop, options),
    totalMinor: exactMinor(order.total, order.currency, `order ${order.id} total`),
    tenders,
    awaitsPayment: awaitsPayment && order.date_paid_gmt === null,
  };
};

/** `asOf`: the earliest time by the shop's clock that the order's content can be of; 0 when nobody asked. */
const orderReport = (
  order: WooOrder,
  status: Exclude<Status, { readonly is: 'draft' }>,
  asOf: number,
  tenders: readonly Tender[],
  options: Options,
  context: ShopContext,
): Report<OrderFact> => {
  const { company, shop } = context.shop;
  const revision = order.date_modified_gmt;
  return {
    object: 'order',
    version: revision,
    // The shop writes whole seconds: read after the second was over, nothing can still be added to it.
    settled: asOf >= order.date_modified_gmt + 1000,
    rank: status.rank,
    phase: status.is,
    facts:
      status.is === 'open'
        ? wanted(placedOf(order, status.awaitsPayment, tenders, options, context))
        : unwanted({ company, shop, order: `${shop}:${order.id}`, revision, reason: status.reason }, tenders),
  };
};
const paymentReport = (order: WooOrder, tenders: readonly Tender[], context: ShopContext): Reports => {
  const paidAt = order.date_paid_gmt;
  const facts = paidAt === null ? [] : capturedBy(order, paidAt, tenders, context);
  return paidAt === null || facts.length === 0
    ? []
    : [{ object: 'payment', version: paidAt, settled: true, rank: 0, phase: 'captured', facts }];
};

const ofOrder = (body: unknown, refunds: readonly unknown[], asOf: number, what: string, context: ShopContext): Reports => {
  const options = optionsOf(context.shop);
  const order = readWooOrder(body, what);
  const status = statusOf(order, options);
  if (status.is === 'draft' || (options.since !== undefined && order.date_created_gmt < options.since)) return [];
  const tenders = tendersOf(order, context);
  return [
    orderReport(order, status, asOf, tenders, options, context),
    ...paymentReport(order, tenders, context),
    ...refunds
      .map((refund, at) => readWooRefund(refund, `${what} refund[${at}]`))
      .flatMap(refund => refundReport(refund, order, asOf, tenders, options, context)),
  ];
};
const ofDeletion = (delivery: Delivery, what: string, { shop }: ShopContext): Reports => {
  const { id, asOf } = readDeleted(delivery.body, what);
  // The shop gives a deletion no time: its clock when we asked, else ours when it told us.
  const version = delivery.via === 'poll' && asOf > 0 ? asOf : delivery.receivedAt;
  const order = `${shop.shop}:${id}`;
  return [
    {
      object: 'order',
      version,
      settled: false,
      rank: deletedRank,
      phase: 'cancelled',
      facts: unwanted({ company: shop.company, shop: shop.shop, order, revision: version, reason: 'deleted' }, []),
    },
  ];
};

export const translate = (delivery: Delivery, context: ShopContext): Reports => {
  const what = `WooCommerce order ${delivery.aggregate}`;
  const { body } = delivery;
  if (delivery.about === 'order.deleted') return ofDeletion(delivery, what, context);
  if (delivery.about !== 'order')
    throw poison('DELIVERY_UNTRANSLATABLE', `reading ${what}: ${delivery.about} is no word of ours`);
  if (delivery.via === 'poll' && typeof body === 'object' && body !== null && Object.hasOwn(body, 'asOf')) {
    const polled = readPolled(body, what);
    return ofOrder(polled.order, polled.refunds, polled.asOf, what, context);
  }
  return ofOrder(body, [], 0, what, context);
};
