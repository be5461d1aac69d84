/**
 * WooCommerce's words (REST v3): what an order and a refund are there. The readers take any JSON and throw nothing but poison.
 * https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
 */
import type { Decimal } from '../../schemas/money.ts';
import {
  anything,
  decimal,
  decimalOrNone,
  flag,
  gmt,
  gmtOrNone,
  id,
  idOrNone,
  list,
  record,
  words,
  type Reader,
} from './read.ts';

export interface Meta {
  readonly key: string;
  readonly value: unknown;
}
/** Tax of one line at one rate. `total` is not rounded to the currency; undefined: the rate does not apply. */
export interface LineTax {
  readonly id: string;
  readonly total: Decimal | undefined;
}
interface Line {
  readonly id: number;
  /** After coupons, without tax; rounded to the shop's price decimals. */
  readonly total: Decimal;
  readonly taxes: readonly LineTax[];
  readonly meta_data: readonly Meta[];
}
export interface GoodsLine extends Line {
  readonly name: string;
  readonly product_id: number;
  readonly variation_id: number;
  readonly quantity: Decimal;
  /** Before coupons, without tax. */
  readonly subtotal: Decimal;
  readonly sku: string;
  readonly global_unique_id: string;
  readonly price: string;
}
export interface ShippingLine extends Line {
  readonly method_title: string;
}
export interface FeeLine extends Line {
  readonly name: string;
}
/** What one rate comes to over the whole order. */
export interface TaxLine {
  readonly rate_id: string;
  readonly tax_total: Decimal;
  readonly shipping_tax_total: Decimal;
}
export interface Address {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly address_1: string;
  readonly address_2: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly country: string;
  readonly email: string;
  readonly phone: string;
}
export interface WooOrder {
  readonly id: number;
  readonly status: string;
  readonly currency: string;
  /** Epoch ms UTC, as all dates here. */
  readonly date_created_gmt: number;
  readonly date_modified_gmt: number;
  readonly date_paid_gmt: number | null;
  /** What the customer owes; refunds do not lower it. */
  readonly total: Decimal;
  readonly prices_include_tax: boolean;
  /** 0: a guest. */
  readonly customer_id: number;
  readonly billing: Address;
  readonly shipping: Address;
  readonly payment_method: string;
  readonly transaction_id: string;
  readonly meta_data: readonly Meta[];
  readonly line_items: readonly GoodsLine[];
  readonly shipping_lines: readonly ShippingLine[];
  readonly fee_lines: readonly FeeLine[];
  readonly tax_lines: readonly TaxLine[];
}
/** A line of a refund: negative amounts and quantity; `_refunded_item_id` in its meta names the order's line. */
export interface RefundedLine extends Line {
  readonly product_id: number;
  readonly variation_id: number;
  readonly quantity: Decimal | undefined;
}
export interface WooRefund {
  readonly id: number;
  readonly date_created_gmt: number;
  /** Positive, tax included. */
  readonly amount: Decimal;
  /** Whether the gateway was told to pay it back. False: recorded only. */
  readonly refunded_payment: boolean;
  readonly meta_data: readonly Meta[];
  readonly line_items: readonly RefundedLine[];
  readonly shipping_lines: readonly RefundedLine[];
  readonly fee_lines: readonly RefundedLine[];
}

const meta = list(record<Meta>({ key: words, value: anything }));
const taxes = list(record<LineTax>({ id: words, total: decimalOrNone }));
const line: { readonly [K in keyof Line]: Reader<Line[K]> } = { id, total: decimal, taxes, meta_data: meta };
const address = record<Address>({
  first_name: words,
  last_name: words,
  company: words,
  address_1: words,
  address_2: words,
  city: words,
  state: words,
  postcode: words,
  country: words,
  email: words,
  phone: words,
});
const maybe =
  <T>(read: Reader<T>, fallback: unknown): Reader<T> =>
  (value, path) =>
    read(value ?? fallback, path);
const idOrAbsent = maybe(idOrNone, 0);

export const readWooOrder: Reader<WooOrder> = record<WooOrder>({
  id,
  status: words,
  currency: words,
  date_created_gmt: gmt,
  date_modified_gmt: gmt,
  date_paid_gmt: gmtOrNone,
  total: decimal,
  prices_include_tax: flag,
  customer_id: idOrAbsent,
  billing: maybe(address, {}),
  shipping: maybe(address, {}),
  payment_method: words,
  transaction_id: words,
  meta_data: meta,
  line_items: list(
    record<GoodsLine>({
      ...line,
      name: words,
      product_id: idOrAbsent,
      variation_id: idOrAbsent,
      quantity: decimal,
      subtotal: decimal,
      sku: words,
      global_unique_id: words,
      price: words,
    }),
  ),
  shipping_lines: list(record<ShippingLine>({ ...line, method_title: words })),
  fee_lines: list(record<FeeLine>({ ...line, name: words })),
  tax_lines: list(record<TaxLine>({ rate_id: words, tax_total: maybe(decimal, '0'), shipping_tax_total: maybe(decimal, '0') })),
});
const refundedLines = list(
  record<RefundedLine>({ ...line, product_id: idOrAbsent, variation_id: idOrAbsent, quantity: decimalOrNone }),
);
export const readWooRefund: Reader<WooRefund> = record<WooRefund>({
  id,
  date_created_gmt: gmt,
  amount: decimal,
  refunded_payment: maybe(flag, false),
  meta_data: meta,
  line_items: refundedLines,
  shipping_lines: refundedLines,
  fee_lines: refundedLines,
});

/** The text of a meta value, or undefined. */
export const metaText = (meta_data: readonly Meta[], key: string): string | undefined => {
  const value = meta_data.find(one => one.key === key)?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};

/**
 * What a poll stores: the order as the shop gave it, its refunds when it has any, and when it was asked: the shop's own clock,
 * at the earliest moment that the content can be of. Ours, so that a delivery knows its time by the clock that wrote its versions.
 */
export interface Polled {
  readonly asOf: number;
  readonly order: unknown;
  readonly refunds: readonly unknown[];
}
export const readPolled: Reader<Polled> = record<Polled>({ asOf: idOrNone, order: anything, refunds: list(anything) });
/** What is stored of a deletion: the shop says no more than the id; `asOf` when we asked the shop and it has no such order any more. */
export interface Deleted {
  readonly id: number;
  readonly asOf: number;
}
export const readDeleted: Reader<Deleted> = record<Deleted>({ id, asOf: idOrAbsent });
