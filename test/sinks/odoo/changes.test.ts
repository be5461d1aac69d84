import assert from 'node:assert/strict';
import type { OrderConfirmed, ResolvedLine } from '../../../schemas/generated/facts.ts';
import type { Found, FoundLine, FoundOrder } from '../../../sinks/odoo/contract.ts';
import { policyWith, acme } from '../../support/policy.ts';
import { confirmed, lineOf, withdrawn } from './support/facts.ts';
import { calls, empty, madeOf, planned, refused, shown, withLines } from './support/found.ts';

const mug = lineOf({ line: '5', pieces: 2, netMinor: 2000 });
const tea = lineOf({ line: '6', product: 43, tax: 'nl9' });
const ship = lineOf({ line: '7', kind: 'shipping', netMinor: 495 });
const placed = confirmed('web:1', [mug, tea, ship]);
const made = madeOf(planned(placed, empty));
const withOrder = (order: FoundOrder): Found => ({ ...empty, order, partner: { address: {} as never, deliveries: [] } });
const changed = (lines: readonly ResolvedLine[], parts: Partial<OrderConfirmed> = {}) =>
  confirmed('web:1', lines, { revision: 4, ...parts });
const line = (at: number, quantity: string, unitPrice: string, taxes: readonly number[] | null = null) => ({
  do: 'line',
  line: 100 + at,
  quantity,
  unitPrice,
  taxes,
});

describe('odoo: an order that is there', () => {
  it('is left alone when nothing differs', () => assert.deepEqual(planned(placed, withOrder(made)), []));
  it('is confirmed while it is a quotation, sent or not', () => {
    for (const state of ['draft', 'sent'] as const)
      assert.deepEqual(calls(planned(placed, withOrder({ ...made, state }))), [
        { do: 'confirm', order: 16, total: '41.09', leastTax: '6.12', mostTax: '6.16', currency: 'EUR' },
      ]);
  });
  it('is left alone though its products and taxes are archived by now', () => {
    const archived = <T extends Record<string, { id: number }>>(all: T) =>
      Object.fromEntries(Object.entries(all).map(([key, one]) => [key, { ...one, archived: true }]));
    const { products, services, taxes } = empty;
    const found = { products: archived(products), services: archived(services), taxes: archived(taxes) };
    assert.deepEqual(planned(placed, { ...withOrder(made), ...found }), []);
    refused(changed([mug, tea, ship, lineOf({ line: '8' })]), { ...withOrder(made), ...found }, 'ODOO_PRODUCT_UNKNOWN', /line 8/);
  });
  it('is set aside when it is in another currency', () =>
    refused(placed, withOrder({ ...made, currency: 'USD' }), 'ODOO_AMOUNTS_DIFFER', /in USD there and in EUR at the channel/));
  it('keeps lines that people made, as long as the total is right', () => {
    const theirs: FoundLine = { ...made.lines[0]!, id: 150, externalId: null, quantityMilli: 7000, unitPrice: '0' };
    assert.deepEqual(planned(placed, withOrder({ ...made, lines: [...made.lines, theirs] })), []);
  });
});

