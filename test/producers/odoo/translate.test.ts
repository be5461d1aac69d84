/** What Odoo's rows say in the trade's words, told as the runtime tells them. */
import assert from 'node:assert/strict';
import { odoo } from '../../../producers/odoo/index.ts';
import type { StockFact } from '../../../producers/tell/stock.ts';
import { isFailure } from '../../../runtime/failure.ts';
import type { Delivery, Shop } from '../../../runtime/model.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { baselineOf, holdsOf, levelOf, line, movementOf, picking, product, productOf, quant } from '../../fixtures/odoo/rows.ts';
import { contextOf, playDeliveries } from '../../laws/producers.ts';
import { policy } from './harness.ts';

const told = (...deliveries: readonly Delivery[]): readonly StockFact[] => playDeliveries(odoo, deliveries, policy).facts;
/** Each fact as one line of its type and what counts of it. */
const short = (...deliveries: readonly Delivery[]): readonly string[] =>
  told(...deliveries).map(({ type, data }) => {
    switch (type) {
      case 'CodeDefined':
        return `${type} ${data.code} ${data.components.map(one => `${one.owner}/${one.product}`).join()}`;
      case 'CodeWithdrawn':
        return `${type} ${data.code}`;
      case 'ShipmentDispatched':
        return `${type} ${data.order} ${data.shipment} ${data.location} ${data.quantityMilli}`;
      case 'ReturnReceived':
        return `${type} ${data.order} ${data.return} ${data.location} ${data.quantityMilli}`;
      case 'StockAdjusted':
        return `${type} ${data.location} ${data.deltaMilli} ${data.reference}`;
      case 'MovementConfirmed':
        return `${type} ${data.location} ${data.deltaMilli} ${data.claim}`;
      case 'StockBaselineSet':
      case 'StockLevelSeen':
        return `${type} ${data.location} ${data.quantityMilli}`;
      case 'ExternalHoldSet':
        return `${type} ${data.location} ${data.quantityMilli} ${data.reference}`;
    }
  });
const at = (time: string): number => Date.parse(`2026-11-21T${time}Z`);

