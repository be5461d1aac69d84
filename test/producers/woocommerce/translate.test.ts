import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import type { FailureCode } from '../../../runtime/failure-codes.ts';
import { woocommerce } from '../../../producers/woocommerce/index.ts';
import type { OrderPlaced, PaymentCaptured, RefundReported } from '../../../schemas/generated/facts.ts';
import type { Contact } from '../../../schemas/contact.ts';
import type { Delivery, Report } from '../../../runtime/model.ts';
import { contextOf, testHash } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';
import { delivery, fixture, gmtAt, msAt, polled, wooOrder, type Json } from '../../support/woocommerce.ts';

const translate = (one: Delivery, options: Json = {}): readonly Report[] => {
  const context = contextOf(one, policy);
  return woocommerce.translate(one, { ...context, shop: { ...context.shop, options: { ...context.shop.options, ...options } } });
};
const said = <T>(reports: readonly Report[], type: string): T => {
  const fact = reports.flatMap(report => report.facts).find(one => one.type === type);
  assert.ok(fact, `${type} is not said`);
  return fact.data as T;
};
const placed = (order: Json, options: Json = {}): OrderPlaced => said(translate(delivery(order), options), 'OrderPlaced');
const poison = (act: () => unknown, code: FailureCode, ...parts: readonly string[]): void =>
  assert.throws(act, error => {
    assert.ok(isFailure(error) && error.kind === 'poison', String(error));
    assert.equal(error.code, code);
    for (const part of parts) assert.ok(error.message.includes(part), `"${error.message}" names ${part}`);
    return true;
  });
const money = (line: OrderPlaced['lines'][number]) => [line.line, line.netMinor, line.discountMinor, line.taxes, line.grossMinor];
const grossOf = (order: OrderPlaced): number => order.lines.reduce((sum, line) => sum + line.grossMinor, 0);
const line = (at: number, with_: Json, order = wooOrder('bank-transfer')): Json => ({
  ...order,
  line_items: (order.line_items as readonly Json[]).map((one, index) => (index === at ? { ...one, ...with_ } : one)),
});

describe('woocommerce translate: the money of lines', () => {
  it('carries net, discount, tax per code and gross of goods, shipping and fees, adding up to the total', () => {
    const order = placed(wooOrder('two-rates'));
    assert.deepEqual(order.lines.map(money), [
      ['501', 2295, 255, [{ code: 'nl21', amountMinor: 482 }], 2777],
      ['502', 783, 87, [{ code: 'nl9', amountMinor: 70 }], 853],
      ['503', 495, 0, [{ code: 'nl21', amountMinor: 104 }], 599],
      ['504', 150, 0, [{ code: 'nl21', amountMinor: 32 }], 182],
      ['505', -200, 0, [{ code: 'nl21', amountMinor: -42 }], -242],
    ]);
    assert.equal(order.totalMinor, 4169);
    assert.equal(grossOf(order), 4169);
    assert.deepEqual(
      order.lines.map(one => [one.kind, one.quantityMilli, one.taxIncluded]),
      [
        ['goods', 3000, false],
        ['goods', 2000, false],
        ['shipping', 1000, false],
        ['fee', 1000, false],
        ['fee', 1000, false],
      ],
    );
  });

  it('gives back the cents that rounding of included tax lost: per rate to its tax line, then to the total', () => {
    const order = placed(wooOrder('tax-included'));
    assert.deepEqual(order.lines.map(money), [
      ['510', 827, 0, [{ code: 'nl21', amountMinor: 173 }], 1000],
      ['511', 826, 0, [{ code: 'nl21', amountMinor: 174 }], 1000],
      ['512', 826, 0, [{ code: 'nl21', amountMinor: 174 }], 1000],
      ['514', 500, 0, [{ code: 'nl9', amountMinor: 45 }], 545],
    ]);
    assert.equal(grossOf(order), 3545);
    assert.ok(order.lines.every(one => one.taxIncluded));
  });

  it('refuses lines that do not add up to the total by more than rounding, naming both', () =>
    poison(
      () => placed(wooOrder('two-rates', { total: '41.80' })),
      'AMOUNT_INVALID',
      'order 1001',
      '4180',
      'minor units of EUR',
    ));

  it('refuses an amount that its currency does not have', () =>
    poison(() => placed(wooOrder('bank-transfer', { currency: 'JPY', total: '25.99' })), 'AMOUNT_INVALID', '25.99 JPY'));

  it('refuses a tax rate that is not mapped, naming it and where to map it', () =>
    poison(() => placed(wooOrder('two-rates'), { taxes: { '75': 'nl21' } }), 'DELIVERY_UNTRANSLATABLE', '"76"', 'options.taxes'));

  it('keeps a mapped rate of nothing and leaves out a rate that does not apply', () => {
    const taxes = [
      { id: 75, total: '0', subtotal: '0' },
      { id: 999, total: '', subtotal: '' },
    ];
    const free = line(0, { subtotal: '10.00', total: '0.00', taxes });
    const order = placed({ ...free, total: '0.00', tax_lines: [] });
    assert.deepEqual(order.lines.map(money), [['520', 0, 1000, [{ code: 'nl21', amountMinor: 0 }], 0]]);
  });

  it('adds rates of one code up', () => {
    const taxes = [
      { id: 75, total: '1.00' },
      { id: 77, total: '1.10' },
    ];
    const order = placed({ ...line(0, { taxes }), tax_lines: [] }, { taxes: { '75': 'nl21', '77': 'nl21' } });
    assert.deepEqual(order.lines[0]?.taxes, [{ code: 'nl21', amountMinor: 210 }]);
  });

  it('lets only fees be negative', () => {
    poison(() => placed(line(0, { total: '-10.00' })), 'AMOUNT_INVALID', 'line 520', 'only a fee');
    poison(
      () => placed(wooOrder('draft', { status: 'pending', total: '-1.00', line_items: [], tax_lines: [] })),
      'AMOUNT_INVALID',
      'negative',
    );
  });
});

