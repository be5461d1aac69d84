/** WooCommerce deliveries for tests, from the fixtures: what a shop sends, with parts replaced. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../runtime/model.ts';

export type Json = Readonly<Record<string, unknown>>;
const folder = join(import.meta.dirname, '..', 'fixtures', 'woocommerce');
export const fixture = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
/** An order as the shop writes it; `with_` replaces fields. */
export const wooOrder = (name: 'two-rates' | 'tax-included' | 'bank-transfer' | 'draft', with_: Json = {}): Json => ({
  ...(fixture(`order-${name}`) as Json),
  ...with_,
});
/** GMT as WooCommerce writes it, `seconds` after 10:00 of the fixtures' day. */
export const gmtAt = (seconds: number): string => new Date(Date.UTC(2026, 9, 5, 10, 0, seconds)).toISOString().slice(0, 19);
export const msAt = (seconds: number): number => Date.UTC(2026, 9, 5, 10, 0, seconds);

export const delivery = (body: unknown, with_: Partial<Delivery> = {}): Delivery => ({
  company: 'acme',
  shop: 'web',
  aggregate: String((body as { readonly id?: number | string } | null)?.id ?? 'none'),
  via: 'webhook',
  about: 'order',
  receivedAt: msAt(60),
  body,
  ...with_,
});
/** An order as a poll stores it; `asOf` in seconds after 10:00 by the shop's clock. */
export const polled = (order: Json, asOf: number, refunds: readonly unknown[] = []): Delivery =>
  delivery({ asOf: msAt(asOf), order, refunds }, { via: 'poll', aggregate: String(order.id) });
