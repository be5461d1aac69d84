/** Odoo's words, as far as orders need them: what is asked, what is found, what is told. */
import type { Shown } from '../../runtime/model.ts';

/** The module word of our external ids; no module of that name needs to be installed. */
export const claim = 'onhand';

/** What must be known of Odoo before an order can be planned. Names are Odoo's. */
export interface Lookup {
  readonly companyId: number;
  /** External id of the order, without the module. */
  readonly order: string;
  /** External id of the customer, without the module; null where nobody needs to be known. */
  readonly partner: string | null;
  /** product.product ids. */
  readonly products: readonly number[];
  /** default_code of service products. */
  readonly services: readonly string[];
  readonly taxes: readonly string[];
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** Short name of the warehouse that delivers. */
  readonly warehouse: string | null;
  readonly currency: string;
}

/** A record that something is made of; an archived one is good for what exists, not for what is new. */
export interface Known {
  readonly id: number;
  readonly archived: boolean;
}
/** An address as `load()` takes it: each field's text, '' for none; the country by its id. */
export const addressFields = ['name', 'company_name', 'street', 'street2', 'city', 'zip', 'country_id/.id'] as const;
export type PostalAddress = Readonly<Record<(typeof addressFields)[number], string>>;
export interface FoundPartner {
  readonly address: PostalAddress;
  /** Delivery addresses that we made for orders of this customer. */
  readonly deliveries: readonly { readonly externalId: string; readonly address: PostalAddress }[];
}
export interface FoundLine {
  readonly id: number;
  /** External id without the module; null for a line that somebody made in Odoo. */
  readonly externalId: string | null;
  readonly product: number;
  /** Delivered from stock: a service is not. */
  readonly counted: boolean;
  /** Thousandths. */
  readonly quantityMilli: number;
  readonly deliveredMilli: number;
  /** As Odoo says it: it may have more digits than the currency. */
  readonly unitPrice: string;
  readonly discounted: boolean;
  readonly taxes: readonly number[];
}
export type OrderState = 'draft' | 'sent' | 'sale' | 'done' | 'cancel';
export interface FoundOrder {
  readonly id: number;
  readonly state: OrderState;
  readonly locked: boolean;
  /** The source document: whether it was us who cancelled is written there. */
  readonly origin: string;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly currency: string;
  readonly lines: readonly FoundLine[];
}
export interface Found {
  readonly order: FoundOrder | null;
  readonly partner: FoundPartner | null;
  /** By id, as text. */
  readonly products: Readonly<Record<string, Known>>;
  readonly services: Readonly<Record<string, Known>>;
  readonly taxes: Readonly<Record<string, Known>>;
  readonly countries: Readonly<Record<string, number>>;
  readonly warehouse: number | null;
  /** A pricelist in the order's currency; null where there is none. */
  readonly pricelist: number | null;
  /** The company's currency, which needs no pricelist. */
  readonly companyCurrency: string;
  /** Decimals that Odoo keeps of a quantity. */
  readonly quantityDigits: number;
  /** Decimals that Odoo keeps of a unit price; null: all that are given (from Odoo 19 on). */
  readonly priceDigits: number | null;
}

/** One line of an order as `load()` takes it. Quantities and prices are decimal text. */
export interface NewLine {
  readonly externalId: string;
  readonly product: number;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxes: readonly number[];
}
/** A customer, or a delivery address of one. */
export interface NewPartner {
  readonly externalId: string;
  /** Field of `load()` → value; empty ones left out. */
  readonly values: Readonly<Record<string, string>>;
}
export interface NewOrder {
  readonly externalId: string;
  readonly reference: string;
  readonly origin: string;
  /** External ids, made by a call before or there already. */
  readonly partner: string;
  readonly delivery: string;
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
    | { readonly do: 'address'; readonly address: NewPartner }
    | { readonly do: 'order'; readonly order: NewOrder }
    | { readonly do: 'lines'; readonly order: number; readonly lines: readonly NewLine[] }
    /** Quantity and price always together: the quantity alone would put the list price in the price's place. */
    | {
        readonly do: 'line';
        readonly line: number;
        readonly quantity: string;
        readonly unitPrice: string;
        /** null: they stay. */
        readonly taxes: readonly number[] | null;
      }
    /**
     * By id, or by external id when the order is made by a call before it. Confirmed only if Odoo's total is this one and its taxes are
     * between these: else nothing is done, and the next look finds the difference.
     */
    | {
        readonly do: 'confirm';
        readonly order: number | string;
        readonly total: string;
        readonly leastTax: string;
        readonly mostTax: string;
        readonly currency: string;
      }
    /** Cancels, and says in the source document that it was us. */
    | { readonly do: 'cancel'; readonly order: number; readonly origin: string }
    /** Makes a cancelled order a quotation again. */
    | { readonly do: 'reopen'; readonly order: number; readonly origin: string }
    | { readonly do: 'unlock'; readonly order: number }
    | { readonly do: 'lock'; readonly order: number }
  );
