/** The laws of every producer, for Odoo: any deliveries about one product, in any order. */
import fc from 'fast-check';
import { odoo } from '../../../producers/odoo/index.ts';
import { baselineOf, holdsOf, levelOf, line, movementOf, picking, productOf, quant } from '../../fixtures/odoo/rows.ts';
import { producerLaws } from '../../laws/producers.ts';
import { policy } from './harness.ts';

const inner = fc.constantFrom(5, 6, 51, 9);
const outer = fc.constantFrom(2, 4, 11, 52);
const quantities = fc.constantFrom(0, 0.5, 1, 2);
const seconds = fc.integer({ min: 10, max: 14 });
const pickings = fc
  .record({
    id: fc.constantFrom(18, 19),
    ref: fc.constantFrom('web:1001', 'other', null),
    origin: fc.constantFrom('S1', 'onhand:1'),
  })
  .map(({ id, ref, origin }) => picking({ id, client_order_ref: ref, origin }));
const movements = fc
  .record({
    id: fc.constantFrom(70, 71),
    side: fc.boolean(),
    inner,
    outer,
    quantity: quantities,
    second: seconds,
    from: fc.option(pickings),
    settled: fc.boolean(),
    later: fc.nat(2),
  })
  .map(one => {
    const [source, target] = one.side ? [one.inner, one.outer] : [one.outer, one.inner];
    const fields = {
      id: one.id,
      picking_id: one.from === null ? false : [one.from['id'], 'x'],
      location_id: [source, 'x'],
      location_dest_id: [target, 'x'],
      quantity_product_uom: one.quantity,
      write_date: `2026-11-21 14:00:${one.second}`,
    };
    return movementOf([line(fields)], one.from, {
      settled: one.settled,
      readAt: Date.UTC(2026, 10, 21, 14, 0, one.second + one.later),
    });
  });
const products = fc
  .record({ code: fc.constantFrom('A', 'B', false), active: fc.boolean(), readAt: fc.nat(4), sku: fc.boolean() })
  .map(({ code, active, readAt, sku }) => productOf({ default_code: code, active }, readAt, { shared: { sku, barcode: false } }));
const baselines = fc.tuple(inner, quantities).map(([location, quantity]) => baselineOf([quant(location, quantity)]));
const holds = fc
  .record({ at: inner, quantity: quantities, readAt: fc.nat(4), from: pickings, isGone: fc.boolean() })
  .map(({ at, quantity, readAt, from, isGone }) =>
    isGone
      ? holdsOf([], [], readAt, [{ reference: 'picking:18', location_id: at }])
      : holdsOf([line({ location_id: [at, 'x'], quantity_product_uom: quantity })], [from], readAt),
  );
const levels = fc
  .tuple(inner, quantities, fc.nat(4))
  .map(([location, quantity, readAt]) => levelOf([quant(location, quantity)], readAt));

producerLaws(odoo, fc.oneof({ weight: 3, arbitrary: movements }, products, baselines, holds, levels), policy, 200);
