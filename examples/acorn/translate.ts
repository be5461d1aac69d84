/** What a delivery of an Acorn shop says of an order. Pure: no clock, no random, no I/O; what it cannot express is poison. */
import { poison } from '../../runtime/failure.ts';
import type { Delivery, Report, ShopContext } from '../../runtime/model.ts';
import { unwanted, wanted, type OrderFact } from '../../producers/tell/orders.ts';
import type { OrderPlaced } from '../../schemas/generated/facts.ts';
import { isCurrency } from '../../schemas/money.ts';
import { readOrder, type AcornOrder } from './contract.ts';

const placedOf = (one: AcornOrder, { shop, policy, hash }: ShopContext): OrderPlaced => {
  const customer = `${shop.shop}:g${hash(`${shop.shop}|${one.email.trim().normalize('NFC').toLowerCase()}`)}`;
  const nowhere = {
    name: null,
    company: null,
    street: null,
    street2: null,
    city: null,
    state: null,
    postcode: null,
    country: null,
  };
  const totalMinor = one.items.reduce((sum, item) => sum + item.netCents + item.taxCents, 0);
  return {
    company: shop.company,
    shop: shop.shop,
    order: `${shop.shop}:${one.id}`,
    revision: one.version,
    placedAt: one.placedAt,
    currency: one.currency,
    customer,
    // Handed over open; the runtime seals it under the person's key.
    sealed: {
      keyId: `person/${customer}`,
      open: { name: null, email: one.email, phone: null, billing: nowhere, shipping: nowhere },
    },
    lines: one.items.map(item => ({
      line: item.id,
      kind: 'goods',
      codes: [`listing:${shop.shop}:${item.id}`, `sku:${item.sku}`],
      description: item.sku,
      quantityMilli: item.pieces * 1000,
      netMinor: item.netCents,
      discountMinor: 0,
      taxes: [{ code: item.tax, amountMinor: item.taxCents }],
      grossMinor: item.netCents + item.taxCents,
      taxIncluded: false,
      unitPrice: null,
    })),
    totalMinor,
    tenders: [
      {
        tender: one.method,
        gateway: policy.companies[shop.company]?.authority.tenders[shop.shop]?.[one.method] ?? null,
        paymentReference: one.reference,
        amountMinor: totalMinor,
        currency: one.currency,
        reportedPaid: one.paid,
      },
    ],
    awaitsPayment: !one.paid,
  };
};

export const translate = (delivery: Delivery, context: ShopContext): readonly Report<OrderFact>[] => {
  const what = `Acorn order ${delivery.aggregate}`;
  const one = readOrder(delivery.body, what);
  const refuse = (found: string): Error => poison('DELIVERY_UNTRANSLATABLE', `reading ${what}: ${found}`);
  if (one.state !== 'open' && one.state !== 'cancelled') throw refuse('its state is neither open nor cancelled');
  if (!isCurrency(one.currency)) throw refuse('its currency is not one of ISO 4217');
  const { company, shop } = context.shop;
  const report = { object: 'order', version: one.version, settled: true, rank: 0 };
  if (one.state === 'open') return [{ ...report, phase: 'open', facts: wanted(placedOf(one, context)) }];
  const order = `${shop}:${one.id}`;
  return [
    { ...report, phase: 'cancelled', facts: unwanted({ company, shop, order, revision: one.version, reason: 'unknown' }, []) },
  ];
};