describe('woocommerce translate: what is ordered', () => {
  it('gives the codes in asking order: listing of the variation or product, SKU, barcode', () => {
    const [mug, tea] = placed(wooOrder('two-rates')).lines;
    assert.deepEqual(mug?.codes, ['listing:web:94', 'sku:MUG-BLUE']);
    assert.deepEqual(tea?.codes, ['listing:web:22', 'barcode:8712345678906']);
  });
  it('refuses a line that names no product at all', () =>
    poison(() => placed(line(0, { product_id: 0, sku: null })), 'DELIVERY_UNTRANSLATABLE', 'line 520', 'no product'));
  it('decodes the HTML entities of names, once', () => {
    assert.deepEqual(
      placed(wooOrder('two-rates')).lines.map(one => one.description),
      ['Mug – Blue', 'Tea 250\u00a0g & tin', 'Parcel & tracking', 'Gift wrap', 'Loyalty'],
    );
    assert.equal(
      placed(line(0, { name: '&amp;lt;b&amp;gt; &#8211;&#x2013;&unknown; &#0;' })).lines[0]?.description,
      '&lt;b&gt; ––&unknown; &#0;',
    );
  });
  it('counts in thousandths where the shop sells parts of a unit', () => {
    assert.equal(placed(line(0, { quantity: 1.5 }), { decimalQuantities: true }).lines[0]?.quantityMilli, 1500);
    assert.equal(placed(line(0, { quantity: '0.125' }), { decimalQuantities: true }).lines[0]?.quantityMilli, 125);
    assert.equal(placed(line(0, { quantity: '3.000' })).lines[0]?.quantityMilli, 3000);
  });
  it('refuses a quantity that is negative, a fraction where none is sold, or beyond 2^31', () => {
    for (const quantity of [-5, 1.5, 2 ** 31, '2147483648', '-1'])
      poison(() => placed(line(0, { quantity })), 'DELIVERY_UNTRANSLATABLE', 'line 520', 'quantity');
    poison(() => placed(line(0, { quantity: 0.0001 }), { decimalQuantities: true }), 'DELIVERY_UNTRANSLATABLE', 'quantity');
    poison(() => placed(line(0, { quantity: 'many' })), 'AMOUNT_INVALID', 'many');
  });
  it('drops a line of nothing for nothing and refuses two lines of one id', () => {
    const order = wooOrder('bank-transfer');
    const [vase] = order.line_items as readonly [Json];
    const nothing = { ...vase, id: 522, quantity: 0, subtotal: '0', total: '0', taxes: [] };
    assert.equal(placed({ ...order, line_items: [vase, nothing] }).lines.length, 1);
    poison(
      () => placed({ ...order, line_items: [vase, { ...nothing, id: 520, quantity: 1 }] }),
      'DELIVERY_UNTRANSLATABLE',
      'two lines',
    );
  });
  it('takes modified time as version and revision, and created time as when it was placed', () => {
    const [report] = translate(delivery(wooOrder('two-rates')));
    assert.equal(report?.version, msAt(30));
    assert.deepEqual([placed(wooOrder('two-rates')).revision, placed(wooOrder('two-rates')).placedAt], [msAt(30), msAt(0)]);
  });
  it('leaves orders alone that were made before the shop was ours', () => {
    const options = { since: '2026-10-05T10:00:01Z' };
    assert.deepEqual(translate(delivery(wooOrder('two-rates')), options), []);
    assert.notDeepEqual(translate(delivery(wooOrder('two-rates', { date_created_gmt: gmtAt(1) })), options), []);
  });
});

