/** Looks for done move lines since the last look, with overlap, and stores them with what tells what they are. */
import type { Intake } from '../../runtime/model.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { lineFields, odooTime, readLine, type MoveLine, type Picking } from './contract.ts';
import { objectOf, sideOf } from './movement.ts';
import type { Deliver, Say } from './source-deliver.ts';
import { inChunks, present, readPickings } from './source-pickings.ts';
import { doneLines, named, newestWrite, readAll, since, type Locations, type Row } from './source-read.ts';

export interface Look {
  /** The ledger begins here, epoch ms. */
  readonly from: number;
  readonly readAt: number;
  readonly locations: Locations;
  readonly isStorable: (product: number) => boolean;
}
const skewMs = 60_000;

/** The lines of one object within a product. */
interface Group {
  readonly product: number;
  readonly object: string;
  readonly lines: readonly Row<MoveLine>[];
  readonly version: number;
}
const groupsOf = (lines: Iterable<Row<MoveLine>>, usages: ReadonlyMap<number, { readonly usage: string }>): readonly Group[] =>
  [...Map.groupBy(lines, ({ row }) => `${row.product_id}|${objectOf(row, usages)}`)]
    .map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a.row.id - b.row.id);
      const [product = '', object = ''] = name.split('|');
      return { product: Number(product), object, lines: sorted, version: Math.max(...all.map(one => one.row.write_date)) };
    })
    .sort((a, b) => a.version - b.version || a.product - b.product || (a.object < b.object ? -1 : 1));

/** The other lines of the pickings to and from customers: they were done in one transaction, but edited each by itself. */
const withSiblings = async (
  rpc: OdooRpc,
  found: readonly Row<MoveLine>[],
  usages: ReadonlyMap<number, { readonly usage: string }>,
): Promise<readonly Row<MoveLine>[]> => {
  const together = found.filter(({ row }) => sideOf(row, usages) !== 'line').map(({ row }) => row.picking_id);
  const siblings = await inChunks(present(together), some =>
    readAll(rpc, 'stock.move.line', [['picking_id', 'in', some], ...doneLines], lineFields, readLine),
  );
  return [...new Map([...found, ...siblings].map(one => [one.row.id, one])).values()];
};

export const lookForMovements = (rpc: OdooRpc, intake: Intake, deliver: Deliver, overlapMs: number) => {
  const sayOf = (
    { product, object, lines, version }: Group,
    newest: number,
    look: Look,
    pickings: ReadonlyMap<number, Picking>,
  ): Say => {
    const picking = pickings.get(lines[0]!.row.picking_id ?? 0) ?? null;
    // Its second is over for every transaction, so no other content of it can come.
    const settled = version < newest - overlapMs || look.readAt >= version + overlapMs + skewMs;
    const places = lines.flatMap(({ row }) => [row.location_id, row.location_dest_id]);
    const body = { product, from: odooTime(look.from), settled, lines: lines.map(one => one.raw), picking };
    return { about: 'movement', product, object, body, also: { readAt: look.readAt, locations: named(look.locations, places) } };
  };
  return async (look: Look): Promise<number> => {
    const cursor = await intake.cursor('movements');
    // Read first: what becomes visible during the look was begun at most one longest transaction before this.
    const newest = await newestWrite(rpc, 'stock.move.line', [['state', '=', 'done']]);
    const after = Math.max(Number(cursor ?? 0), look.from) - overlapMs;
    const found = await readAll(rpc, 'stock.move.line', [since('write_date', after), ...doneLines], lineFields, readLine);
    const usages = new Map([...look.locations].map(([id, { row }]) => [id, row]));
    // What was done before the ledger begins is in its baseline.
    const goods = found.filter(({ row }) => row.date >= look.from && look.isStorable(row.product_id));
    const lines = await withSiblings(rpc, goods, usages);
    const pickings = await readPickings(
      rpc,
      lines.map(one => one.row.picking_id),
    );
    const says = groupsOf(lines, usages).map(group => sayOf(group, newest, look, pickings));
    const count = await deliver.all(says);
    deliver.keepOnly('movement', new Set(says.map(one => `${one.product}|${one.object}`)));
    if (String(newest) !== cursor) await intake.keepCursor('movements', String(newest));
    return count;
  };
};
