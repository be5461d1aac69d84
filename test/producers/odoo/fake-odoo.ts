/**
 * Odoo's tables as the source sees them, in memory, with Odoo's time: a call is one snapshot, a transaction becomes visible at its commit
 * with the write_date of its start, times have whole seconds. Interleavings are the test's to choose, which a server's are not.
 */
import type { OdooRpc } from '../../../runtime/odoo-rpc.ts';

type Value = string | number | boolean | readonly [number, string];
export type Fields = Readonly<Record<string, Value>>;
type Tables = Map<string, Map<number, Fields>>;

export const shown = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const idOf = (value: Value | undefined): Value | undefined =>
  Array.isArray(value) ? (value as readonly [number, string])[0] : value;

export interface Move {
  readonly product: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly picking?: number;
  readonly reference?: string;
  /** Its work is done at the end of the transaction, not at its beginning: so is its `date`, while its `write_date` stays the start's. */
  readonly isLate?: boolean;
}
export interface Transaction {
  /** False: it ran into another one, or lasted too long, and Odoo gave it up. */
  readonly commit: () => boolean;
}
export interface FakeOdoo {
  readonly rpc: OdooRpc;
  /** Called before each call is answered: what happens meanwhile. */
  meanwhile: () => void;
  now: number;
  readonly put: (model: string, id: number, fields: Fields) => void;
  readonly remove: (model: string, id: number) => void;
  /** A done move line, and its quants. */
  readonly move: (move: Move) => Transaction;
  /** Another quantity for a line that is done. */
  readonly edit: (line: number, quantity: number) => Transaction;
  readonly lines: () => readonly Fields[];
  /** What is there, thousandths. */
  readonly onHandMilli: (product: number, locations: readonly number[]) => number;
  readonly calls: string[];
}

export const longestMs = 120_000;

export const fakeOdoo = (start: number): FakeOdoo => {
  const tables: Tables = new Map();
  const table = (model: string): Map<number, Fields> => {
    const rows = tables.get(model) ?? new Map<number, Fields>();
    tables.set(model, rows);
    return rows;
  };
  let ids = 1000;
  const locationName = (id: number): readonly [number, string] => [
    id,
    String(table('stock.location').get(id)?.['complete_name']),
  ];

  /** Odoo keeps several quants for one product and location when it likes to. */
  const changeQuant = (product: number, location: number, quantity: number, isNew: boolean): void => {
    const quants = table('stock.quant');
    const same = [...quants].find(([, one]) => idOf(one['product_id']) === product && idOf(one['location_id']) === location);
    const [id, before] = same === undefined || isNew ? [++ids, 0] : [same[0], Number(same[1]['quantity'])];
    quants.set(id, {
      product_id: [product, 'P'],
      location_id: locationName(location),
      quantity: before + quantity,
    });
  };
  const moveQuants = (line: Fields, quantity: number): void => {
    const [product, from, to] = ['product_id', 'location_id', 'location_dest_id'].map(key => Number(idOf(line[key])));
    changeQuant(product!, from!, -quantity, ids % 3 === 0);
    changeQuant(product!, to!, quantity, ids % 5 === 0);
  };
  const transaction = (write: (startedAt: number) => boolean): Transaction => {
    const startedAt = fake.now;
    let isOver = false;
    return {
      commit: () => {
        if (isOver || fake.now - startedAt > longestMs) return false;
        isOver = true;
        return write(startedAt);
      },
    };
  };

  const fake: FakeOdoo = {
    now: start,
    meanwhile: () => undefined,
    calls: [],
    put: (model, id, fields) => {
      const times = { write_date: shown(fake.now), create_date: shown(fake.now) };
      table(model).set(id, { ...times, ...table(model).get(id), write_date: times.write_date, ...fields });
    },
    remove: (model, id) => table(model).delete(id),
    move: ({ product, from, to, quantity, picking, reference, isLate }) => {
      // The line is made when its transaction works on it; its id was taken then, and says nothing of when it becomes visible.
      const id = ++ids;
      const date = fake.now;
      return transaction(startedAt => {
        const line: Fields = {
          product_id: [product, 'P'],
          picking_id: picking === undefined ? false : [picking, 'picking'],
          move_id: [id, 'move'],
          location_id: locationName(from),
          location_dest_id: locationName(to),
          quantity_product_uom: quantity,
          date: shown(isLate === true ? fake.now : date),
          state: 'done',
          reference: reference ?? 'moved by hand',
          write_date: shown(startedAt),
          create_date: shown(startedAt),
        };
        table('stock.move.line').set(id, line);
        moveQuants(line, quantity);
        return true;
      });
    },
    edit: (lineId, quantity) => {
      const before = table('stock.move.line').get(lineId)!;
      return transaction(startedAt => {
        // Another wrote it meanwhile: could not serialize.
        if (table('stock.move.line').get(lineId) !== before) return false;
        moveQuants(before, quantity - Number(before['quantity_product_uom']));
        table('stock.move.line').set(lineId, { ...before, quantity_product_uom: quantity, write_date: shown(startedAt) });
        return true;
      });
    },
    lines: () => [...table('stock.move.line')].map(([id, line]) => ({ ...line, id })),
    onHandMilli: (product, locations) =>
      [...table('stock.quant').values()]
        .filter(one => idOf(one['product_id']) === product && locations.includes(Number(idOf(one['location_id']))))
        .reduce((sum, one) => sum + Math.round(Number(one['quantity']) * 1000), 0),
    rpc: {
      call: (model, method, args, kwargs = {}) => {
        fake.calls.push(`${model}.${method}`);
        fake.meanwhile();
        if (method !== 'search_read') return Promise.reject(new Error(`${model}.${method} is not in the fake`));
        return Promise.resolve(search(tables, model, args[0] as Domain, kwargs));
      },
    },
  };
  return fake;
};

