/** Quants: what lies where, how much of it is reserved. One product and place may have several rows; they are always summed. */
import {
  compare,
  exactText,
  isZero,
  larger,
  magnitude,
  minus,
  negate,
  one,
  plus,
  sign,
  smaller,
  total,
  zero,
  type Exact,
} from '../exact.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { exactOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { dayOf } from '../time.ts';
import { isEndless, isUnder, usageOf } from './places.ts';

const QUANT = 'stock.quant';

/** First in, first out. `strict`: in that very place; else also in places under it. */
export const gather = (env: Env, productId: number, locationId: number, strict: boolean): readonly Row[] =>
  env.tx
    .rows(QUANT, 'product_id', productId)
    .filter(row => (strict ? refOf(row, 'location_id') === locationId : isUnder(env, refOf(row, 'location_id'), locationId)))
    .sort((a, b) =>
      textOf(a, 'in_date') < textOf(b, 'in_date') ? -1 : textOf(a, 'in_date') > textOf(b, 'in_date') ? 1 : idOf(a) - idOf(b),
    );

export const freeOn = (quant: Row): Exact => minus(exactOf(quant, 'quantity'), exactOf(quant, 'reserved_quantity'));

export const available = (env: Env, productId: number, locationId: number, strict: boolean): Exact =>
  total(gather(env, productId, locationId, strict).map(freeOn));

export interface Take {
  readonly quant: Row;
  readonly quantity: Exact;
}

const negativeAt = (quants: readonly Row[]): Map<number | null, Exact> => {
  const owed = new Map<number | null, Exact>();
  for (const quant of quants) {
    const free = freeOn(quant);
    const place = refOf(quant, 'location_id');
    if (sign(free) < 0) owed.set(place, plus(owed.get(place) ?? zero, free));
  }
  return owed;
};

/** Which quants could give `wanted`, as far as they can. */
export const reservable = (env: Env, productId: number, locationId: number, wanted: Exact, strict: boolean): readonly Take[] => {
  const quants = gather(env, productId, locationId, strict);
  let left = smaller(wanted, larger(total(quants.map(freeOn)), zero));
  const owed = negativeAt(quants);
  const takes: Take[] = [];
  for (const quant of quants) {
    if (sign(left) <= 0) break;
    const place = refOf(quant, 'location_id');
    const debt = magnitude(owed.get(place) ?? zero);
    const free = freeOn(quant);
    if (sign(free) <= 0) continue;
    const covered = smaller(debt, free);
    owed.set(place, negate(minus(debt, covered)));
    const quantity = smaller(minus(free, covered), left);
    if (sign(quantity) <= 0) continue;
    takes.push({ quant, quantity });
    left = minus(left, quantity);
  }
  return takes;
};

export interface Change {
  readonly quantity?: Exact;
  readonly reserved?: Exact;
  readonly inDate?: string | undefined;
}

const companyOf = (env: Env, locationId: number): number | null =>
  refOf(env.tx.get('stock.location', locationId) ?? {}, 'company_id');

export const insertQuant = (env: Env, productId: number, locationId: number, values: Row): number =>
  env.tx.insert(QUANT, {
    product_id: productId,
    location_id: locationId,
    quantity: '0',
    reserved_quantity: '0',
    inventory_quantity: '0',
    inventory_quantity_set: false,
    inventory_diff_quantity: '0',
    inventory_date: usageOf(env, locationId) === 'internal' ? yearEnd(env) : null,
    user_id: null,
    company_id: companyOf(env, locationId),
    in_date: env.now.slice(0, 19),
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
    ...values,
  });

/** When the next count is due, as a fresh Odoo has it. */
export const yearEnd = (env: Env): string => `${dayOf(env.now).slice(0, 4)}-12-31`;

const incomingDate = (env: Env, locationId: number, quants: readonly Row[], inDate: string | undefined): string => {
  const known = isEndless(env, locationId)
    ? []
    : quants.filter(row => sign(exactOf(row, 'quantity')) > 0).map(row => textOf(row, 'in_date'));
  const dates = [...known, ...(inDate === undefined ? [] : [inDate])].filter(Boolean).sort();
  return dates[0] ?? env.now.slice(0, 19);
};