describe('odoo: an order that was changed at a higher revision', () => {
  it('gets another quantity together with its price: alone it would bring the list price back', () =>
    assert.deepEqual(
      calls(
        planned(
          changed([
            { ...mug, quantityMilli: 1000, netMinor: 1000, components: [{ ...mug.components[0]!, quantityMilli: 1000 }] },
            tea,
            ship,
          ]),
          withOrder(made),
        ),
      ),
      [line(0, '1', '10.00')],
    ));
  it('gets another price', () =>
    assert.deepEqual(calls(planned(changed([lineOf({ line: '5', pieces: 2, netMinor: 1800 }), tea, ship]), withOrder(made))), [
      line(0, '2', '9.00'),
    ]));
  it('gets other taxes', () =>
    assert.deepEqual(
      calls(planned(changed([lineOf({ line: '5', pieces: 2, netMinor: 2000, tax: 'nl9' }), tea, ship]), withOrder(made))),
      [line(0, '2', '10.00', [3])],
    ));
  it('gets its own price back where somebody gave a discount in Odoo', () =>
    assert.deepEqual(calls(planned(placed, withOrder(withLines(made, { 1: { discounted: true } })))), [line(1, '1', '10.00')]));
  it('gets a new line, only that', () => {
    const [call, ...rest] = planned(changed([mug, tea, ship, lineOf({ line: '8', product: 44 })]), withOrder(made));
    assert.ok(call?.do === 'lines' && rest.length === 0);
    assert.deepEqual([call.order, call.lines.map(one => one.externalId)], [16, ['order_acme_web:1_l8']]);
  });
  it('loses a dropped line: nothing of it remains wanted but what was delivered', () => {
    assert.deepEqual(calls(planned(changed([mug]), withOrder(made))), [line(1, '0', '10'), line(2, '0', '4.95')]);
    const sent = withLines(made, { 0: { deliveredMilli: 500 } });
    assert.deepEqual(calls(planned(changed([tea, ship]), withOrder(sent))), [line(0, '0.5', '10')]);
    const rest = withLines(sent, { 0: { deliveredMilli: 500, quantityMilli: 500 } });
    assert.deepEqual(planned(changed([tea, ship]), withOrder({ ...rest, totalMinor: 1689, taxMinor: 194 })), []);
  });
  it('gets a dropped line back when it is wanted again', () =>
    assert.deepEqual(calls(planned(placed, withOrder(withLines(made, { 1: { quantityMilli: 0 } })))), [line(1, '1', '10.00')]));
  it('is set aside when a line is of another product there', () =>
    refused(
      placed,
      withOrder(withLines(made, { 1: { product: 44 } })),
      'ODOO_REFUSED',
      /_l6 is of product 44 there and of 43 here/,
    ));
  it('is unlocked for its changes and locked again', () =>
    assert.deepEqual(calls(planned(changed([mug, ship]), withOrder({ ...made, locked: true }))), [
      { do: 'unlock', order: 16 },
      line(1, '0', '10'),
      { do: 'lock', order: 16 },
    ]));
  it('is shown line by line', () =>
    assert.deepEqual(shown(planned(changed([mug, ship]), withOrder(made))), ['change web:1, line order_acme_web:1_l6: 0 at 10']));
});

describe("odoo: a total that is not the channel's", () => {
  const quotation = (totalMinor: number, parts: Partial<FoundOrder> = {}): Found =>
    withOrder({ ...made, state: 'draft', totalMinor, ...parts });
  const label = (unitPrice: string) => ({
    do: 'lines',
    order: 16,
    lines: [{ externalId: 'order_acme_web:1_rounding', product: 91, name: 'Rounding', quantity: '1', unitPrice, taxes: [] }],
  });
  const rounding = (unitPrice: string): FoundLine => ({
    ...made.lines[2]!,
    id: 160,
    externalId: 'order_acme_web:1_rounding',
    product: 91,
    unitPrice,
    taxes: [],
  });

  it('is made right by a line called rounding, without tax, while it is within the policy', () => {
    assert.deepEqual(calls(planned(placed, quotation(4108))), [label('0.01')]);
    assert.deepEqual(calls(planned(placed, quotation(4110))), [label('-0.01')]);
    assert.deepEqual(shown(planned(placed, quotation(4108))), ['label 0.01 EUR of web:1 as rounding']);
  });
  it('sets the order aside when it is more; it stays a quotation', () => {
    refused(
      placed,
      quotation(4107),
      'ODOO_AMOUNTS_DIFFER',
      /is 41\.07 there and 41\.09 EUR at the channel; more than 0\.01 cannot/,
    );
    const none = policyWith({ odoo: { ...acme.odoo, roundingMinor: 0 } });
    refused(placed, quotation(4108), 'ODOO_AMOUNTS_DIFFER', /more than 0\.00/, none);
  });
  it('is compared after the lines are right, not before', () =>
    assert.deepEqual(calls(planned(placed, quotation(1000, withLines(made, { 0: { quantityMilli: 1000 } })))), [
      line(0, '2', '10.00'),
    ]));
  it('has its rounding corrected, not added again, when the order changes', () => {
    const lines = [...made.lines, rounding('0.01')];
    assert.deepEqual(
      calls(planned(placed, quotation(4109, { lines }))).map(call => (call as { do: string }).do),
      ['confirm'],
    );
    assert.deepEqual(calls(planned(placed, quotation(4110, { lines }))), [{ ...line(0, '1', '0.00'), line: 160 }]);
    assert.deepEqual(calls(planned(placed, quotation(4111, { lines }))), [{ ...line(0, '1', '-0.01'), line: 160 }]);
    refused(placed, quotation(4108, { lines }), 'ODOO_AMOUNTS_DIFFER', /is 41\.07 there/);
  });
  it('of taxes is told by itself: with taxes in the prices, another rate leaves the total as it was', () => {
    const taxes = (taxMinor: number) => quotation(4109, { taxMinor });
    assert.equal(planned(placed, taxes(612)).length, 1);
    assert.equal(planned(placed, taxes(616)).length, 1);
    refused(placed, taxes(611), 'ODOO_AMOUNTS_DIFFER', /taxes are 6\.11 there and 6\.14 EUR at the channel; compare the rates/);
    refused(placed, withOrder({ ...made, taxMinor: 617 }), 'ODOO_AMOUNTS_DIFFER', /taxes are 6\.17 there/);
  });
  it('cannot be called rounding where the fee product is missing: the order is set aside, naming it', () =>
    refused(
      placed,
      { ...quotation(4108), services: { SHIP: { id: 90, archived: false } } },
      'ODOO_PRODUCT_UNKNOWN',
      /rounding.*FEE/,
    ));
});