describe('woocommerce translate: who ordered', () => {
  it('names a customer by the id, and a guest by a keyed hash of shop and e-mail, however it is written', () => {
    assert.equal(placed(wooOrder('tax-included')).customer, 'web:c25');
    const guest = `web:g${testHash('web|noor.sample@example.test')}`;
    assert.equal(placed(wooOrder('two-rates')).customer, guest);
    assert.equal(placed(wooOrder('bank-transfer')).customer, guest);
  });
  it('takes guests without an e-mail address for different people', () => {
    const [a, b] = [1, 2].map(id => placed(wooOrder('bank-transfer', { id, billing: {} })).customer);
    assert.notEqual(a, b);
  });
  it('seals the contact under the key of the person and puts nothing of it elsewhere', () => {
    const order = placed(wooOrder('two-rates'));
    assert.equal(order.sealed?.keyId, `person/${order.customer}`);
    const contact = (order.sealed as { readonly open: Contact }).open;
    assert.equal(contact.email, 'Noor.Sample@example.test');
    assert.equal(contact.billing.company, 'Sample & Daughters');
    assert.deepEqual([contact.shipping.country, contact.shipping.street2], ['NL', null]);
    assert.doesNotMatch(JSON.stringify({ ...order, sealed: null }), /Noor|Sample|Voorbeeld|3511/i);
  });
  it('takes the billing address where none is given to ship to', () => {
    const { open } = placed(wooOrder('two-rates', { shipping: [] })).sealed as { readonly open: Contact };
    assert.deepEqual(open.shipping, open.billing);
  });
  it('says nothing of a person in what it refuses', () => {
    const order = wooOrder('two-rates', { billing: { first_name: 'Noor', email: ['Noor.Sample@example.test'] } });
    try {
      placed(order);
      assert.fail('it is not refused');
    } catch (error) {
      assert.ok(isFailure(error), String(error));
      assert.match(error.message, /order 1001\.billing\.email: found a list, expected text/);
      assert.doesNotMatch(error.message, /Noor/);
    }
  });
});

describe('woocommerce translate: how it is paid', () => {
  it('names the PaymentIntent of the meta before the transaction, and the transaction where there is none', () => {
    assert.deepEqual(placed(wooOrder('two-rates')).tenders, [
      {
        tender: 'stripe',
        gateway: 'stripe',
        paymentReference: 'pi_3Synthetic0001',
        amountMinor: 4169,
        currency: 'EUR',
        reportedPaid: true,
      },
    ]);
    assert.equal(placed(wooOrder('two-rates', { meta_data: [] })).tenders[0]?.paymentReference, 'ch_3Synthetic0001');
    assert.equal(placed(wooOrder('two-rates', { meta_data: [], transaction_id: '' })).tenders[0]?.paymentReference, null);
  });
  it('awaits payment while pending or on hold and not paid', () => {
    const unpaid = { date_paid: null, date_paid_gmt: null };
    const awaits = (status: string, with_: Json = unpaid) => placed(wooOrder('two-rates', { status, ...with_ })).awaitsPayment;
    assert.deepEqual(
      ['pending', 'on-hold', 'processing', 'completed'].map(status => awaits(status)),
      [true, true, false, false],
    );
    assert.equal(awaits('on-hold', {}), false);
  });
  it('says the money where the authority file gives the tender to the shop, once it is paid, and nowhere else', () => {
    const paid = translate(delivery(wooOrder('bank-transfer', { status: 'processing', date_paid_gmt: gmtAt(40) })));
    assert.deepEqual(said<PaymentCaptured>(paid, 'PaymentCaptured'), {
      company: 'acme',
      gateway: 'web',
      paymentReference: 'web:1003',
      orderHint: 'web:1003',
      capture: 'web:1003',
      amountMinor: 1210,
      currency: 'EUR',
      feeMinor: 0,
      capturedAt: msAt(40),
      version: msAt(40),
    });
    assert.equal(said<OrderPlaced>(paid, 'OrderPlaced').tenders[0]?.gateway, 'web');
    for (const other of [
      wooOrder('two-rates'),
      wooOrder('bank-transfer'),
      wooOrder('bank-transfer', { payment_method: 'cod', date_paid_gmt: gmtAt(40) }),
    ])
      assert.deepEqual(
        translate(delivery(other)).map(report => report.object),
        ['order'],
      );
  });
  it('takes no name of Object for a tender that has a gateway', () => {
    for (const payment_method of ['constructor', '__proto__', 'toString'])
      assert.equal(placed(wooOrder('two-rates', { payment_method })).tenders[0]?.gateway, null);
  });
  it('has no tender where the shop names no method', () =>
    assert.deepEqual(placed(wooOrder('two-rates', { payment_method: '' })).tenders, []));
});