/** Moves what lies or is reserved in a place. Answers what is then free there (negative: too much was promised). */
export const changeQuant = (
  env: Env,
  productId: number,
  locationId: number,
  change: Change,
): { readonly free: Exact; readonly inDate: string } => {
  const quants = gather(env, productId, locationId, true);
  const inDate = incomingDate(env, locationId, quants, change.inDate);
  const [first] = quants;
  const quantity = plus(first ? exactOf(first, 'quantity') : zero, change.quantity ?? zero);
  const reserved = plus(first ? exactOf(first, 'reserved_quantity') : zero, change.reserved ?? zero);
  const values = {
    in_date: inDate,
    ...(change.quantity ? { quantity: exactText(quantity) } : {}),
    ...(change.reserved ? { reserved_quantity: exactText(first ? larger(reserved, zero) : reserved) } : {}),
  };
  if (first) patchRow(env, QUANT, idOf(first), values);
  else insertQuant(env, productId, locationId, values);
  return { free: available(env, productId, locationId, true), inDate };
};

const pairKey = (row: Row): string => `${String(row['product_id'])}/${String(row['location_id'])}`;

/** One row per product and place again; the first keeps the sum. */
export const mergeQuants = (env: Env): void => {
  const groups = Map.groupBy(
    [...env.tx.all(QUANT)].sort((a, b) => idOf(a) - idOf(b)),
    pairKey,
  );
  for (const [first, ...rest] of groups.values()) {
    if (!first || rest.length === 0) continue;
    const all = [first, ...rest];
    // Odoo merges in plain SQL, so write_date stays what it was.
    env.tx.replace(QUANT, idOf(first), {
      ...first,
      quantity: exactText(total(all.map(row => exactOf(row, 'quantity')))),
      reserved_quantity: exactText(larger(zero, total(all.map(row => exactOf(row, 'reserved_quantity'))))),
      inventory_quantity: exactText(total(all.map(row => exactOf(row, 'inventory_quantity')))),
      in_date: all.map(row => textOf(row, 'in_date')).sort()[0] ?? env.now.slice(0, 19),
    });
    for (const row of rest) env.tx.remove(QUANT, idOf(row));
  }
};

/** What two transactions that meet on a row leave behind: one unit more here, one less in a row of its own. */
export const splitQuant = (env: Env, id: number): void => {
  const row = rowOf(env, QUANT, id);
  patchRow(env, QUANT, id, { quantity: exactText(plus(exactOf(row, 'quantity'), one)) });
  insertQuant(env, refOf(row, 'product_id') ?? 0, refOf(row, 'location_id') ?? 0, { quantity: exactText(negate(one)) });
};

const isIdle = (row: Row): boolean =>
  isZero(exactOf(row, 'quantity')) &&
  isZero(exactOf(row, 'reserved_quantity')) &&
  isZero(exactOf(row, 'inventory_quantity')) &&
  row['user_id'] === null;

export const dropEmptyQuants = (env: Env): void => {
  for (const row of [...env.tx.all(QUANT)]) if (isIdle(row)) env.tx.remove(QUANT, idOf(row));
};

const openStates = new Set(['assigned', 'partially_available', 'waiting', 'confirmed']);

/** Makes what is reserved equal to what open move lines hold. */
export const mendReservations = (env: Env): void => {
  const held = new Map<string, Exact>();
  for (const line of env.tx.all('stock.move.line')) {
    const move = env.tx.get('stock.move', refOf(line, 'move_id') ?? 0);
    const place = refOf(line, 'location_id');
    if (!move || !openStates.has(textOf(move, 'state')) || isEndless(env, place)) continue;
    held.set(pairKey(line), plus(held.get(pairKey(line)) ?? zero, exactOf(line, 'quantity')));
  }
  for (const row of [...env.tx.all(QUANT)]) {
    const wanted = held.get(pairKey(row)) ?? zero;
    const reserved = exactOf(row, 'reserved_quantity');
    if (compare(reserved, wanted) !== 0 && !isZero(reserved))
      changeQuant(env, refOf(row, 'product_id') ?? 0, refOf(row, 'location_id') ?? 0, { reserved: minus(wanted, reserved) });
  }
};
