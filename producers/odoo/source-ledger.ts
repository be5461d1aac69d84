/**
 * Where the ledger begins, and the stock at that moment (docs/decisions/0020). Lines are movements when their `date` is at or after the
 * beginning; all others are in the baseline: what Odoo's quants say, less those movements, both read as of one moment. So the baseline is
 * the same whenever it is computed, and may be computed while goods move.
 */
import type { Intake } from '../../runtime/model.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { lineFields, odooTime, quantFields, readLine, readQuant, type MoveLine, type Product, type Quant } from './contract.ts';
import type { Deliver, Say } from './source-deliver.ts';
import { doneLines, named, newestWrite, readAll, since, type Locations, type Row } from './source-read.ts';

interface Kept {
  /** Epoch ms. */
  readonly from: number;
  /** The products up to this id have a baseline, but for the pending ones. */
  readonly through: number;
  /** All that there were when the ledger began have one; of later ones nothing was there before. */
  readonly isWhole: boolean;
  /** So busy that no quiet moment was found. */
  readonly pending: readonly number[];
}
export interface Ledger {
  /** Epoch ms; chosen once, kept before anything is told. */
  readonly from: (readAt: number) => Promise<number>;
  /** Stores the baselines that are missing. */
  readonly look: (products: ReadonlyMap<number, Row<Product>>, locations: Locations) => Promise<number>;
}

const skewMs = 60_000;
/**
 * Every transaction with a line from before it must have ended when the first quant is read. Odoo's newest write is not after now by its
 * own clock, so that less the longest transaction is safe; after a quiet time, so is the second after it.
 */
export const beginning = (newest: number, readAt: number, overlapMs: number): number => {
  if (newest === 0) return 0;
  return readAt >= newest + overlapMs + skewMs ? newest + 1000 : Math.max(0, newest - overlapMs);
};

const chunk = 100;
const tries = 5;

export const ledgerOf = (rpc: OdooRpc, intake: Intake, deliver: Deliver, overlapMs: number): Ledger => {
  let known: Kept | undefined;
  const keep = async (next: Kept): Promise<void> => {
    await intake.keepCursor('ledger', JSON.stringify(next));
    known = next;
  };
  const kept = async (readAt: number): Promise<Kept> => {
    if (known !== undefined) return known;
    const cursor = await intake.cursor('ledger');
    if (cursor !== undefined) return (known = JSON.parse(cursor) as Kept);
    const newest = await newestWrite(rpc, 'stock.move.line', [['state', '=', 'done']]);
    await keep({ from: beginning(newest, readAt, overlapMs), through: 0, isWhole: false, pending: [] });
    return kept(readAt);
  };

  /** Baselines of these products; those that moved meanwhile, five times in a row, are answered as still to do. */
  const take = async (
    ids: readonly number[],
    from: number,
    locations: Locations,
  ): Promise<readonly [readonly number[], number]> => {
    let [left, count] = [ids, 0];
    for (let round = 0; round < tries && left.length > 0; round += 1) {
      const before = await readDone(rpc, left, from);
      const quants = await readAll(rpc, 'stock.quant', quantsOf(left), quantFields, readQuant);
      const after = await readDone(rpc, left, from);
      const quiet = left.filter(id => before.get(id)?.words === after.get(id)?.words);
      count += await deliver.all(quiet.map(id => sayOf(id, from, quants, after.get(id)?.rows ?? [], locations)));
      left = left.filter(id => !quiet.includes(id));
    }
    return [left, count];
  };

  const look: Ledger['look'] = async (products, locations) => {
    if (known === undefined) return 0;
    const { from } = known;
    const storable = [...products.values()].flatMap(({ row }) => (row.is_storable ? [row] : []));
    const [again, counted] = await take(known.pending, from, locations);
    let count = counted;
    if (again.length !== known.pending.length) await keep({ ...known, pending: again });
    while (!known.isWhole) {
      const { through, pending } = known;
      const ids = storable
        .flatMap(one => (one.id > through ? [one.id] : []))
        .sort((a, b) => a - b)
        .slice(0, chunk);
      const [left, more] = await take(ids, from, locations);
      count += more;
      await keep({ from, through: ids.at(-1) ?? through, isWhole: ids.length < chunk, pending: [...pending, ...left] });
    }
    const { through } = known;
    const made = storable.filter(one => one.id > through);
    return count + (await deliver.all(made.map(one => sayOf(one.id, from, [], [], locations))));
  };
  return { from: async readAt => (await kept(readAt)).from, look };
};

const quantsOf = (ids: readonly number[]) => [
  ['product_id', 'in', ids] as const,
  ['location_id.usage', '=', 'internal'] as const,
];

interface Done {
  readonly rows: readonly Row<MoveLine>[];
  readonly words: string;
}
const readDone = async (rpc: OdooRpc, ids: readonly number[], from: number): Promise<ReadonlyMap<number, Done>> => {
  const domain = [['product_id', 'in', ids] as const, since('date', from), ...doneLines];
  const found = await readAll(rpc, 'stock.move.line', domain, lineFields, readLine);
  return new Map(
    [...Map.groupBy(found, one => one.row.product_id)].map(([id, rows]) => [id, { rows, words: JSON.stringify(rows) }]),
  );
};

const sayOf = (
  id: number,
  from: number,
  quants: readonly Row<Quant>[],
  lines: readonly Row<MoveLine>[],
  locations: Locations,
): Say => {
  const own = quants.filter(one => one.row.product_id === id);
  const places = [...own.map(one => one.row.location_id), ...lines.flatMap(({ row }) => [row.location_id, row.location_dest_id])];
  const body = { product: id, from: odooTime(from), quants: own.map(one => one.raw), lines: lines.map(one => one.raw) };
  return { about: 'baseline', product: id, object: 'baseline', body, also: { locations: named(locations, places) } };
};
