/**
 * Odoo's words: the rows that are asked for, and the deliveries that the source makes of them. The readers take any JSON and throw
 * nothing but poison. Odoo writes false for nothing, a reference as [id, name], and times in UTC without a zone.
 */
import { poison } from '../../runtime/failure.ts';
import { atLeast, flag, list, orNone, record, text, whole, type Reader } from '../json.ts';

const wrong = (path: string, expected: string): Error =>
  poison('DELIVERY_UNTRANSLATABLE', `reading ${path}: found something else than ${expected}`);

const orFalse =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === false || value === undefined || value === null || value === '' ? null : read(value, path);
const id = atLeast(1);
const reference: Reader<number> = (value, path) => id(Array.isArray(value) ? value[0] : value, path);

const dateTime = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;
/** Epoch ms UTC; Odoo has whole seconds over RPC. */
export const utc: Reader<number> = (value, path) => {
  const parts = typeof value === 'string' ? dateTime.exec(value) : null;
  const at = parts === null ? NaN : Date.UTC(+parts[1]!, +parts[2]! - 1, +parts[3]!, +parts[4]!, +parts[5]!, +parts[6]!);
  if (!(at >= 0) || odooTime(at) !== value) throw wrong(path, 'a time as 2026-10-05 10:00:00');
  return at;
};
/** As Odoo writes it: whole seconds, those begun count. */
export const odooTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** A binary float of Odoo's in thousandths: sums may be off in the 16th digit, real quantities have at most three after the point. */
export const milli: Reader<number> = (value, path) => {
  const exact = typeof value === 'number' ? value * 1000 : NaN;
  const rounded = Math.round(exact);
  if (!Number.isSafeInteger(rounded) || Math.abs(exact - rounded) > 0.01) throw wrong(path, 'a quantity of thousandths');
  return rounded === 0 ? 0 : rounded;
};

export interface Product {
  readonly id: number;
  readonly default_code: string | null;
  readonly barcode: string | null;
  readonly active: boolean;
  readonly is_storable: boolean;
  readonly write_date: number;
  readonly create_date: number;
}
export const productFields = ['default_code', 'barcode', 'active', 'is_storable', 'write_date', 'create_date'];
const words: Reader<string | null> = orFalse((value, path) => text(value, path).trim() || null);
export const readProduct: Reader<Product> = record<Product>({
  id,
  default_code: words,
  barcode: words,
  active: flag,
  is_storable: flag,
  write_date: utc,
  create_date: utc,
});

export interface Location {
  readonly id: number;
  readonly complete_name: string;
  readonly usage: string;
}
export const locationFields = ['complete_name', 'usage'];
export const readLocation: Reader<Location> = record<Location>({ id, complete_name: text, usage: text });

export interface MoveLine {
  readonly id: number;
  readonly product_id: number;
  readonly picking_id: number | null;
  readonly move_id: number | null;
  readonly location_id: number;
  readonly location_dest_id: number;
  /** In the product's own unit, whatever unit the line is in. */
  readonly quantity_product_uom: number;
  readonly date: number;
  readonly write_date: number;
  readonly reference: string | null;
}
export const lineFields = [
  'product_id',
  'picking_id',
  'move_id',
  'location_id',
  'location_dest_id',
  'quantity_product_uom',
  'date',
  'write_date',
  'reference',
];
export const readLine: Reader<MoveLine> = record<MoveLine>({
  id,
  product_id: reference,
  picking_id: orFalse(reference),
  move_id: orFalse(reference),
  location_id: reference,
  location_dest_id: reference,
  quantity_product_uom: milli,
  date: utc,
  write_date: utc,
  reference: words,
});

export interface Quant {
  readonly product_id: number;
  readonly location_id: number;
  readonly quantity: number;
}
export const quantFields = ['product_id', 'location_id', 'quantity'];
export const readQuant: Reader<Quant> = record<Quant>({ product_id: reference, location_id: reference, quantity: milli });

/** A picking, with what its sale order calls the order of a channel. No partner: nothing of a person is read. */
export interface Picking {
  readonly id: number;
  readonly name: string;
  readonly origin: string | null;
  readonly client_order_ref: string | null;
}
export const pickingFields = ['name', 'origin', 'sale_id'];
export const readPicking: Reader<Picking> = record<Picking>({ id, name: text, origin: words, client_order_ref: words });
export const readPickingRow = record({ id, name: text, origin: words, sale_id: orFalse(reference) });
export const saleFields = ['client_order_ref'];
export const readSaleRow = record({ id, client_order_ref: words });

/** What the source stores, by `about`; all are of one product. Rows are as Odoo gave them. */
export const abouts = ['product', 'baseline', 'movement', 'holds', 'level'] as const;
export type About = (typeof abouts)[number];

/** A product as it was read: which of its codes others have too; `gone`: deleted since it was last seen. */
export const readProductDelivery = record({
  readAt: whole,
  gone: flag,
  shared: record({ sku: flag, barcode: flag }),
  product: readProduct,
});
/** The stock at `from`: quants, less the lines that were done since, both of one moment. */
export const readBaselineDelivery = record({
  product: id,
  from: utc,
  quants: list(readQuant),
  lines: list(readLine),
  locations: list(readLocation),
});
/** Done lines that belong together: those of one picking to or from customers, else one. */
export const readMovementDelivery = record({
  product: id,
  /** The ledger begins here. */
  from: utc,
  readAt: whole,
  settled: flag,
  lines: list(readLine),
  picking: orNone(readPicking),
  locations: list(readLocation),
});
/** What open lines of this product reserve now; `gone`: what was reserved when it was last read, and is not any more. */
export const readHoldsDelivery = record({
  product: id,
  readAt: whole,
  lines: list(readLine),
  gone: list(record({ reference: text, location_id: id })),
  pickings: list(readPicking),
  locations: list(readLocation),
});
export const readLevelDelivery = record({
  product: id,
  readAt: whole,
  quants: list(readQuant),
  locations: list(readLocation),
});
