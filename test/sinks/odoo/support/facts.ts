/** Decisions about orders as the sink reads them: the parts that a test does not name are those of a plain order. */
import type { Contact } from '../../../../schemas/contact.ts';
import {
  orderConfirmed,
  orderWithdrawn,
  type OrderConfirmed,
  type OrderWithdrawn,
  type ResolvedLine,
} from '../../../../schemas/generated/facts.ts';

export const noor: Contact = {
  name: 'Noor Sample',
  email: 'noor@example.test',
  phone: '+31 20 000 0000',
  billing: {
    name: 'Noor Sample',
    company: null,
    street: 'Voorbeeldstraat 1',
    street2: null,
    city: 'Utrecht',
    state: null,
    postcode: '3511 AA',
    country: 'NL',
  },
  shipping: {
    name: 'Noor Sample',
    company: null,
    street: 'Voorbeeldstraat 1',
    street2: null,
    city: 'Utrecht',
    state: null,
    postcode: '3511 AA',
    country: 'NL',
  },
};
const rates: Readonly<Record<string, number>> = { nl21: 21, nl9: 9, nl0: 0 };

export type LineParts = Partial<Omit<ResolvedLine, 'taxes' | 'components'>> & {
  readonly line: string;
  /** Pieces, or thousandths with `quantityMilli`. */
  readonly pieces?: number;
  readonly tax?: string | null;
  /** Product ids with their quantity in thousandths; default: one, of the line's quantity. */
  readonly components?: readonly (readonly [product: number | string, quantityMilli: number])[];
  readonly product?: number | string;
};
/** A line of `netMinor` and its tax, rounded half up. */
export const lineOf = ({ pieces = 1, tax = 'nl21', components, product = 42, ...parts }: LineParts): ResolvedLine => {
  const netMinor = parts.netMinor ?? 1000;
  const kind = parts.kind ?? 'goods';
  const quantityMilli = parts.quantityMilli ?? pieces * 1000;
  const amountMinor = tax === null ? 0 : Math.sign(netMinor) * Math.round((Math.abs(netMinor) * (rates[tax] ?? 0)) / 100);
  const made = kind === 'goods' ? (components ?? [[product, quantityMilli] as const]) : [];
  return {
    kind,
    codes: kind === 'goods' ? [`sku:${parts.line}`] : [],
    description: `thing ${parts.line}`,
    quantityMilli,
    discountMinor: 0,
    taxes: tax === null ? [] : [{ code: tax, amountMinor }],
    grossMinor: netMinor + amountMinor,
    taxIncluded: false,
    unitPrice: null,
    ...parts,
    netMinor,
    components: made.map(([id, milli]) => ({ owner: 'acme', product: String(id), quantityMilli: milli })),
  };
};
/** A line of `grossMinor`, with its tax included. */
export const inclusive = (grossMinor: number, { tax = 'nl21', ...parts }: LineParts): ResolvedLine => {
  const netMinor = Math.sign(grossMinor) * Math.round((Math.abs(grossMinor) * 100) / (100 + (rates[tax ?? ''] ?? 0)));
  const line = lineOf({ tax, ...parts, netMinor });
  return {
    ...line,
    taxes: tax === null ? [] : [{ code: tax, amountMinor: grossMinor - netMinor }],
    grossMinor,
    taxIncluded: true,
  };
};

export const confirmed = (order: string, lines: readonly ResolvedLine[], parts: Partial<OrderConfirmed> = {}) =>
  orderConfirmed({
    company: 'acme',
    shop: order.split(':')[0]!,
    order,
    revision: 1,
    placedAt: Date.UTC(2026, 10, 1, 10, 30),
    currency: 'EUR',
    customer: 'web:c1',
    sealed: { keyId: 'person/web:c1', open: noor },
    lines,
    totalMinor: lines.reduce((sum, line) => sum + line.grossMinor, 0),
    allocations: lines.flatMap(line =>
      line.components.map(({ owner, product, quantityMilli }) => ({
        line: line.line,
        component: product,
        owner,
        product,
        location: 'main',
        quantityMilli,
      })),
    ),
    tenders: [],
    authorizedMinor: 0,
    capturedMinor: 0,
    ...parts,
  });
export const withdrawn = (order: string, revision = 9, parts: Partial<OrderWithdrawn> = {}) =>
  orderWithdrawn({
    company: 'acme',
    shop: order.split(':')[0]!,
    order,
    revision,
    reason: 'cancelled',
    wasConfirmed: true,
    capturedMinor: 0,
    currency: 'EUR',
    ...parts,
  });