describe('woocommerce translate: statuses', () => {
  const reportOf = (status: string, options: Json = {}) => translate(delivery(wooOrder('two-rates', { status })), options)[0];
  it('says nothing of a draft (scenario 3)', () => {
    assert.deepEqual(translate(delivery(wooOrder('draft'))), []);
    assert.equal(reportOf('auto-draft'), undefined);
  });
  it('reports open and cancelled orders with a rank that rises with the phase', () => {
    const all = ['pending', 'on-hold', 'failed', 'processing', 'completed', 'cancelled', 'refunded', 'trash'].map(status =>
      reportOf(status),
    );
    assert.deepEqual(
      all.map(report => report?.phase),
      ['open', 'open', 'cancelled', 'open', 'open', 'cancelled', 'cancelled', 'cancelled'],
    );
    const ranks = all.map(report => report?.rank ?? -1);
    assert.deepEqual(
      ranks,
      [...new Set(ranks)].sort((a, b) => a - b),
    );
  });
  it("reads a plugin's status as the company file says, and refuses one that it does not name", () => {
    assert.equal(reportOf('wc-shipped', { statuses: { shipped: 'completed' } })?.phase, 'open');
    poison(() => reportOf('shipped'), 'DELIVERY_UNTRANSLATABLE', '"shipped"', 'options.statuses');
    poison(() => reportOf('constructor'), 'DELIVERY_UNTRANSLATABLE', 'constructor');
  });
  it('cancels an order whose lines it could not translate', () =>
    assert.equal(translate(delivery(wooOrder('two-rates', { status: 'cancelled' })), { taxes: {} })[0]?.phase, 'cancelled'));
  it('takes a deletion as of when the shop was asked, else of when it told us', () => {
    const told = translate(delivery(fixture('order-deleted'), { about: 'order.deleted' }))[0];
    assert.deepEqual([told?.version, told?.phase, told?.object], [msAt(60), 'cancelled', 'order']);
    const asked = delivery({ id: 1001, asOf: msAt(45) }, { about: 'order.deleted', via: 'poll' });
    assert.equal(translate(asked)[0]?.version, msAt(45));
  });
  it('refuses what is no order, naming the place', () => {
    poison(() => translate(delivery({ id: 1001 })), 'DELIVERY_UNTRANSLATABLE', 'WooCommerce order 1001.', 'expected');
    poison(
      () => translate(delivery(wooOrder('two-rates', { date_modified_gmt: '2026-02-30T00:00:00' }))),
      'DELIVERY_UNTRANSLATABLE',
      '2026-02-30',
    );
    poison(() => translate(delivery(wooOrder('two-rates', { id: 2 ** 53 }))), 'DELIVERY_UNTRANSLATABLE', '.id');
    poison(() => translate(delivery(wooOrder('two-rates'), { about: 'product' })), 'DELIVERY_UNTRANSLATABLE', 'product');
  });
  it('reads a list with gaps as PHP writes it, and refuses what is no list', () => {
    const { line_items } = wooOrder('two-rates') as { readonly line_items: readonly Json[] };
    assert.equal(placed(wooOrder('two-rates', { line_items: { '0': line_items[0], '2': line_items[1] } })).totalMinor, 4169);
    for (const found of [5, true, 'none'])
      poison(
        () => placed(wooOrder('two-rates', { line_items: found })),
        'DELIVERY_UNTRANSLATABLE',
        'order 1001.line_items',
        'a list',
      );
  });
  it('is settled only when the shop was asked after the second of the last change was over', () => {
    const settled = (asOf: number) => translate(polled(wooOrder('two-rates'), asOf))[0]?.settled;
    assert.deepEqual([settled(30), settled(30.999), settled(31)], [false, false, true]);
    assert.equal(translate(delivery(wooOrder('two-rates')))[0]?.settled, false);
    const claimed = delivery({ asOf: msAt(99), order: wooOrder('two-rates'), refunds: [] }, { aggregate: '1001' });
    poison(() => translate(claimed), 'DELIVERY_UNTRANSLATABLE');
  });
});

