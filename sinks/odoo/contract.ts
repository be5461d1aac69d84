/** Odoo's words, as far as orders need them: what is asked, what is found, what is told. */
import type { Shown } from '../../runtime/model.ts';

/** The module word of our external ids; no module of that name needs to be installed. */
export const claim = 'onhand';

/** What must be known of Odoo before an order can be planned. Names are Odoo's. */
export interface Lookup {
  readonly companyId: number;
  /** External id of the order, without the module. */
  readonly order: string;
  /** External id of the customer, without the module. */
  readonly partner: string;
  /** product.product ids. */
  readonly products: readonly number[];
  /** default_code of service products. */
  readonly services: readonly string[];
  readonly taxes: readonly string[];
  /** Short name of the warehouse that delivers. */
  readonly warehouse: string | null;
  readonly currency: string;
}
export interface FoundLine {
  readonly id: number;
  /** External id without the module; null for a line that somebody made in Odoo. */
  readonly externalId: string | null;
  readonly product: number;
  /** Thousandths. */
  readonly quantityMilli: number;
  readonly deliveredMilli: number;
  readonly unitPrice: string;
  readonly taxes: readonly number[];
}
export type OrderState = 'draft' | 'sent' | 'sale' | 'done' | 'cancel';
export interface FoundOrder {
  readonly id: number;
  readonly state: OrderState;
  readonly locked: boolean;
  readonly delivered: boolean;
  readonly totalMinor: number;
  readonly currency: string;
  readonly lines: readonly FoundLine[];
}
export interface Found {
  readonly order: FoundOrder | null;
  readonly partner: number | null;
  /** Of those asked, which exist and are not archived. */
  readonly products: readonly number[];
  readonly services: Readonly<Record<string, number>>;
  readonly taxes: Readonly<Record<string, number>>;
  readonly warehouse: number | null;
  /** A pricelist in the order's currency; null where there is none. */
  readonly pricelist: number | null;
  /** The company's currency, which needs no pricelist. */
  readonly companyCurrency: string;
}

export type Cell = string;
/** One line of an order as `load()` takes it. Quantities and prices are decimal text. */
export interface NewLine {
  readonly externalId: string;
  readonly product: number;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxes: readonly number[];
}
export interface NewPartner {
  readonly externalId: string;
  readonly values: Readonly<Record<string, string>>;
}
export interface NewOrder {
  readonly externalId: string;
  readonly reference: string;
  readonly origin: string;
  readonly partner: string;
  /** `YYYY-MM-DD HH:MM:SS`, UTC. */
  readonly date: string;
  readonly companyId: number;
  readonly warehouse: number | null;
  readonly pricelist: number | null;
  readonly lines: readonly NewLine[];
}
export type Call = Shown &
  (
    | { readonly do: 'partner'; readonly partner: NewPartner }
    | { readonly do: 'order'; readonly order: NewOrder }
    | { readonly do: 'lines'; readonly order: number; readonly lines: readonly NewLine[] }
    | { readonly do: 'line'; readonly line: number; readonly values: Readonly<Record<string, number | string>> }
    /**
     * By id, or by external id when the order is made by a call before it. Confirmed only if Odoo's total is this one: else nothing is
     * done, and the next look finds the difference.
     */
    | { readonly do: 'confirm'; readonly order: number | string; readonly total: string }
    | { readonly do: 'cancel'; readonly order: number }
    | { readonly do: 'unlock'; readonly order: number }
  );
