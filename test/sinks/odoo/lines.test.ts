import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactPrice, priced, quantityText } from '../../../sinks/odoo/plan-lines.ts';
import { policyWith, acme } from '../../support/policy.ts';
import { seed } from '../../laws/processors.ts';
import { confirmed, inclusive, lineOf, type LineParts } from './support/facts.ts';
import { empty, only, planned, refused, taxIds } from './support/found.ts';
import type { OrderConfirmed, ResolvedLine } from '../../../schemas/generated/facts.ts';
import type { Found } from '../../../sinks/odoo/contract.ts';

/** `[external id, product, quantity, unit price, taxes]` of the lines that are made. */
const madeIn = (found: Found, lines: readonly ResolvedLine[], parts: Partial<OrderConfirmed> = {}) =>
  only(planned(confirmed('web:1', lines, parts), found), 'order').order.lines.map(line => [
    line.externalId.replace('order_acme_web:1_', ''),
    line.product,
    line.quantity,
    line.unitPrice,
    line.taxes,
  ]);
const made = (...lines: readonly ResolvedLine[]) => madeIn(empty, lines);
/** As Odoo was up to 18. */
const rounding: Found = { ...empty, priceDigits: 2 };
const goods = (parts: Omit<LineParts, 'line'>): ResolvedLine => lineOf({ line: '5', ...parts });

describe("odoo: an amount over a quantity, in prices of the currency's minor unit", () => {
  const split = (quantityMilli: number, minor: number) =>
    priced(quantityMilli, minor).map(one => [one.quantityMilli, one.unitMinor]);

  it('is one price where it divides', () => assert.deepEqual(split(3000, 900), [[3000, 300]]));
  it('is two prices where it does not: 3 pieces for 10.00 are two at 3.33 and one at 3.34', () =>
    assert.deepEqual(split(3000, 1000), [
      [2000, 333],
      [1000, 334],
    ]));
  it('keeps the sign of what is taken off', () =>
    assert.deepEqual(split(3000, -1000), [
      [2000, -333],
      [1000, -334],
    ]));
  it('gives pieces for nothing the price 0', () => assert.deepEqual(split(2000, 0), [[2000, 0]]));
  it('is exact for a part of a unit beside whole ones: 1.5 for 10.00', () =>
    assert.deepEqual(split(1500, 1000), [
      [500, 666],
      [1000, 667],
    ]));
  it('takes the nearest price for less than one unit', () => {
    assert.deepEqual(split(750, 1000), [[750, 1333]]);
    assert.deepEqual(split(600, -100), [[600, -167]]);
  });
  it(`never loses quantity, is exact for whole units, and off by less than one minor unit for parts (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (quantity, minor) => {
        for (const one of [quantity, quantity * 1000]) {
          const parts = priced(one, minor);
          assert.equal(
            parts.reduce((sum, part) => sum + part.quantityMilli, 0),
            one,
          );
          assert.ok(parts.length <= 2 && parts.every(part => part.quantityMilli > 0 && Number.isSafeInteger(part.unitMinor)));
          const milli = parts.reduce((sum, part) => sum + BigInt(part.quantityMilli) * BigInt(part.unitMinor), 0n);
          const off = milli - BigInt(minor) * 1000n;
          assert.ok(
            one % 1000 === 0 ? off === 0n : off > -1000n && off < 1000n,
            `${one} for ${minor}: off by ${off} thousandths`,
          );
        }
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe('odoo: a unit price with all its digits', () => {
  it('is plain where it divides, with the decimals of its currency', () =>
    assert.deepEqual(
      [
        exactPrice(2000, 2000, 'EUR'),
        exactPrice(4000, 1001, 'EUR'),
        exactPrice(1000, -250, 'EUR'),
        exactPrice(3000, 0, 'EUR'),
        exactPrice(8000, 1, 'JPY'),
      ],
      ['10.00', '2.5025', '-2.50', '0.00', '0.125'],
    ));
  it(`comes to the amount in Odoo's floats, for any quantity and amount (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: -(10 ** 10), max: 10 ** 10 }),
        fc.constantFrom(['EUR', 100], ['JPY', 1], ['KWD', 1000]),
        (quantityMilli, minor, [currency, units]) => {
          const comesTo = Number(exactPrice(quantityMilli, minor, currency)) * (quantityMilli / 1000) * (units as number);
          assert.ok(Math.abs(comesTo - minor) < 1e-4, `${quantityMilli} for ${minor} ${currency} comes to ${comesTo}`);
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });
});

