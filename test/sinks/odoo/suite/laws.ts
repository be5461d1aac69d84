/** The laws of a sink, on orders that are confirmed, changed, withdrawn and wanted again. */
import fc from 'fast-check';
import { odoo } from '../../../../sinks/odoo/index.ts';
import type { In } from '../../../../sinks/odoo/plan.ts';
import type { Policy } from '../../../../schemas/policy.ts';
import { sinkLaws } from '../../../laws/sinks.ts';
import { confirmed, inclusive, lineOf, withdrawn, type LineParts } from '../support/facts.ts';
import type { OdooWorld } from '../support/world.ts';

/** A line id stands for one product, as a channel's does; everything else of it may change. */
const ids = ['1', '2', '3', '4'] as const;
const kindOf = { '1': 'goods', '2': 'goods', '3': 'shipping', '4': 'fee' } as const;
const line = fc.record({
  line: fc.constantFrom(...ids),
  pieces: fc.integer({ min: 1, max: 7 }),
  amount: fc.integer({ min: 0, max: 30_000 }),
  tax: fc.constantFrom('nl21', 'nl9', 'nl0', null),
  included: fc.boolean(),
});
const change = fc.record({
  step: fc.integer({ min: 1, max: 3 }),
  lines: fc.uniqueArray(line, { minLength: 1, selector: one => one.line }),
});
const end = fc.record({ step: fc.integer({ min: 1, max: 3 }), lines: fc.constant(null) });
const decisions = fc.array(fc.oneof({ arbitrary: change, weight: 3 }, { arbitrary: end, weight: 1 }), {
  minLength: 1,
  maxLength: 5,
});

export const laws =
  (runs: number) =>
  (world: () => OdooWorld): void => {
    const made = (one: {
      readonly line: (typeof ids)[number];
      readonly pieces: number;
      readonly amount: number;
      readonly tax: string | null;
      readonly included: boolean;
    }) => {
      const kind = kindOf[one.line];
      const { tee, mug } = world().products;
      const parts: LineParts = {
        line: one.line,
        kind,
        tax: one.tax,
        pieces: kind === 'goods' ? one.pieces : 1,
        product: one.line === '1' ? tee : mug,
      };
      const amount = kind === 'fee' ? -Math.round(one.amount / 100) : one.amount;
      return one.included ? inclusive(amount, parts) : lineOf({ ...parts, netMinor: amount });
    };
    // Odoo rounds each tax over the order, these lines each for itself: up to half a cent of each.
    const lenient = (policy: Policy): Policy => {
      const { acme } = policy.companies;
      return { ...policy, companies: { acme: { ...acme!, odoo: { ...acme!.odoo, roundingMinor: 3 } } } };
    };
    const history = fc.array(decisions, { minLength: 1, maxLength: 2 }).map(
      orders =>
        (run: string): readonly In[] =>
          orders.flatMap((steps, n) => {
            let revision = 0;
            const order = world().order(`${run}-${n}`);
            return steps.map(({ step, lines }) => {
              revision += step;
              if (lines === null) return withdrawn(order, revision);
              return confirmed(order, lines.map(made), { revision, customer: `web:${world().run}law` });
            });
          }),
    );
    sinkLaws<In>({
      sink: odoo,
      target: () => world().target,
      policy: () => lenient(world().policy),
      history,
      runs,
      callMs: 60_000,
      holds: async facts => {
        const references = [...new Set(facts.map(fact => (fact.data as { readonly order: string }).order))];
        const orders = await world().admin.read(
          'sale.order',
          [['client_order_ref', 'in', references]],
          ['state', 'amount_total', 'origin', 'write_date'],
        );
        const lines = await world().admin.read(
          'sale.order.line',
          [['order_id', 'in', orders.map(order => Number(order['id']))]],
          ['product_uom_qty', 'price_unit', 'write_date'],
        );
        return { orders, lines };
      },
    });
  };
