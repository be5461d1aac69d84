/** What an order's decision wants of Odoo, and what of it is still missing there. Nothing that exists is loaded again. */
import { poison } from '../../runtime/failure.ts';
import { opened, type Event } from '../../runtime/model.ts';
import type { Address, Contact } from '../../schemas/contact.ts';
import { decimalText } from '../../schemas/money.ts';
import type { FactsOn, OrderConfirmed, OrderWithdrawn } from '../../schemas/generated/facts.ts';
import type { CompanyPolicy, Policy } from '../../schemas/policy.ts';
import type { topics } from '../../schemas/topics.ts';
import type { Call, Found, FoundLine, FoundOrder, Lookup, NewLine, NewPartner } from './contract.ts';
import { linesOf, productsOf, quantityText, serviceOf, taxNameOf } from './plan-lines.ts';

export type In = FactsOn<(typeof topics)['orderDecisions']>;
type Confirmed = Event<Extract<In, { type: 'OrderConfirmed' }>>;

const companyOf = (policy: Policy, company: string): CompanyPolicy => {
  const found = Object.hasOwn(policy.companies, company) ? policy.companies[company] : undefined;
  if (found === undefined)
    throw poison('ODOO_REFUSED', `planning an order of ${company}: the company files name no such company`);
  return found;
};
export const orderId = (data: { readonly company: string; readonly order: string }): string =>
  `order_${data.company}_${data.order}`.replaceAll(/\s/g, '_');
const partnerId = (data: OrderConfirmed): string => `customer_${data.company}_${data.customer}`.replaceAll(/\s/g, '_');

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
  const { data } = event;
  const company = companyOf(policy, data.company);
  const asked: Lookup = {
    companyId: company.odoo.companyId,
    order: orderId(data),
    partner: '',
    products: [],
    services: [],
    taxes: [],
    warehouse: null,
    currency: data.currency,
  };
  if (event.type === 'OrderWithdrawn') return [asked];
  const { lines } = event.data;
  return [
    {
      ...asked,
      partner: partnerId(event.data),
      products: lines.flatMap(productsOf),
      services: lines.flatMap(line => serviceOf(line, company.odoo) ?? []),
      taxes: lines.flatMap(line => line.taxes.map(tax => taxNameOf(tax.code, line, company.odoo))),
      warehouse: warehouseOf(event.data, company),
    },
  ];
};

export const plan = (event: Event<In>, found: Found, policy: Policy): readonly Call[] => {
  switch (event.type) {
    case 'OrderConfirmed':
      return confirmed(event, found, companyOf(policy, event.data.company));
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

const confirmed = (event: Confirmed, found: Found, company: CompanyPolicy): readonly Call[] => {
  const { data } = event;
  const lines = linesOf(orderId(data), data.lines, data.currency, company.odoo, found);
  if (found.order === null) return created(event, found, lines, company);
  const { order } = found;
  // A person cancelled it in Odoo, or it was withdrawn and is wanted again: made a quotation again only by a person, who sees it parked.
  if (order.state === 'cancel')
    throw poison(
      'ODOO_REFUSED',
      `bringing ${data.order} to Odoo: it is cancelled there; reopen it in Odoo or withdraw the order, then retry`,
    );
  const changes = changedLines(data.order, order, lines);
  if (changes.length > 0)
    return order.locked ? [{ kind: 'change', show: `unlock ${data.order}`, do: 'unlock', order: order.id }, ...changes] : changes;
  const label = roundingOf(data, order, found, company, lines);
  if (label !== undefined) return [label];
  return order.state === 'draft' || order.state === 'sent'
    ? [
        {
          kind: 'change',
          show: `confirm ${data.order}`,
          do: 'confirm',
          order: order.id,
          total: decimalText(data.totalMinor, data.currency),
        },
      ]
    : [];
};

const created = ({ data }: Confirmed, found: Found, lines: readonly NewLine[], company: CompanyPolicy): readonly Call[] => {
  if (found.pricelist === null && found.companyCurrency !== data.currency)
    throw poison('ODOO_REFUSED', `bringing ${data.order} to Odoo: there is no pricelist in ${data.currency}`);
  const contact = opened<Contact>(data.sealed);
  const partner = found.partner === null ? [newPartner(partnerId(data), data.customer, contact)] : [];
  const externalId = orderId(data);
  return [
    ...partner,
    {
      kind: 'create',
      show: `create ${data.order}: ${lines.length} line(s), ${decimalText(data.totalMinor, data.currency)} ${data.currency}`,
      do: 'order',
      order: {
        externalId,
        reference: data.order,
        origin: data.shop,
        partner: partnerId(data),
        date: new Date(data.placedAt).toISOString().slice(0, 19).replace('T', ' '),
        companyId: company.odoo.companyId,
        warehouse: found.warehouse,
        pricelist: found.pricelist,
        lines,
      },
    },
    {
      kind: 'change',
      show: `confirm ${data.order}`,
      do: 'confirm',
      order: externalId,
      total: decimalText(data.totalMinor, data.currency),
    },
  ];
};

/** The customer is shown by its id: a plan holds no personal data of its own beyond the call. */
const newPartner = (externalId: string, customer: string, contact: Contact | undefined): Call => {
  const address: Partial<Address> = contact?.billing ?? {};
  const values: Record<string, string> = {};
  const put = (field: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined && value !== '') values[field] = value;
  };
  put(
    'name',
    contact === undefined
      ? `Customer ${customer}`
      : (contact.name ?? address.company ?? address.name ?? contact.email ?? `Customer ${customer}`),
  );
  put('email', contact?.email);
  put('phone', contact?.phone);
  put('street', address.street);
  put('street2', address.street2);
  put('city', address.city);
  put('zip', address.postcode);
  put(
    'country_id/id',
    address.country === null || address.country === undefined ? null : `base.${address.country.toLowerCase()}`,
  );
  const partner: NewPartner = { externalId, values };
  return { kind: 'create', show: `create the customer ${customer}`, do: 'partner', partner };
};

const rounding = '_rounding';
const sameTaxes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every(tax => b.includes(tax));
/** What of the lines differs. A line that is wanted no more goes to what was delivered; unknown lines are a person's and stay. */
const changedLines = (reference: string, order: FoundOrder, wanted: readonly NewLine[]): readonly Call[] => {
  const known = new Map(order.lines.filter(line => line.externalId !== null).map(line => [line.externalId!, line]));
  const missing = wanted.filter(line => !known.has(line.externalId));
  const changes = wanted.flatMap(line => {
    const now = known.get(line.externalId);
    if (now === undefined) return [];
    const quantity = quantityText(now.quantityMilli) === line.quantity ? {} : { product_uom_qty: line.quantity };
    const price = now.unitPrice === line.unitPrice ? {} : { price_unit: line.unitPrice };
    if (!sameTaxes(now.taxes, line.taxes) || now.product !== line.product)
      throw poison(
        'ODOO_REFUSED',
        `changing ${reference} in Odoo: line ${line.externalId} has another product or tax there; change it in Odoo, then retry`,
      );
    const values = { ...quantity, ...price };
    return Object.keys(values).length === 0 ? [] : [lineCall(reference, now, values)];
  });
  const ids = new Set(wanted.map(line => line.externalId));
  const dropped = [...known.values()].filter(
    line => !ids.has(line.externalId!) && !line.externalId!.endsWith(rounding) && line.quantityMilli !== line.deliveredMilli,
  );
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            kind: 'change',
            show: `add ${missing.length} line(s) to ${reference}`,
            do: 'lines',
            order: order.id,
            lines: missing,
          } as const,
        ]),
    ...changes,
    ...dropped.map(line => lineCall(reference, line, { product_uom_qty: quantityText(line.deliveredMilli) })),
  ];
};
const lineCall = (reference: string, line: FoundLine, values: Readonly<Record<string, string>>): Call => ({
  kind: 'change',
  show: `change ${reference}, line ${line.externalId}: ${Object.entries(values)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ')}`,
  do: 'line',
  line: line.id,
  values,
});