describe('odoo: quantities as text', () => {
  it('are decimals without needless zeros', () =>
    assert.deepEqual([1000, 10_000, 1500, 20, 1, 0, -1500].map(quantityText), ['1', '10', '1.5', '0.02', '0.001', '0', '-1.5']));
});

describe('odoo: the lines of an order', () => {
  it('have the net price with the tax on top where the channel asked so', () =>
    assert.deepEqual(made(goods({ pieces: 2, netMinor: 2000 })), [['l5', 42, '2', '10.00', [taxIds['21% S']]]]));
  it('have the gross price with the tax in it where the channel asked so', () =>
    assert.deepEqual(made(inclusive(2420, { line: '5', pieces: 2 })), [['l5', 42, '2', '12.10', [taxIds['21% S incl']]]]));
  it('carry each its own tax, two taxes, or none', () => {
    const two: ResolvedLine = {
      ...goods({ netMinor: 1000 }),
      line: '7',
      taxes: [
        { code: 'nl21', amountMinor: 210 },
        { code: 'nl9', amountMinor: 90 },
      ],
      grossMinor: 1300,
    };
    assert.deepEqual(
      made(goods({ tax: 'nl9' }), two, lineOf({ line: '8', tax: null })).map(line => line[4]),
      [[taxIds['9% S']], [taxIds['21% S'], taxIds['9% S']], []],
    );
  });
  it('have a unit price with as many digits as it takes, which comes to the amount', () =>
    assert.deepEqual(made(goods({ pieces: 3, netMinor: 1000 })), [['l5', 42, '3', '3.3333333333333333', [1]]]));
  it('are two where Odoo rounds unit prices and one does not divide, the second named after the first', () =>
    assert.deepEqual(madeIn(rounding, [goods({ pieces: 3, netMinor: 1000 })]), [
      ['l5', 42, '2', '3.33', [1]],
      ['l5_r', 42, '1', '3.34', [1]],
    ]));
  it('are one per component for a kit, the money on the first', () =>
    assert.deepEqual(
      made(
        goods({
          pieces: 2,
          netMinor: 5000,
          components: [
            [42, 2000],
            [43, 4000],
          ],
        }),
      ),
      [
        ['l5', 42, '2', '25.00', [1]],
        ['l5_c1', 43, '4', '0.00', [1]],
      ],
    ));
  it('are in the stock unit for a pack: one pack of 6 for 10.00 is 6 pieces', () => {
    const pack = goods({ pieces: 1, netMinor: 1000, components: [[42, 6000]] });
    assert.deepEqual(made(pack), [['l5', 42, '6', '1.6666666666666667', [1]]]);
    assert.deepEqual(madeIn(rounding, [pack]), [
      ['l5', 42, '2', '1.66', [1]],
      ['l5_r', 42, '4', '1.67', [1]],
    ]);
  });
  it("are the policy's service products for shipping and fees, also for a fee below zero", () =>
    assert.deepEqual(
      made(
        lineOf({ line: '6', kind: 'shipping', netMinor: 495 }),
        lineOf({ line: '7', kind: 'fee', netMinor: 150 }),
        lineOf({ line: '8', kind: 'fee', netMinor: -200 }),
      ),
      [
        ['l6', 90, '1', '4.95', [1]],
        ['l7', 91, '1', '1.50', [1]],
        ['l8', 91, '1', '-2.00', [1]],
      ],
    ));
  it('have amounts of a currency without cents as they are', () => {
    const lines = [lineOf({ line: '5', pieces: 3, netMinor: 1000, tax: null }), lineOf({ line: '6', netMinor: 1000, tax: null })];
    assert.deepEqual(
      madeIn(empty, lines, { currency: 'JPY' }).map(line => line[3]),
      ['333.33333333333333', '1000'],
    );
    assert.deepEqual(
      madeIn(rounding, lines, { currency: 'JPY' }).map(line => [line[2], line[3]]),
      [
        ['2', '333'],
        ['1', '334'],
        ['1', '1000'],
      ],
    );
  });
  it("are called what the channel calls them, or by the line's id", () => {
    const { lines } = only(
      planned(confirmed('web:1', [goods({ description: 'Mug' }), lineOf({ line: '6', description: '' })]), empty),
      'order',
    ).order;
    assert.deepEqual(
      lines.map(line => line.name),
      ['Mug', '6'],
    );
  });
});