describe('a done movement of Odoo', () => {
  it('is a whole fact: dispatched for an order of ours, once per picking, product and location', () => {
    assert.deepEqual(
      told(movementOf([line(), line({ id: 71, quantity_product_uom: 1 }), line({ id: 72, location_id: [51, 'x'] })])),
      [
        {
          type: 'ShipmentDispatched',
          data: {
            company: 'acme',
            order: 'web:1001',
            shipment: 'WH/OUT/00008',
            owner: 'acme',
            product: '7',
            location: 'main',
            quantityMilli: 5000,
            dispatchedAt: at('14:00:39'),
          },
        },
      ],
    );
  });

  const none = { picking_id: false };
  const table: readonly (readonly [string, Delivery, readonly string[]])[] = [
    ['out, for an order of ours', movementOf([line()]), ['ShipmentDispatched web:1001 WH/OUT/00008 main 2000']],
    [
      'back, for an order of ours',
      movementOf([line({ location_id: [2, 'x'], location_dest_id: [51, 'x'] })], picking({ name: 'WH/IN/00005' })),
      ['ReturnReceived web:1001 WH/IN/00005 main 2000'],
    ],
    [
      'out, for a sale that no shop of ours made',
      movementOf([line()], picking({ client_order_ref: 'PO 4711' })),
      ['StockAdjusted main -2000 shipment:18'],
    ],
    [
      'out, for a shop that is none',
      movementOf([line()], picking({ client_order_ref: 'other:1' })),
      ['StockAdjusted main -2000 shipment:18'],
    ],
    [
      "out, for another company's shop",
      movementOf([line()], picking({ client_order_ref: 'abroad:1' })),
      ['StockAdjusted main -2000 shipment:18'],
    ],
    [
      'out, for a shop without an order',
      movementOf([line()], picking({ client_order_ref: 'web:' })),
      ['StockAdjusted main -2000 shipment:18'],
    ],
    ['out, without a sale', movementOf([line()], picking({ client_order_ref: null })), ['StockAdjusted main -2000 shipment:18']],
    [
      'a customer brings back what we did not sell',
      movementOf([line({ location_id: [2, 'x'], location_dest_id: [5, 'x'] })], picking({ client_order_ref: null })),
      ['StockAdjusted main 2000 return:18'],
    ],
    [
      'caused by us, though it goes to a customer of ours',
      movementOf([line()], picking({ origin: 'onhand:count/7' })),
      ['MovementConfirmed main -2000 onhand:count/7'],
    ],
    [
      'a count of ours, by the reference of its move',
      movementOf([line({ ...none, location_dest_id: [11, 'x'], reference: 'onhand:count/8' })], null),
      ['MovementConfirmed main -2000 onhand:count/8'],
    ],
    [
      'a count of somebody else',
      movementOf([line({ ...none, location_dest_id: [11, 'x'] })], null),
      ['StockAdjusted main -2000 line:70'],
    ],
    [
      'goods received',
      movementOf([line({ location_id: [4, 'x'], location_dest_id: [5, 'x'] })], picking({ client_order_ref: null })),
      ['StockAdjusted main 2000 line:70'],
    ],
    [
      'a transfer is two deltas',
      movementOf([line({ location_dest_id: [6, 'x'] })], picking({ client_order_ref: null })),
      ['StockAdjusted main -2000 line:70', 'StockAdjusted store 2000 line:70'],
    ],
    ['within a location, from its shelf', movementOf([line({ location_id: [51, 'x'], location_dest_id: [5, 'x'] })]), []],
    ['to its scrap', movementOf([line({ location_dest_id: [52, 'x'] })]), ['StockAdjusted main -2000 line:70']],
    ['one that only begins like it', movementOf([line({ location_id: [53, 'x'], location_dest_id: [2, 'x'] })]), []],
    ['between locations that are not ours', movementOf([line({ location_id: [9, 'x'] })]), []],
    ['of a location that another authors', movementOf([line({ location_id: [13, 'x'] })]), []],
    ['nothing at all', movementOf([line({ quantity_product_uom: 0 })]), []],
    [
      'one step of several of a delivery',
      movementOf([line({ location_dest_id: [9, 'x'] })]),
      ['StockAdjusted main -2000 line:70'],
    ],
  ];
  for (const [what, delivery, expected] of table)
    it(`${what}: ${expected.join(', ') || 'says nothing'}`, () => assert.deepEqual(short(delivery), expected));

  it('before the ledger begins is in the baseline; at its beginning it counts', () => {
    const of = (date: string) => movementOf([line({ date, write_date: '2026-11-21 15:00:00' })]);
    assert.deepEqual(short(of('2026-11-21 12:59:59')), []);
    assert.equal(told(of('2026-11-21 13:00:00')).length, 1);
    const [baseline] = told(baselineOf([]));
    assert.equal(baseline?.type === 'StockBaselineSet' && baseline.data.takenAt, at('13:00:00') - 1);
  });
  it('counts the difference when its quantity is changed afterwards, also to nothing, and keeps what it was', () => {
    const changed = (quantity: number, time: string) =>
      movementOf([line({ quantity_product_uom: quantity, write_date: `2026-11-21 ${time}` })]);
    const facts = told(movementOf([line()]), changed(3.5, '14:10:00'), changed(0, '14:20:00'));
    assert.deepEqual(
      facts.map(fact => [
        fact.type,
        'deltaMilli' in fact.data ? fact.data.deltaMilli : null,
        'happenedAt' in fact.data && fact.data.happenedAt,
      ]),
      [
        ['ShipmentDispatched', null, false],
        ['StockAdjusted', -1500, at('14:10:00')],
        ['StockAdjusted', 3500, at('14:20:00')],
      ],
    );
    assert.equal(new Set(facts.map(fact => ('reference' in fact.data ? fact.data.reference : ''))).size, 3);
  });
  it('counts the difference when it is put elsewhere afterwards', () => {
    const moved = movementOf([line({ location_id: [6, 'x'], write_date: '2026-11-21 14:10:00' })]);
    assert.deepEqual(short(movementOf([line()]), moved).slice(1), [
      'StockAdjusted main 2000 shipment:18@1795270200000',
      'StockAdjusted store -2000 shipment:18@1795270200000',
    ]);
  });
  it('is not counted again when its sale order names our order only later', () => {
    const before = movementOf([line()], picking({ client_order_ref: null }));
    const after = movementOf([line({ write_date: '2026-11-21 14:10:00' })]);
    assert.deepEqual(short(before, after), ['StockAdjusted main -2000 shipment:18']);
  });
  it('says the correction when a location is mapped later and the same delivery is told again', () => {
    const transfer = movementOf([line({ location_dest_id: [6, 'x'] })], picking({ client_order_ref: null }));
    const { store: _, ...locations } = policy.companies['acme']!.authority.locations;
    const smaller: Policy = {
      ...policy,
      companies: { acme: { ...policy.companies['acme']!, authority: { ...policy.companies['acme']!.authority, locations } } },
    };
    const before = playDeliveries(odoo, [transfer], smaller);
    const after = playDeliveries(odoo, [transfer], policy, before).facts.slice(before.facts.length);
    assert.deepEqual(
      after.map(fact => fact.type === 'StockAdjusted' && [fact.data.location, fact.data.deltaMilli]),
      [['store', 2000]],
    );
  });
  it('is set aside when its quantity is no number of thousandths, or a location is not told', () => {
    for (const wrong of [
      movementOf([line({ quantity_product_uom: 0.12345 })]),
      movementOf([line({ quantity_product_uom: '2' })]),
      movementOf([line({ location_id: [99, 'x'] })]),
      movementOf([line({ date: '2026-11-31 10:00:00' })]),
      movementOf([line({ date: '2026-11-21T10:00:00Z' })]),
    ])
      assert.throws(
        () => odoo.translate(wrong, contextOf(wrong, policy)),
        error => isFailure(error) && error.kind === 'poison' && error.code === 'DELIVERY_UNTRANSLATABLE',
      );
  });
  it("takes the noise of Odoo's sums for what was meant", () => {
    assert.deepEqual(short(movementOf([line({ quantity_product_uom: 0.1 + 0.2 })])), [
      'ShipmentDispatched web:1001 WH/OUT/00008 main 300',
    ]);
  });
});

