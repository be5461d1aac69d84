/**
 * What rules may read besides the event and their state: a company's checked files (authority, policy, accounts, shops) as one value,
 * named by its hash. Rules take all that depends on a company from here; nothing of it is in the code.
 */
import type { Shop } from '../runtime/model.ts';

export interface Policy {
  /** SHA-256 of the files' content; the run log names it. */
  readonly hash: string;
  readonly companies: Readonly<Record<string, CompanyPolicy>>;
  readonly shops: Readonly<Record<string, Shop>>;
}

export interface CompanyPolicy {
  readonly company: string;
  /** Of its books. */
  readonly currency: string;
  readonly timeZone: string;
  readonly authority: Authority;
  readonly orders: OrdersPolicy;
  readonly stock: StockPolicy;
  readonly books: BooksPolicy;
  readonly odoo: OdooPolicy;
}

/** One author each: who states a thing; everything else is evidence. */
export interface Authority {
  /** By location: who authors movements there, and which Odoo location it is. */
  readonly locations: Readonly<
    Record<
      string,
      { readonly owner: string; readonly author: string; readonly odooLocation: string; readonly odooWarehouse: string }
    >
  >;
  /** By tender of a shop: the gateway (a shop name) that authors its money; the shop itself for cash, bank transfer, marketplace. */
  readonly tenders: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface OrdersPolicy {
  /** Minutes a promise is held without payment, by tender; `default` for the rest. */
  readonly holdMinutes: Readonly<Record<string, number>> & { readonly default: number };
  /** Locations in order of priority, by shop; `default` for the rest. */
  readonly sourcing: Readonly<Record<string, readonly string[]>> & { readonly default: readonly string[] };
  /** What happens when stock does not suffice, by shop; `default` for the rest. */
  readonly shortage: Readonly<Record<string, 'withdraw' | 'person'>> & { readonly default: 'withdraw' | 'person' };
  /** How long an early fact (a shipment before the confirmation, a refund before the money) is kept before a person sees it. */
  readonly earlyMinutes: number;
}

export interface StockPolicy {
  /** Held back per location, thousandths; by product, else `default`. */
  readonly safetyMilli: Readonly<Record<string, number>> & { readonly default: number };
  /** Per shop: the part of what is available that it may promise, in percent (integer). Absent: all of it. */
  readonly sharePercent: Readonly<Record<string, number>>;
  /** Drift at or below this is not worth a person, thousandths. */
  readonly driftToleranceMilli: number;
}

export interface BooksPolicy {
  /** Which book this company keeps with us; the other posts nothing. */
  readonly book: 'odoo-documents' | 'journals';
  /** YYYY-MM-DD: days up to and including this one are immutable. */
  readonly closedThrough: string;
  /**
   * The chart of accounts: a role → an account. Roles by gateway or tax code: `clearing:<gateway>`, `tax:<code>`; else `clearing`, `tax`.
   * The others: deposits, revenue, shippingRevenue, returns, refundsPayable, fees, disputes.
   */
  readonly accounts: Readonly<Record<string, string>>;
}

export interface OdooPolicy {
  /** Odoo's company id, pricelist by currency, and the service products for shipping and fees (by default_code). */
  readonly companyId: number;
  readonly shippingProduct: string;
  readonly feeProduct: string;
  /** Our tax code → Odoo's tax name, for prices without and with tax. */
  readonly taxes: Readonly<Record<string, { readonly excluded: string; readonly included: string }>>;
  /** The most by which Odoo's total may differ, labelled as rounding; minor units. */
  readonly roundingMinor: number;
}
