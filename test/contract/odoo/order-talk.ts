/** An order of three lines, and what the tests ask about orders. */
import assert from 'node:assert/strict';
import type { Json, Values } from './client.ts';
import { fieldsWithoutPricelist, movesOf, orderRows, withoutPricelist, type Line, type World } from './world.ts';

export const three: readonly Line[] = [
  ['l1', 'TEE', '2', '20', '10', 'vat21_excl'],
  ['l2', 'MUG', '1', '12.10', '0', 'vat21_incl'],
  ['l3', 'SHIP', '1', '5', '0', 'vat21_excl'],
];

export interface OrderTalk {
  readonly order: (id: number, fields: readonly string[]) => Promise<Values>;
  readonly amounts: (id: number) => Promise<readonly (Json | undefined)[]>;
  /** Loads it again without the pricelist column; answers the messages. */
  readonly reload: (name: string, lines: readonly Line[]) => Promise<readonly { readonly message: string }[]>;
  readonly refused: (method: string, ids: readonly number[], message: string) => Promise<void>;
  readonly confirm: (id: number) => Promise<void>;
  /** `[wanted, taken, state]` of each move. */
  readonly states: (id: number) => Promise<readonly Json[]>;
}

export const talk = (world: () => World): OrderTalk => {
  const order = async (id: number, fields: readonly string[]): Promise<Readonly<Record<string, Json>>> =>
    world().odoo.one('sale.order', [['id', '=', id]], fields);
  const amounts = async (id: number): Promise<readonly (Json | undefined)[]> => {
    const row = await order(id, ['amount_untaxed', 'amount_tax', 'amount_total']);
    return [row['amount_untaxed'], row['amount_tax'], row['amount_total']];
  };
  const reload = async (name: string, lines: readonly Line[]): Promise<readonly { readonly message: string }[]> => {
    const { messages } = await world().odoo.load(
      'sale.order',
      fieldsWithoutPricelist,
      withoutPricelist(orderRows(world(), name, lines)),
    );
    return messages;
  };
  const refused = async (method: string, ids: readonly number[], message: string): Promise<void> => {
    const { error } = await world().odoo.ask('sale.order', method, [ids]);
    assert.deepEqual(error, { name: 'odoo.exceptions.UserError', message });
  };
  const confirm = async (id: number): Promise<void> => {
    assert.equal(await world().odoo.call('sale.order', 'action_confirm', [[id]]), true);
  };
  const states = async (id: number): Promise<readonly Json[]> =>
    (await movesOf(world(), id)).map(move => [move['product_uom_qty'] ?? null, move['quantity'] ?? null, move['state'] ?? null]);
  return { order, amounts, reload, refused, confirm, states };
};