/** What Odoo's arithmetic leaves between its total and the channel's: labelled as rounding while it is small, else set aside. */
const roundingOf = (
  data: OrderConfirmed,
  order: FoundOrder,
  found: Found,
  company: CompanyPolicy,
  lines: readonly NewLine[],
): Call | undefined => {
  const missing = data.totalMinor - order.totalMinor;
  if (missing === 0) return undefined;
  const externalId = orderId(data) + rounding;
  const amounts = `Odoo says ${decimalText(order.totalMinor, data.currency)}, the channel ${decimalText(data.totalMinor, data.currency)} ${data.currency}`;
  const there = order.lines.find(line => line.externalId === externalId);
  if (order.currency !== data.currency)
    throw poison(
      'ODOO_AMOUNTS_DIFFER',
      `checking ${data.order} in Odoo: it is in ${order.currency} there, in ${data.currency} at the channel`,
    );
  if (there !== undefined || Math.abs(missing) > company.odoo.roundingMinor)
    throw poison(
      'ODOO_AMOUNTS_DIFFER',
      `checking ${data.order} in Odoo: ${amounts}; more than ${company.odoo.roundingMinor} cannot be called rounding`,
    );
  const product = found.services[company.odoo.feeProduct] ?? lines[0]?.product;
  if (product === undefined)
    throw poison(
      'ODOO_AMOUNTS_DIFFER',
      `checking ${data.order} in Odoo: ${amounts}; there is no line to put the rounding beside`,
    );
  const line: NewLine = {
    externalId,
    product,
    name: 'Rounding',
    quantity: '1',
    unitPrice: decimalText(missing, data.currency),
    taxes: [],
  };
  return {
    kind: 'change',
    show: `label ${decimalText(missing, data.currency)} ${data.currency} of ${data.order} as rounding`,
    do: 'lines',
    order: order.id,
    lines: [line],
  };
};

const withdrawn = (data: OrderWithdrawn, order: FoundOrder | null): readonly Call[] => {
  if (order === null || order.state === 'cancel') return [];
  const unlock: readonly Call[] = order.locked
    ? [{ kind: 'change', show: `unlock ${data.order}`, do: 'unlock', order: order.id }]
    : [];
  // Cancelling a delivered order brings nothing back and hides what was delivered: only the rest is taken off.
  if (!order.delivered) return [...unlock, { kind: 'change', show: `cancel ${data.order}`, do: 'cancel', order: order.id }];
  const rest = order.lines.filter(line => line.quantityMilli > line.deliveredMilli);
  return rest.length === 0
    ? []
    : [...unlock, ...rest.map(line => lineCall(data.order, line, { product_uom_qty: quantityText(line.deliveredMilli) }))];
};
