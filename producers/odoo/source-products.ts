/**
 * Looks for products whose codes changed: those written since the last look, and from time to time all of them, since a deletion leaves
 * nothing. It keeps all rows in memory (a few hundred bytes per product) to know which codes are shared, which no row says of itself.
 */
import type { Intake } from '../../runtime/model.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { productFields, readProduct, type Product } from './contract.ts';
import type { Deliver, Say } from './source-deliver.ts';
import { newestWrite, readAll, since, type Row } from './source-read.ts';

type Rows = ReadonlyMap<number, Row<Product>>;
export interface Products {
  /** Every product by id, as last seen. */
  readonly known: () => Rows;
  readonly look: (readAt: number) => Promise<number>;
}

type Kind = 'sku' | 'barcode';
const codeOf = ({ row }: Row<Product>, kind: Kind): string | undefined => {
  const word = kind === 'sku' ? row.default_code : row.barcode;
  return word === null || !row.active ? undefined : `${kind}:${word}`;
};
const codesOf = (one: Row<Product>): readonly string[] =>
  [codeOf(one, 'sku'), codeOf(one, 'barcode')].filter(code => code !== undefined);

/** Who has each code. */
const holders = (rows: Rows): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, number[]>();
  for (const [id, one] of rows) for (const code of codesOf(one)) found.set(code, [...(found.get(code) ?? []), id]);
  return found;
};
const sharedIn = (by: ReadonlyMap<string, readonly number[]>): readonly string[] =>
  [...by].flatMap(([code, ids]) => (ids.length > 1 ? [code] : [])).sort();

interface Change {
  readonly rows: Rows;
  /** Written or gone. */
  readonly changed: readonly Row<Product>[];
  readonly gone: readonly Row<Product>[];
  /** What they are called now, and were before. */
  readonly codes: readonly string[];
}
const changeBy = (before: Rows, found: readonly Row<Product>[], isWhole: boolean): Change => {
  const rows = new Map([...(isWhole ? [] : before), ...found.map(one => [one.row.id, one] as const)]);
  const changed = found.filter(one => JSON.stringify(before.get(one.row.id)?.raw) !== JSON.stringify(one.raw));
  const gone = [...before.values()].filter(one => !rows.has(one.row.id));
  const former = changed.flatMap(one => before.get(one.row.id) ?? []);
  return { rows, changed, gone, codes: [...changed, ...gone, ...former].flatMap(codesOf) };
};

const sayOf = (one: Row<Product>, gone: boolean, by: ReadonlyMap<string, readonly number[]>, readAt: number): Say => {
  const isShared = (kind: Kind): boolean => (by.get(codeOf(one, kind) ?? '')?.length ?? 0) > 1;
  const body = { gone, shared: { sku: isShared('sku'), barcode: isShared('barcode') }, product: one.raw };
  return { about: 'product', product: one.row.id, object: 'codes', body, also: { readAt } };
};

export const lookForProducts = (
  rpc: OdooRpc,
  intake: Intake,
  deliver: Deliver,
  { overlapMs, sweepMs }: { readonly overlapMs: number; readonly sweepMs: number },
): Products => {
  let rows: Rows = new Map();
  let sweptAt: number | undefined;
  const look = async (readAt: number): Promise<number> => {
    const [cursor, sharedBefore] = [await intake.cursor('products'), await intake.cursor('shared-codes')];
    const isWhole = sweptAt === undefined || readAt - sweptAt >= sweepMs;
    const newest = await newestWrite(rpc, 'product.product', []);
    const from = Number(cursor ?? 0) - overlapMs;
    const found = await readAll(rpc, 'product.product', isWhole ? [] : [since('write_date', from)], productFields, readProduct);
    const change = changeBy(rows, found, isWhole);
    // After a start nothing is known of before: what was not written since was told, but for codes that were shared or now are.
    const changed = sweptAt === undefined ? change.changed.filter(({ row }) => row.write_date >= from) : change.changed;
    const by = holders(change.rows);
    const [wasShared, isShared] = [listOf(sharedBefore), sharedIn(by)];
    const codes = sweptAt === undefined ? [...changed.flatMap(codesOf), ...wasShared, ...isShared] : change.codes;
    const concerned = new Set([...changed.map(one => one.row.id), ...codes.flatMap(code => by.get(code) ?? [])]);
    // Before what is said of it, or a stop in between would forget that it was.
    if (isShared.some(code => !wasShared.includes(code)))
      await intake.keepCursor('shared-codes', JSON.stringify([...new Set([...wasShared, ...isShared])].sort()));
    const count = await deliver.all([
      ...[...concerned].map(id => sayOf(change.rows.get(id)!, false, by, readAt)),
      ...change.gone.map(one => sayOf(one, true, by, readAt)),
    ]);
    const shared = JSON.stringify(isShared);
    if (shared !== (sharedBefore ?? '[]')) await intake.keepCursor('shared-codes', shared);
    if (String(newest) !== cursor) await intake.keepCursor('products', String(newest));
    rows = change.rows;
    if (isWhole) sweptAt = readAt;
    return count;
  };
  return { known: () => rows, look };
};
const listOf = (cursor: string | undefined): readonly string[] =>
  cursor === undefined ? [] : (JSON.parse(cursor) as readonly string[]);