type Leaf = readonly [string, string, unknown];
type Domain = readonly (Leaf | string)[];

const valueAt = (tables: Tables, row: Fields, path: string): unknown => {
  const [field = '', inner] = path.split('.');
  const value = idOf(row[field]);
  return inner === undefined ? value : tables.get('stock.location')?.get(Number(value))?.[inner];
};
const holds = (tables: Tables, row: Fields, [path, operator, wanted]: Leaf): boolean => {
  const value = valueAt(tables, row, path) as number;
  switch (operator) {
    case '=':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case 'in':
      return (wanted as readonly unknown[]).includes(value);
    case '>':
      return value > (wanted as number);
    case '>=':
      return value >= (wanted as number);
    default:
      throw new Error(`the operator ${operator} is not in the fake`);
  }
};
/** `|` stands before its two leaves, as Odoo writes it. */
const matches = (tables: Tables, row: Fields, domain: Domain): boolean => {
  for (let at = 0; at < domain.length; at += 1) {
    const part = domain[at]!;
    if (typeof part === 'string') {
      if (!holds(tables, row, domain[at + 1] as Leaf) && !holds(tables, row, domain[at + 2] as Leaf)) return false;
      at += 2;
    } else if (!holds(tables, row, part)) return false;
  }
  return true;
};

const search = (tables: Tables, model: string, domain: Domain, kwargs: Readonly<Record<string, unknown>>): readonly Fields[] => {
  const fields = kwargs['fields'] as readonly string[];
  const found = [...(tables.get(model) ?? [])]
    .map(([id, row]): Fields => ({ ...row, id }))
    .filter(row => matches(tables, row, domain));
  const newestFirst = kwargs['order'] !== 'id';
  found.sort((a, b) => {
    const byTime =
      newestFirst && a['write_date'] !== b['write_date'] ? (String(a['write_date']) < String(b['write_date']) ? 1 : -1) : 0;
    return byTime || (Number(a['id']) - Number(b['id'])) * (newestFirst ? -1 : 1);
  });
  return found
    .slice(0, kwargs['limit'] as number)
    .map(row => Object.fromEntries(['id', ...fields].map(field => [field, row[field] ?? false])));
};