describe('woocommerce translate: refunds', () => {
  const day = 86_400;
  const refunds = fixture('refunds') as readonly [Json, Json];
  const [recorded, paid] = refunds;
  const refund = (given: Json, order = wooOrder('two-rates'), options: Json = {}) =>
    said<RefundReported>(translate(polled(order, 2 * day, [given]), options), 'RefundReported');

  it('says lines and tax as positive amounts, of the line that the shop names, and which refund of the gateway it is', () =>
    assert.deepEqual(refund(paid, wooOrder('two-rates'), { restockRefunds: true }), {
      company: 'acme',
      shop: 'web',
      order: 'web:1001',
      refund: '1101',
      revision: Date.parse('2026-10-06T09:00:00Z') + 1,
      currency: 'EUR',
      amountMinor: 926,
      lines: [{ line: '501', quantityMilli: 1000, netMinor: 765, taxes: [{ code: 'nl21', amountMinor: 161 }], grossMinor: 926 }],
      gateway: 'stripe',
      gatewayRefund: 're_3Synthetic0001',
      movesMoney: true,
      refundedAt: Date.parse('2026-10-06T09:00:00Z'),
    }));
  it('says a refund of money only without lines, whatever the sign of its amount', () => {
    for (const amount of ['4.00', '-4.00']) {
      const { amountMinor, lines, movesMoney, gateway } = refund({ ...recorded, amount });
      assert.deepEqual([amountMinor, lines, movesMoney, gateway], [400, [], false, null]);
    }
  });
  it('says that nothing comes back where the shop does not restock', () => assert.equal(refund(paid).lines[0]?.quantityMilli, 0));
  it('does not yet believe a refund that moved no money while the gateway may still refuse it', () => {
    const at = (seconds: number, given: Json) =>
      translate(polled(wooOrder('two-rates'), day + seconds, [given])).map(report => report.object);
    assert.deepEqual(at(60, recorded), ['order']);
    assert.deepEqual(at(121, recorded), ['order', 'refund:1102']);
    assert.deepEqual(at(-3599, paid), ['order', 'refund:1101']);
  });
  it('finds the line by its product where none is named, and refuses when there are two', () => {
    const unnamed = { ...paid, line_items: [{ ...(paid.line_items as readonly [Json])[0], meta_data: [] }] };
    assert.equal(refund(unnamed).lines[0]?.line, '501');
    const order = wooOrder('two-rates');
    const [mug] = order.line_items as readonly [Json];
    const doubled = { ...order, status: 'cancelled', line_items: [mug, { ...mug, id: 599 }] };
    poison(() => refund(unnamed, doubled), 'DELIVERY_UNTRANSLATABLE', 'refund 1101 line 1110', '_refunded_item_id');
  });
  it('refuses lines that come to more than the amount, and leaves the rest of a larger amount as money only', () => {
    poison(() => refund({ ...paid, amount: '9.20' }), 'AMOUNT_INVALID', '926', '920');
    assert.equal(refund({ ...paid, amount: '12.00' }).lines[0]?.grossMinor, 926);
  });
  it('says the money too where the shop is the authority and paid it back', () => {
    const order = wooOrder('bank-transfer', { status: 'processing', date_paid_gmt: gmtAt(40) });
    const types = (given: Json) =>
      translate(polled(order, 2 * day, [given])).flatMap(report => report.facts.map(fact => fact.type));
    assert.ok(types({ ...recorded, refunded_payment: true }).includes('RefundSucceeded'));
    assert.ok(!types(recorded).includes('RefundSucceeded'));
    assert.equal(refund(recorded, order).gatewayRefund, 'web:r1102');
  });
});