describe('the baseline', () => {
  it('is what lies there less what was done since, over split quants and shelves, for every location of ours', () => {
    const since = [line(), line({ id: 71, location_id: [4, 'x'], location_dest_id: [6, 'x'], quantity_product_uom: 3 })];
    const before = line({ id: 72, date: '2026-11-21 12:59:59', quantity_product_uom: 50 });
    assert.deepEqual(
      short(baselineOf([quant(5, 8), quant(5, 1.5, 50), quant(51, 0.5), quant(6, 4), quant(9, 77)], [...since, before])),
      ['StockBaselineSet main 12000', 'StockBaselineSet store 1000'],
    );
  });
  it('is 0 where nothing lies, and may be below', () => {
    assert.deepEqual(short(baselineOf([quant(6, -2)])), ['StockBaselineSet main 0', 'StockBaselineSet store -2000']);
  });
  it('is said once, also when it is computed again with another result', () => {
    assert.equal(told(baselineOf([quant(5, 8)]), baselineOf([quant(5, 9)]), baselineOf([quant(5, 1)])).length, 2);
  });
});

describe('a product', () => {
  const both = ['CodeDefined sku:TEE-S acme/7', 'CodeDefined barcode:4000000000011 acme/7'];
  it('defines its codes, one of it each', () => {
    const [fact] = told(productOf());
    assert.deepEqual(fact, {
      type: 'CodeDefined',
      data: {
        company: 'acme',
        code: 'sku:TEE-S',
        revision: 2001,
        components: [{ owner: 'acme', product: '7', quantityMilli: 1000 }],
      },
    });
    assert.deepEqual(short(productOf()), both);
  });
  it('says nothing when it is read again, or written otherwise', () => {
    assert.deepEqual(short(productOf(), productOf({}, 2000), productOf({ write_date: '2026-11-22 10:00:00' }, 3000)), both);
  });
  it('withdraws them when it is archived, deleted, no goods any more, or loses them', () => {
    const withdrawn = ['CodeWithdrawn sku:TEE-S', 'CodeWithdrawn barcode:4000000000011'];
    for (const end of [
      productOf({ active: false }, 2000),
      productOf({}, 2000, { gone: true }),
      productOf({ is_storable: false }, 2000),
      productOf({ default_code: false, barcode: false }, 2000),
    ])
      assert.deepEqual(short(productOf(), end), [...both, ...withdrawn]);
  });
  it('withdraws the old and defines the new when it is renamed', () => {
    assert.deepEqual(short(productOf(), productOf({ default_code: 'TEE-SMALL' }, 2000)), [
      ...both,
      'CodeWithdrawn sku:TEE-S',
      'CodeDefined sku:TEE-SMALL acme/7',
    ]);
  });
  it('defines nothing with a code that another has too, and does when it is alone again', () => {
    const shared = (sku: boolean, readAt: number) => productOf({}, readAt, { shared: { sku, barcode: false } });
    assert.deepEqual(short(shared(true, 1000)), ['CodeDefined barcode:4000000000011 acme/7']);
    assert.deepEqual(short(productOf(), shared(true, 2000), shared(false, 3000)), [
      ...both,
      'CodeWithdrawn sku:TEE-S',
      'CodeDefined sku:TEE-S acme/7',
    ]);
  });
  it('outranks, with what it defines, a withdrawal of the same reading: the code went from one product to the other', () => {
    const renamed = told(productOf(), productOf({ default_code: 'OLD' }, 2000));
    const taken = told(productOf({ id: 8, default_code: 'TEE-S' }, 2000));
    const revision = (facts: readonly StockFact[], type: string) =>
      facts.flatMap(fact =>
        fact.type === type && 'code' in fact.data && fact.data.code === 'sku:TEE-S' ? fact.data.revision : [],
      );
    assert.ok(revision(taken, 'CodeDefined')[0]! > revision(renamed, 'CodeWithdrawn')[0]!);
  });
  it('says nothing of what is no goods, or has no code', () => {
    assert.deepEqual(short(productOf({ is_storable: false })), []);
    assert.deepEqual(short(productOf({ default_code: false, barcode: ' ' })), []);
  });
  it('is of the owner that the shop names, when locations have several', () => {
    const several = (options: Shop['options']): Policy => {
      const { acme } = policy.companies as { readonly acme: Policy['companies'][string] };
      const hub = { owner: 'hub', author: 'odoo', odooLocation: 'HUB/Stock', odooWarehouse: 'HUB' };
      const authority = { ...acme.authority, locations: { ...acme.authority.locations, hub } };
      return {
        ...policy,
        companies: { acme: { ...acme, authority } },
        shops: { ...policy.shops, odoo: { ...policy.shops['odoo']!, options } },
      };
    };
    const translate = (options: Shop['options']) => odoo.translate(productOf(), contextOf({ shop: 'odoo' }, several(options)));
    const defined = translate({ owner: 'hub' }).flatMap(report => report.facts.filter(fact => fact.type === 'CodeDefined'));
    assert.equal(defined[0]?.data.components[0]?.owner, 'hub');
    assert.throws(() => translate({}), /several owners/);
    assert.deepEqual(
      [{}, { owner: 'hub' }, { owner: 7 }].map(options => odoo.checkShop({ ...policy.shops['odoo']!, options }).length),
      [0, 0, 1],
    );
  });
});

