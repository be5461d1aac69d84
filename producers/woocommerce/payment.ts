/** How an order is paid: its tender, and the money itself where the shop is the authority for it. */
import type { ShopContext } from '../../runtime/model.ts';
import { paymentCaptured, type PaymentCaptured, type Tender } from '../../schemas/generated/facts.ts';
import { exactMinor } from '../../schemas/money.ts';
import { metaText, type WooOrder } from './contract.ts';

/** The gateway that authors a tender's money, or null. The payment method is the shop's text: no name of Object is one. */
const gatewayOf = (tender: string, { shop, policy }: ShopContext): string | null => {
  const own = <T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
    table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
  return own(own(own(policy.companies, shop.company)?.authority.tenders, shop.shop), tender) ?? null;
};
/** The Stripe plugins keep the PaymentIntent in the order's meta and put the charge, or nothing yet, into `transaction_id`. */
const referenceOf = (order: WooOrder): string | null => {
  const found = (metaText(order.meta_data, '_stripe_intent_id') ?? '').trim() || order.transaction_id.trim();
  return found === '' ? null : found;
};

/** None where the shop names no method: nothing to pay, or an order made by hand. */
export const tendersOf = (order: WooOrder, context: ShopContext): readonly Tender[] => {
  if (order.payment_method === '') return [];
  const gateway = gatewayOf(order.payment_method, context);
  return [
    {
      tender: order.payment_method,
      gateway,
      paymentReference: gateway === context.shop.shop ? `${context.shop.shop}:${order.id}` : referenceOf(order),
      amountMinor: exactMinor(order.total, order.currency, `order ${order.id} total`),
      currency: order.currency,
      reportedPaid: order.date_paid_gmt !== null,
    },
  ];
};

/** What the shop itself took: said only of a tender that the authority file gives to the shop. */
export const capturedBy = (
  order: WooOrder,
  paidAt: number,
  tenders: readonly Tender[],
  { shop }: ShopContext,
): readonly { readonly type: 'PaymentCaptured'; readonly data: PaymentCaptured }[] =>
  tenders
    .filter(one => one.gateway === shop.shop && one.paymentReference !== null && one.amountMinor > 0)
    .map(one =>
      paymentCaptured({
        company: shop.company,
        gateway: shop.shop,
        paymentReference: `${shop.shop}:${order.id}`,
        orderHint: `${shop.shop}:${order.id}`,
        capture: `${shop.shop}:${order.id}`,
        amountMinor: one.amountMinor,
        currency: one.currency,
        feeMinor: 0,
        capturedAt: paidAt,
        version: paidAt,
      }),
    );
