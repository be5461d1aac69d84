/**
 * Twenty orders of a shop, translated as its producer translates them, arrive with the shop's amounts; what is set aside, and where
 * Odoo's arithmetic comes to other taxes than the shop's, is named in test/fixtures/odoo-orders.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { woocommerce } from '../../../../producers/woocommerce/index.ts';
import type { Policy } from '../../../../schemas/policy.ts';
import { reportsOf } from '../../../laws/producers.ts';
import { loaded } from '../../../contract/odoo/client.ts';
import { delivery, type Json } from '../../../support/woocommerce.ts';
import { confirmed } from '../support/facts.ts';
import { orderIn, ordersIn } from '../support/seen.ts';
import { bringing, codeOf, ends, reasonOf, type OdooWorld } from '../support/world.ts';

interface Fixture {
  readonly title: string;
  readonly order: Json & { readonly id: number; readonly total: string; readonly total_tax: string; readonly currency: string };
  readonly setAside?: { readonly code: string; readonly says: string };
  /**
   * What differs in an Odoo that rounds each tax over the order, as a new one does, while the shop rounds it per line: by how much
   * Odoo's taxes are above the shop's, and what is labelled as rounding. In an Odoo that rounds per line nothing differs.
   */
  readonly globally?: { readonly taxApart: string; readonly rounding?: string };
  /** Set aside only there; it arrives in an Odoo that rounds per line. */
  readonly setAsideGlobally?: true;
}
const fixtures = (name: string): readonly Fixture[] =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../fixtures/odoo-orders', `${name}.json`), 'utf8'),
  ) as readonly Fixture[];

export const twenty =
  (rounds: 'globally' | 'per line') =>
  (world: () => OdooWorld): void => {
    /** The policy of this run, with a rate of the shop that the company maps to no tax of Odoo. */
    const policyOf = (): Policy => {
      const { shops, ...policy } = world().policy;
      const web = { ...shops['web']!, options: { taxes: { '75': 'nl21', '76': 'nl9', '78': 'be6' } } };
      return { ...policy, shops: { ...shops, web } };
    };
    /** What the catalogue would answer: components for one piece. */
    const componentsOf = (sku: string): readonly (readonly [number, number])[] => {
      const { tee, mug, book, archived } = world().products;
      const known: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
        'sku:TEE': [[tee, 1]],
        'sku:MUG': [[mug, 1]],
        'sku:BOOK': [[book, 1]],
        'sku:OLD': [[archived, 1]],
        'sku:TEE-6': [[tee, 6]],
        'sku:SET': [
          [tee, 1],
          [mug, 2],
        ],
      };
      return known[sku]!;
    };
    /** Odoo remembers the orders of other runs, so each run has its own ids. */
    const started = Date.now() * 100;
    const factOf = (fixture: Fixture) => {
      const billing = { ...(fixture.order['billing'] as Json), email: `${fixture.order.id}.${started}@example.test` };
      const payload = { ...fixture.order, id: started + fixture.order.id, billing };
      const report = reportsOf(woocommerce, delivery(payload), policyOf()).find(one => one.object === 'order');
      const placed = report?.facts.find(fact => fact.type === 'OrderPlaced');
      assert.ok(placed, `${fixture.title}: the shop's order is translated`);
      const { lines, order, ...data } = placed.data;
      const resolved = lines.map(line => ({
        ...line,
        components: (line.kind === 'goods' ? componentsOf(line.codes[0]!) : []).map(([product, pieces]) => ({
          owner: 'acme',
          product: String(product),
          quantityMilli: line.quantityMilli * pieces,
        })),
      }));
      const { currency, customer, sealed, placedAt, totalMinor } = data;
      return confirmed(order, resolved, { currency, customer, sealed, placedAt, totalMinor });
    };
    const cents = (text: string | undefined): number => Math.round(Number(text ?? '0') * 100);

    describe('twenty orders of a shop', () => {
      const isAside = (one: Fixture): boolean =>
        one.setAside !== undefined && (one.setAsideGlobally !== true || rounds === 'globally');
      const all = ['tax-excluded', 'tax-included', 'set-aside'].flatMap(fixtures);
      const [arriving, aside] = [all.filter(one => !isAside(one)), all.filter(isAside)];
      before(async () => {
        const { admin, run } = world();
        const [jpy] = await admin.read('res.currency', [['name', '=', 'JPY']], ['name'], { context: { active_test: false } });
        await admin.call('res.currency', 'write', [[Number(jpy?.['id'])], { active: true }]);
        await loaded(
          admin,
          'product.pricelist',
          ['id', 'name', 'currency_id/.id'],
          [[`onhand.${run}_jpy`, `${run} JPY`, Number(jpy?.['id'])]],
        );
      });
      it('arrive in one batch, all but those that are named to be set aside', async () => {
        assert.ok(arriving.length >= 20);
        const bring = bringing(world().target, policyOf());
        const results = await bring(all.map(factOf));
        const outcomes = Object.fromEntries(all.map(({ title, order }, i) => [`${order.id} ${title}`, results[i]!]));
        assert.deepEqual(
          Object.entries(outcomes)
            .map(([title, result]) => [title, ends([result])[0], result.is === 'failure' ? result.failure.message : ''])
            .filter(([, is]) => is === 'failure')
            .map(([title]) => title),
          aside.map(({ title, order }) => `${order.id} ${title}`),
          Object.values(outcomes)
            .map(result => (result.is === 'failure' ? result.failure.message : result.is))
            .join('\n'),
        );
        aside.forEach(({ setAside, title }) => {
          const result = results[all.findIndex(one => one.title === title && one.setAside === setAside)];
          assert.equal(codeOf(result), setAside?.code, title);
          assert.ok(reasonOf(result).includes(setAside?.says ?? '?'), reasonOf(result));
        });
      });
      for (const fixture of arriving)
        it(`${fixture.order['prices_include_tax'] === true ? 'taxes in the prices' : 'taxes on top'}: ${fixture.title}`, async () => {
          const { order, globally } = fixture;
          const { taxApart, rounding } = (rounds === 'globally' ? globally : undefined) ?? {};
          const seen = await orderIn(world(), `web:${started + order.id}`);
          assert.deepEqual(
            [seen.state, seen.currency, cents(String(seen.total)), cents(String(seen.tax))],
            ['sale', order.currency, cents(order.total), cents(order.total_tax) + cents(taxApart)],
          );
          assert.equal(cents(String(seen.untaxed)), cents(order.total) - cents(order.total_tax) - cents(taxApart));
          const labelled = seen.lines.filter(([name]) => name === 'rounding').map(([, , , price]) => price);
          assert.deepEqual(labelled, rounding === undefined ? [] : [Number(rounding)]);
        });
      for (const fixture of aside)
        it(`set aside: ${fixture.title}: none of it is a sale`, async () => {
          const states = (await ordersIn(world(), `web:${started + fixture.order.id}`)).map(one => one.state);
          assert.deepEqual(states, fixture.setAside?.code === 'ODOO_AMOUNTS_DIFFER' ? ['draft'] : []);
        });
    });
  };
