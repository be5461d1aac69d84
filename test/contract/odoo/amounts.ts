/** The amounts of an order, where rounding matters, in both ways of rounding. */
import assert from 'node:assert/strict';
import type { Json } from './client.ts';
import { linesOf, placeOrder, type Line, type World } from './world.ts';

interface Case {
  readonly title: string;
  readonly pricelist?: string;
  readonly lines: readonly Line[];
  /** untaxed, tax, total: rounded globally, then per line. */
  readonly globally: readonly [number, number, number];
  readonly perLine: readonly [number, number, number];
}

const line = (id: string, quantity: Json, price: Json, discount: Json, tax: string): Line => [
  id,
  'SHIP',
  quantity,
  price,
  discount,
  tax,
];

const cases: readonly Case[] = [
  {
    title: 'three lines of 1.07 at 21 %',
    lines: [line('1', 1, 1.07, 0, 'vat21_excl'), line('2', 1, 1.07, 0, 'vat21_excl'), line('3', 1, 1.07, 0, 'vat21_excl')],
    globally: [3.21, 0.67, 3.88],
    perLine: [3.21, 0.66, 3.87],
  },
  {
    title: 'two lines of 21.53 with 21 % included',
    lines: [line('1', 1, 21.53, 0, 'vat21_incl'), line('2', 1, 21.53, 0, 'vat21_incl')],
    globally: [35.59, 7.47, 43.06],
    perLine: [35.58, 7.48, 43.06],
  },
  {
    title: 'two rates, one included and one not, with discounts',
    lines: [line('1', 3, 19.99, 12.5, 'vat21_incl'), line('2', 2, 7.45, 33.33, 'vat9_excl'), line('3', 1, 4.95, 0, 'vat0_excl')],
    globally: [58.25, 10, 68.25],
    perLine: [58.24, 10, 68.24],
  },
  {
    title: 'two included taxes on one line',
    lines: [line('1', 1, 100, 0, 'vat21_incl,eco2_incl')],
    globally: [80.98, 19.02, 100],
    perLine: [80.98, 19.02, 100],
  },
  {
    title: 'an included and an added tax on one line',
    lines: [line('1', 7, 3.33, 5, 'vat9_incl,vat21_excl')],
    globally: [20.32, 6.1, 26.42],
    perLine: [20.31, 6.1, 26.41],
  },
  {
    title: 'yen, which have no cents',
    pricelist: 'pl_jpy',
    lines: [line('1', 3, 333.5, 0, 'vat9_incl'), line('2', 1, 99.5, 10, 'vat21_excl')],
    globally: [1007, 102, 1109],
    perLine: [1008, 102, 1110],
  },
  {
    title: 'a unit price with more digits than the currency',
    lines: [line('1', 3, 8.264462809917356, 0, 'vat21_excl')],
    globally: [24.79, 5.21, 30],
    perLine: [24.79, 5.21, 30],
  },
  {
    title: 'a discount line below zero',
    lines: [line('1', 1, 50, 0, 'vat21_incl'), line('2', 1, -7.77, 0, 'vat21_incl')],
    globally: [34.9, 7.33, 42.23],
    perLine: [34.9, 7.33, 42.23],
  },
];

export const amounts = (world: () => World): void => {
  describe('amounts', () => {
    const inMode = (mode: string): Promise<Json> =>
      world().odoo.call('res.company', 'write', [[world().company], { tax_calculation_rounding_method: mode }]);
    after(() => inMode('round_globally'));
    for (const [mode, pick] of [
      ['round_globally', (one: Case) => one.globally],
      ['round_per_line', (one: Case) => one.perLine],
    ] as const)
      describe(mode, () => {
        before(() => inMode(mode));
        cases.forEach((one, index) => {
          it(`are right for ${one.title}`, async () => {
            const id = await placeOrder(world(), `sum_${mode}_${String(index)}`, one.lines, one.pricelist);
            const order = await world().odoo.one(
              'sale.order',
              [['id', '=', id]],
              ['amount_untaxed', 'amount_tax', 'amount_total'],
            );
            assert.deepEqual([order['amount_untaxed'], order['amount_tax'], order['amount_total']], pick(one));
          });
        });
      });

    it('of the lines may miss what the order comes to, since each tax of a line is rounded by itself', async () => {
      const id = await placeOrder(world(), 'cent', [line('1', 1, 10.1, 0, 'vat9_incl,eco2_incl')]);
      const [row] = await linesOf(world(), id, ['price_subtotal', 'price_total']);
      const order = await world().odoo.one('sale.order', [['id', '=', id]], ['amount_untaxed', 'amount_total']);
      assert.deepEqual([row?.['price_subtotal'], row?.['price_total']], [9.06, 10.11]);
      assert.deepEqual([order['amount_untaxed'], order['amount_total']], [9.05, 10.1]);
    });
  });
};
