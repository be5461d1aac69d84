/** Adds to lines what their pickings say: name, origin, and the order that the sale order behind them is for. */
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { pickingFields, readPickingRow, readSaleRow, saleFields, type Picking } from './contract.ts';
import { readAll } from './source-read.ts';

const chunk = 200;
export const inChunks = async <T>(
  ids: Iterable<number>,
  read: (some: readonly number[]) => Promise<readonly T[]>,
): Promise<readonly T[]> => {
  const all = [...new Set(ids)].sort((a, b) => a - b);
  const found: T[] = [];
  for (let at = 0; at < all.length; at += chunk) found.push(...(await read(all.slice(at, at + chunk))));
  return found;
};
export const present = (ids: Iterable<number | null>): readonly number[] => [...ids].filter(id => id !== null);

export const readPickings = async (rpc: OdooRpc, ids: Iterable<number | null>): Promise<ReadonlyMap<number, Picking>> => {
  const pickings = await inChunks(present(ids), some =>
    readAll(rpc, 'stock.picking', [['id', 'in', some]], pickingFields, readPickingRow),
  );
  const sales = await inChunks(present(pickings.map(one => one.row.sale_id)), some =>
    readAll(rpc, 'sale.order', [['id', 'in', some]], saleFields, readSaleRow),
  );
  const references = new Map(sales.map(({ row }) => [row.id, row.client_order_ref]));
  return new Map(
    pickings.map(({ row: { id, name, origin, sale_id } }) => {
      const client_order_ref = sale_id === null ? null : (references.get(sale_id) ?? null);
      return [id, { id, name, origin, client_order_ref }];
    }),
  );
};