describe('odoo: an order that cannot be brought is set aside', () => {
  const order = (...lines: readonly ResolvedLine[]) => confirmed('web:1', lines);

  it('for a tax that the policy does not map, naming it', () => {
    const foreign: ResolvedLine = { ...goods({ tax: null }), taxes: [{ code: 'be6', amountMinor: 60 }] };
    refused(order(goods({}), foreign), empty, 'ODOO_TAX_UNKNOWN', /line 5: the tax be6 is not mapped/);
  });
  it('for a tax code that is a word every object knows', () =>
    refused(order({ ...goods({}), taxes: [{ code: 'constructor', amountMinor: 0 }] }), empty, 'ODOO_TAX_UNKNOWN', /constructor/));
  it('for a tax that Odoo does not have, naming both', () =>
    refused(order(goods({ tax: 'nl9' })), { ...empty, taxes: {} }, 'ODOO_TAX_UNKNOWN', /named "9% S".*for nl9/));
  it('for a product that Odoo does not have, or that is no id of Odoo', () => {
    refused(order(goods({ product: 77 })), empty, 'ODOO_PRODUCT_UNKNOWN', /line 5: .* the id 77.*sku:5/);
    for (const product of ['MUG', '0', '-1', '1.5', ''])
      refused(order(goods({ product })), empty, 'ODOO_PRODUCT_UNKNOWN', /is not an id of Odoo/);
  });
  it('for a product or a tax that is archived', () => {
    const archived = { id: 42, archived: true };
    refused(order(goods({})), { ...empty, products: { 42: archived } }, 'ODOO_PRODUCT_UNKNOWN', /archived/);
    refused(order(goods({})), { ...empty, taxes: { '21% S': archived } }, 'ODOO_TAX_UNKNOWN', /archived/);
  });
  it('for a service product that Odoo does not have, naming its reference', () => {
    const services = {};
    refused(order(lineOf({ line: '6', kind: 'shipping' })), { ...empty, services }, 'ODOO_PRODUCT_UNKNOWN', /reference SHIP/);
    refused(order(lineOf({ line: '6', kind: 'fee' })), { ...empty, services }, 'ODOO_PRODUCT_UNKNOWN', /reference FEE/);
  });
  it('for a quantity with more decimals than Odoo keeps, and is not where Odoo keeps them', () => {
    const weighed = order(goods({ quantityMilli: 1234 }));
    refused(weighed, empty, 'ODOO_REFUSED', /keeps 2 decimals of a quantity, this is 1\.234/);
    assert.equal(only(planned(weighed, { ...empty, quantityDigits: 3 }), 'order').order.lines[0]!.quantity, '1.234');
  });
  it('for goods without a quantity', () => {
    refused(order(goods({ components: [] })), empty, 'ODOO_REFUSED', /line 5: it has no quantity/);
    refused(order(goods({ components: [[42, 0]] })), empty, 'ODOO_REFUSED', /line 5: it has no quantity/);
  });
  it('for a currency without a pricelist, unless it is the company’s own', () => {
    const found = { ...empty, pricelist: null };
    refused(confirmed('web:1', [goods({})], { currency: 'USD' }), found, 'ODOO_REFUSED', /no pricelist in USD/);
    assert.equal(only(planned(order(goods({})), found), 'order').order.pricelist, null);
  });
  it('for a warehouse that the authority file names and Odoo does not have', () =>
    refused(order(goods({})), { ...empty, warehouse: null }, 'ODOO_REFUSED', /no warehouse with the short name WH/));
  it('for a company that the files do not name', () => {
    const foreign = confirmed('web:1', [goods({})], { company: 'toString' });
    refused(foreign, empty, 'ODOO_REFUSED', /no such company/);
    refused(foreign, empty, 'ODOO_REFUSED', /no such company/, policyWith({ odoo: acme.odoo }));
  });
});
