/** What an order's decision wants of Odoo, and what of it is still missing there. Nothing that exists is loaded again. */
import { poison } from '../../runtime/failure.ts';
import type { Event } from '../../runtime/model.ts';
import { decimalText } from '../../schemas/money.ts';
import type { FactsOn, OrderConfirmed, OrderWithdrawn } from '../../schemas/generated/facts.ts';
import type { CompanyPolicy, OdooPolicy, Policy } from '../../schemas/policy.ts';
import type { topics } from '../../schemas/topics.ts';
import type { Call, Found, FoundOrder, Lookup, NewLine } from './contract.ts';
import { changedLines, checkTaxes, onUnlocked, roundingOf, takenBack, taxBounds } from './plan-changes.ts';
import { countriesOf, customerOf, partnerId } from './plan-customer.ts';
import { linesOf, productsOf, servicesOf, taxNameOf } from './plan-lines.ts';
import { orderId } from './plan-names.ts';

export type In = FactsOn<(typeof topics)['orderDecisions']>;

const companyOf = (policy: Policy, company: string): CompanyPolicy => {
  const found = Object.hasOwn(policy.companies, company) ? policy.companies[company] : undefined;
  if (found === undefined)
    throw poison('ODOO_REFUSED', `planning an order of ${company}: the company files name no such company`);
  return found;
};
/** The warehouse that delivers most of it. */
const warehouseOf = (data: OrderConfirmed, company: CompanyPolicy): string | null => {
  const sums = new Map<string, number>();
  for (const { location, quantityMilli } of data.allocations) {
    const warehouse = company.authority.locations[location]?.odooWarehouse;
    if (warehouse !== undefined) sums.set(warehouse, (sums.get(warehouse) ?? 0) + quantityMilli);
  }
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? null;
};

export const find = (event: Event<In>, policy: Policy): readonly Lookup[] => {
  if (event.type !== 'OrderConfirmed' && event.type !== 'OrderWithdrawn') return [];
  const { odoo, ...company } = companyOf(policy, event.data.company);
  const asked: Lookup = {
    companyId: odoo.companyId,
    order: orderId(event.data),
    partner: null,
    products: [],
    services: [],
    taxes: [],
    countries: [],
    warehouse: null,
    currency: event.data.currency,
  };
  if (event.type === 'OrderWithdrawn') return [asked];
  const { data } = event;
  return [
    {
      ...asked,
      partner: partnerId(data),
      products: data.lines.flatMap(productsOf),
      services: servicesOf(data.lines, odoo),
      taxes: data.lines.flatMap(line => line.taxes.map(tax => taxNameOf(tax.code, line, odoo))),
      countries: countriesOf(data),
      warehouse: warehouseOf(data, { odoo, ...company }),
    },
  ];
};

export const plan = (event: Event<In>, found: Found, policy: Policy): readonly Call[] => {
  switch (event.type) {
    case 'OrderConfirmed':
      return confirmed(event.data, found, companyOf(policy, event.data.company));
    case 'OrderWithdrawn':
      return withdrawn(event.data, found.order);
    case 'OrderShort':
    case 'PaymentAccepted':
    case 'ShipmentAccepted':
    case 'ReturnAccepted':
    case 'RefundAccepted':
    case 'OrderClosed':
      // Odoo's orders do not carry these; its documents for them come with the finance documents.
      return [];
  }
};

const confirmed = (data: OrderConfirmed, found: Found, company: CompanyPolicy): readonly Call[] => {
  const { odoo } = company;
  const { order } = found;
  const there = new Set(order?.lines.map(line => line.externalId));
  const lines = linesOf({ order: data, externalId: orderId(data), odoo, found, isThere: id => there.has(id) });
  if (order === null) return created(data, found, lines, company);
  if (order.currency !== data.currency)
    throw poison(
      'ODOO_AMOUNTS_DIFFER',
      `checking ${data.order} in Odoo: it is in ${order.currency} there and in ${data.currency} at the channel`,
    );
  if (order.state === 'cancel') return [reopened(data, order)];
  const changes = changedLines(data, order, lines);
  const missing = changes.length > 0 ? changes : roundingOf(data, order, found, odoo);
  if (missing.length > 0) return onUnlocked(data.order, order, missing);
  checkTaxes(data, order, lines, odoo);
  return order.state === 'draft' || order.state === 'sent' ? [confirming(data, order.id, lines, odoo)] : [];
};
const confirming = (data: OrderConfirmed, order: number | string, lines: readonly NewLine[], odoo: OdooPolicy): Call => {
  const [least, most] = taxBounds(data, lines, odoo);
  const text = (minor: number): string => decimalText(minor, data.currency);
  return {
    kind: 'change',
    show: `confirm ${data.order}`,
    do: 'confirm',
    order,
    total: text(data.totalMinor),
    leastTax: text(least),
    mostTax: text(most),
    currency: data.currency,
  };
};

const created = (data: OrderConfirmed, found: Found, lines: readonly NewLine[], company: CompanyPolicy): readonly Call[] => {
  const refused = (what: string): Error => poison('ODOO_REFUSED', `bringing ${data.order} to Odoo: ${what}`);
  if (found.pricelist === null && found.companyCurrency !== data.currency)
    throw refused(`there is no pricelist in ${data.currency}`);
  const warehouse = warehouseOf(data, company);
  if (warehouse !== null && found.warehouse === null)
    throw refused(`there is no warehouse with the short name ${warehouse}, which the authority file names`);
  const { calls, partner, delivery } = customerOf(data, found);
  const externalId = orderId(data);
  return [
    ...calls,
    {
      kind: 'create',
      show: `create ${data.order}: ${lines.length} line(s), ${decimalText(data.totalMinor, data.currency)} ${data.currency}`,
      do: 'order',
      order: {
        externalId,
        // The Odoo producer knows our orders' deliveries by it: it must be the order's id and nothing else.
        reference: data.order,
        origin: data.shop,
        partner,
        delivery,
        date: new Date(data.placedAt).toISOString().slice(0, 19).replace('T', ' '),
        companyId: company.odoo.companyId,
        warehouse: found.warehouse,
        pricelist: found.pricelist,
        lines,
      },
    },
    confirming(data, externalId, lines, company.odoo),
  ];
};

/** What the source document of an order says that we cancelled, so that it can be told from one that a person cancelled. */
const withdrawnMark = (shop: string): string => `${shop} (withdrawn)`;
const reopened = (data: OrderConfirmed, order: FoundOrder): Call => {
  if (order.origin !== withdrawnMark(data.shop))
    throw poison(
      'ODOO_REFUSED',
      `bringing ${data.order} to Odoo: somebody cancelled it there; set it to quotation in Odoo, then retry, or withdraw the order`,
    );
  return { kind: 'change', show: `make ${data.order} a quotation again`, do: 'reopen', order: order.id, origin: data.shop };
};
const withdrawn = (data: OrderWithdrawn, order: FoundOrder | null): readonly Call[] => {
  if (order === null || order.state === 'cancel') return [];
  // Cancelling what was delivered brings nothing back and hides what was: only the rest is taken off.
  if (order.lines.some(line => line.counted && line.deliveredMilli > 0))
    return onUnlocked(data.order, order, takenBack(data.order, order));
  const unlock: readonly Call[] = order.locked
    ? [{ kind: 'change', show: `unlock ${data.order}`, do: 'unlock', order: order.id }]
    : [];
  const origin = withdrawnMark(data.shop);
  return [...unlock, { kind: 'change', show: `cancel ${data.order}`, do: 'cancel', order: order.id, origin }];
};
