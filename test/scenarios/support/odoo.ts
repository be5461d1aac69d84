/** The simulated Odoo without HTTP: the calls of source and sink go straight into its engine, so that its time can be virtual. */
import { callMessage, isOdooError } from '../../../infra/odoo-simulator/errors.ts';
import { exampleSeed, type Seed } from '../../../infra/odoo-simulator/index.ts';
import { writeWire, type Json, type JsonObject } from '../../../infra/odoo-simulator/json.ts';
import { createEngine, type Engine } from '../../../infra/odoo-simulator/server/engine.ts';
import { transient } from '../../../runtime/failure.ts';
import { failureOf } from '../../../runtime/odoo-errors.ts';
import type { OdooRpc } from '../../../runtime/odoo-rpc.ts';

const taxesOf = (percent: number): Seed['taxes'] => [
  { id: `onhand.tax${percent}_excl`, name: `${percent}% S`, percent: String(percent), included: false },
  { id: `onhand.tax${percent}_incl`, name: `${percent}% S incl`, percent: String(percent), included: true },
];
/** The test company's Odoo. Of tees there are many, of mugs five, of lamps one. Nobody has made the tax of 9 % there. */
const seed: Seed = {
  ...exampleSeed,
  warehouses: [
    { code: 'WH', name: 'Main warehouse' },
    { code: 'SH', name: 'Store' },
  ],
  taxes: [21, 0].flatMap(taxesOf),
  products: [
    { name: 'Tee', defaultCode: 'TEE', listPrice: '20', taxes: ['onhand.tax21_excl'], stock: { WH: '1000' } },
    { name: 'Mug', defaultCode: 'MUG', listPrice: '10', taxes: ['onhand.tax21_excl'], stock: { WH: '5' } },
    { name: 'Lamp', defaultCode: 'LAMP', listPrice: '80', taxes: ['onhand.tax21_excl'], stock: { WH: '1' } },
    { name: 'Shipping', defaultCode: 'SHIP', listPrice: '5', taxes: ['onhand.tax21_excl'], service: true },
    { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.tax21_excl'], service: true },
  ],
};

export interface OdooOrder {
  readonly reference: string;
  readonly state: string;
  readonly total: string;
  /** Of the goods, in the order of the lines. */
  readonly quantities: readonly number[];
}
export interface Odoo {
  readonly engine: Engine;
  readonly rpc: OdooRpc;
  readonly down: () => void;
  readonly up: () => void;
  /** All sale orders, by reference. */
  readonly orders: () => readonly OdooOrder[];
  /** What source and sink wrote: `model.method`, in order. */
  readonly writes: () => readonly string[];
  /** A sales tax, put on top of prices. */
  readonly makeTax: (name: string, percent: number) => void;
}
type Values = Readonly<Record<string, Json>>;
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export const odooOf = (now: () => number): Odoo => {
  const engine = createEngine({ db: 'onhand', seed, now });
  const user = seed.users[1]!;
  const uid = engine.authenticate(user.login, user.apiKey ?? '') || 0;
  let isUp = true;
  const call: OdooRpc['call'] = async (model, method, args, kwargs = {}) => {
    const doing = `calling Odoo's ${model}.${method}`;
    await Promise.resolve();
    if (!isUp) throw transient('ODOO_UNREACHABLE', `${doing}: http://odoo.test/jsonrpc does not answer (ECONNREFUSED)`);
    try {
      const asked = { uid, model, method, args: args as readonly Json[], kwargs: kwargs as JsonObject };
      return JSON.parse(writeWire(engine.run(asked, 'caller') ?? null)) as unknown;
    } catch (error) {
      throw isOdooError(error) ? failureOf(doing, { name: error.odooName, message: callMessage(error) }) : error;
    }
  };
  const read = (model: string, domain: readonly Json[], fields: readonly string[]): readonly Values[] =>
    JSON.parse(
      writeWire(engine.inside(model, 'search_read', [domain], { fields: [...fields], order: 'id' }) ?? null),
    ) as readonly Values[];
  return {
    engine,
    rpc: { call },
    down: () => {
      isUp = false;
    },
    up: () => {
      isUp = true;
    },
    orders: () =>
      read('sale.order', [], ['client_order_ref', 'state', 'amount_total'])
        .map(row => ({
          reference: textOf(row['client_order_ref']),
          state: textOf(row['state']),
          total: Number(row['amount_total']).toFixed(2),
          quantities: read(
            'sale.order.line',
            [
              ['order_id', '=', row['id'] ?? 0],
              ['product_id.is_storable', '=', true],
            ],
            ['product_uom_qty'],
          ).map(line => Number(line['product_uom_qty'])),
        }))
        .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    writes: () => engine.journal.entries({ by: 'caller' }).map(one => `${one.model}.${one.method}`),
    makeTax: (name, percent) => {
      engine.inside('account.tax', 'load', [
        ['name', 'amount', 'amount_type', 'type_tax_use', 'price_include_override'],
        [[name, String(percent), 'percent', 'sale', 'tax_excluded']],
      ]);
    },
  };
};