describe('odoo: a withdrawn order', () => {
  const off = withdrawn('web:1', 6);
  const cancel = { do: 'cancel', order: 16, origin: 'web (withdrawn)' };

  it('needs nothing when it was never there, or is cancelled', () => {
    assert.deepEqual(planned(off, empty), []);
    assert.deepEqual(planned(off, withOrder({ ...made, state: 'cancel' })), []);
  });
  it('is cancelled while nothing is delivered, a quotation too', () => {
    for (const state of ['draft', 'sent', 'sale'] as const)
      assert.deepEqual(calls(planned(off, withOrder({ ...made, state }))), [cancel]);
  });
  it('is unlocked first where it is locked', () =>
    assert.deepEqual(calls(planned(off, withOrder({ ...made, locked: true }))), [{ do: 'unlock', order: 16 }, cancel]));
  it('keeps what was delivered: the rest of the goods is taken off at their price, services stay', () => {
    const sent = withLines(made, { 0: { deliveredMilli: 1000 } });
    assert.deepEqual(calls(planned(off, withOrder(sent))), [line(0, '1', '10'), line(1, '0', '10')]);
    assert.deepEqual(
      calls(planned(off, withOrder({ ...sent, locked: true }))).map(call => (call as { do: string }).do),
      ['unlock', 'line', 'line', 'lock'],
    );
  });
  it('keeps what people put on it when a part of it was delivered', () => {
    const sent = withLines(made, { 0: { deliveredMilli: 2000 }, 1: { externalId: null } });
    assert.deepEqual(planned(off, withOrder(sent)), []);
  });
  it('needs nothing when all goods are delivered', () =>
    assert.deepEqual(planned(off, withOrder(withLines(made, { 0: { deliveredMilli: 2000 }, 1: { deliveredMilli: 1000 } }))), []));
  it('is cancelled though a service counts as delivered', () =>
    assert.deepEqual(calls(planned(off, withOrder(withLines(made, { 2: { deliveredMilli: 1000 } })))), [cancel]));
});

describe('odoo: a cancelled order that is wanted', () => {
  it('is made a quotation again when it was us who cancelled it', () =>
    assert.deepEqual(calls(planned(changed([mug]), withOrder({ ...made, state: 'cancel', origin: 'web (withdrawn)' }))), [
      { do: 'reopen', order: 16, origin: 'web' },
    ]));
  it('is set aside when a person cancelled it in Odoo', () =>
    refused(placed, withOrder({ ...made, state: 'cancel' }), 'ODOO_REFUSED', /somebody cancelled it there; set it to quotation/));
});