describe('demand in Odoo', () => {
  const foreign = picking({ id: 30, client_order_ref: null });
  const reserved = (fields: object = {}) => line({ picking_id: [30, 'WH/OUT/00030'], ...fields });
  it('that is not ours holds back, summed per picking and location', () => {
    assert.deepEqual(
      short(
        holdsOf(
          [reserved(), reserved({ id: 71, location_id: [51, 'x'] }), reserved({ id: 72, location_id: [6, 'x'] })],
          [foreign],
        ),
      ),
      ['ExternalHoldSet main 4000 picking:30', 'ExternalHoldSet store 2000 picking:30'],
    );
  });
  it('of an order of ours, or caused by us, holds nothing back: we hold it ourselves', () => {
    assert.deepEqual(short(holdsOf([line()], [picking()])), []);
    assert.deepEqual(short(holdsOf([reserved()], [picking({ id: 30, client_order_ref: null, origin: 'onhand:7' })])), []);
  });
  it('without a picking is named by its move', () => {
    assert.deepEqual(short(holdsOf([reserved({ picking_id: false })], [])), ['ExternalHoldSet main 2000 move:42']);
  });
  it('that only puts goods elsewhere in the location, or lies where we do not count, is none', () => {
    assert.deepEqual(short(holdsOf([reserved({ location_dest_id: [51, 'x'] })], [foreign])), []);
    assert.deepEqual(short(holdsOf([reserved({ location_id: [9, 'x'] })], [foreign])), []);
    assert.deepEqual(short(holdsOf([reserved({ location_dest_id: [6, 'x'] })], [foreign])), [
      'ExternalHoldSet main 2000 picking:30',
    ]);
  });
  it('is absolute: it changes, is said once, and ends', () => {
    const ended = { reference: 'picking:30', location_id: 5 };
    assert.deepEqual(
      short(
        holdsOf([reserved()], [foreign], 1000),
        holdsOf([reserved()], [foreign], 2000),
        holdsOf([reserved({ quantity_product_uom: 1 })], [foreign], 3000),
        holdsOf([], [], 4000, [ended]),
        holdsOf([], [], 5000, [ended]),
      ),
      ['ExternalHoldSet main 2000 picking:30', 'ExternalHoldSet main 1000 picking:30', 'ExternalHoldSet main 0 picking:30'],
    );
  });
  it('that ended on one shelf of a location goes on on the others', () => {
    const ended = { reference: 'picking:30', location_id: 51 };
    assert.deepEqual(short(holdsOf([reserved()], [foreign], 1000), holdsOf([reserved()], [foreign], 2000, [ended])), [
      'ExternalHoldSet main 2000 picking:30',
    ]);
  });
  it('that was never told needs no end', () => {
    assert.deepEqual(short(holdsOf([], [], 1000, [{ reference: 'picking:9', location_id: 5 }])), []);
  });
});

describe('a level', () => {
  it('is evidence, each time, for every location of ours', () => {
    const seen = levelOf([quant(5, 8), quant(51, 1)], 5000);
    assert.deepEqual(short(seen, seen), ['StockLevelSeen main 9000', 'StockLevelSeen store 0']);
    assert.equal(told(seen, levelOf([quant(5, 9)], 6000)).length, 4);
    const [fact] = told(seen);
    assert.equal(fact?.type === 'StockLevelSeen' && fact.data.seenAt, 5000);
  });
});

it('a delivery about something else is set aside', () => {
  const other = { ...productOf(), about: 'price', body: product() };
  assert.throws(() => odoo.translate(other, contextOf(other, policy)), /about price/);
});
