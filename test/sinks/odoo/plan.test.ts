import assert from 'node:assert/strict';
import { opened } from '../../../runtime/model.ts';
import type { Contact } from '../../../schemas/contact.ts';
import {
  orderClosed,
  orderShort,
  paymentAccepted,
  refundAccepted,
  returnAccepted,
  shipmentAccepted,
} from '../../../schemas/generated/facts.ts';
import { odoo } from '../../../sinks/odoo/index.ts';
import { find, type In } from '../../../sinks/odoo/plan.ts';
import { event } from '../../support/given.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { noor, confirmed, lineOf, withdrawn } from './support/facts.ts';
import { calls, empty, only, planned, shown } from './support/found.ts';

const mug = lineOf({ line: '5', pieces: 2, netMinor: 2000 });
const order = confirmed('web:1', [mug]);
const of = (contact: Contact, customer = 'web:c1') =>
  confirmed('web:1', [mug], { customer, sealed: { keyId: `person/${customer}`, open: contact } });
const looked = (fact: In) => find(event<In>(fact), policy);

describe('odoo: what is looked up for a decision', () => {
  it('is the order, its customer, products, services, taxes, warehouse and currency', () =>
    assert.deepEqual(
      looked(confirmed('web:1', [mug, lineOf({ line: '6', kind: 'shipping', tax: 'nl9' }), lineOf({ line: '7', product: 43 })])),
      [
        {
          companyId: 1,
          order: 'order_acme_web:1',
          partner: 'customer_acme_web:c1',
          products: [42, 43],
          services: ['FEE', 'SHIP'],
          taxes: ['21% S', '9% S', '21% S'],
          countries: ['NL', 'NL'],
          warehouse: 'WH',
          currency: 'EUR',
        },
      ],
    ));
  it('is the order alone when it is withdrawn', () =>
    assert.deepEqual(looked(withdrawn('web:1')), [
      {
        companyId: 1,
        order: 'order_acme_web:1',
        partner: null,
        products: [],
        services: [],
        taxes: [],
        countries: [],
        warehouse: null,
        currency: 'EUR',
      },
    ]));
  it('is the warehouse that delivers most of it, of equals the first by name', () => {
    const at = (main: number, store: number) => {
      const [one] = order.data.allocations;
      const allocations = [
        { ...one!, location: 'main', quantityMilli: main },
        { ...one!, location: 'store', quantityMilli: store },
      ];
      return looked(confirmed('web:1', [mug], { allocations }))[0]!.warehouse;
    };
    assert.deepEqual([at(1000, 2000), at(2000, 1000), at(1000, 1000)], ['SH', 'WH', 'SH']);
  });
  it('has no white space in external ids', () =>
    assert.equal(looked(confirmed('web:A 1\t2', [mug]))[0]!.order, 'order_acme_web:A_1_2'));
  it("is nothing, and nothing is planned, for decisions that Odoo's orders do not carry", () => {
    const { company, shop, order: id } = order.data;
    const same = { company, shop, order: id, revision: 3, currency: 'EUR' };
    const others: readonly In[] = [
      orderShort({ company, shop, order: id, revision: 3, lines: [], action: 'person', missing: [] } as never),
      paymentAccepted({ ...same, gateway: 'stripe', paymentReference: 'pi', capturedMinor: 1, refundedMinor: 0 }),
      shipmentAccepted({ ...same, shipment: 's', product: '42', location: 'main', dispatchedAt: 0, lines: [], final: true }),
      returnAccepted({ company, order: id, revision: 3 } as never),
      refundAccepted({ ...same, refund: 'r', amountMinor: 1, lines: [], refundedAt: 0 }),
      orderClosed({ company, shop, order: id, revision: 3 }),
    ];
    for (const fact of others) {
      assert.deepEqual([looked(fact), planned(fact, empty)], [[], []], fact.type);
      assert.equal(odoo.document(event<In>(fact)), undefined);
    }
  });
});

describe('odoo: an order that is not there', () => {
  it('is made with its customer and its lines, then confirmed if its total is the channel’s', () =>
    assert.deepEqual(calls(planned(order, empty)), [
      {
        do: 'partner',
        partner: {
          externalId: 'customer_acme_web:c1',
          values: {
            name: 'Noor Sample',
            street: 'Voorbeeldstraat 1',
            city: 'Utrecht',
            zip: '3511 AA',
            'country_id/.id': '165',
            email: 'noor@example.test',
            phone: '+31 20 000 0000',
          },
        },
      },
      {
        do: 'order',
        order: {
          externalId: 'order_acme_web:1',
          reference: 'web:1',
          origin: 'web',
          partner: 'customer_acme_web:c1',
          delivery: 'customer_acme_web:c1',
          date: '2026-11-01 10:30:00',
          companyId: 1,
          warehouse: 1,
          pricelist: 7,
          lines: [
            {
              externalId: 'order_acme_web:1_l5',
              product: 42,
              name: 'thing 5',
              quantity: '2',
              unitPrice: '10.00',
              taxes: [1],
            },
          ],
        },
      },
      { do: 'confirm', order: 'order_acme_web:1', total: '24.20', leastTax: '4.19', mostTax: '4.21', currency: 'EUR' },
    ]));
  it('is shown in the trade’s words, without anything of the person', () => {
    const texts = shown(planned(of({ ...noor, shipping: { ...noor.shipping, street: 'Elders 2' } }), empty));
    assert.deepEqual(texts, [
      'create the customer web:c1',
      'create a delivery address of the customer web:c1',
      'create web:1: 1 line(s), 24.20 EUR',
      'confirm web:1',
    ]);
  });
  it('carries exactly the order’s id as its reference: the Odoo producer finds its deliveries by it', () =>
    assert.equal(only(planned(confirmed('outlet:A 7', [mug]), empty), 'order').order.reference, 'outlet:A 7'));
  it('is in the policy’s company', () => {
    const other = policyWith({ odoo: { ...acme.odoo, companyId: 3 } });
    assert.equal(only(planned(order, empty, other), 'order').order.companyId, 3);
  });
});

describe('odoo: the customer of a new order', () => {
  const home = (contact: Contact) => only(planned(of(contact), empty), 'partner').partner.values;
  const address = Object.fromEntries(
    ['name', 'company_name', 'street', 'street2', 'city', 'zip', 'country_id/.id'].map(field => [field, home(noor)[field] ?? '']),
  ) as NonNullable<typeof empty.partner>['address'];
  const elsewhere = {
    ...noor.shipping,
    name: 'Ali Sample',
    company: 'Depot',
    street: 'Elders 2',
    postcode: '9711 AB',
    city: 'Groningen',
  };
  const there = {
    name: 'Ali Sample',
    company_name: 'Depot',
    street: 'Elders 2',
    street2: '',
    city: 'Groningen',
    zip: '9711 AB',
    'country_id/.id': '165',
  };
  const makes = (contact: Contact, partner: typeof empty.partner) => {
    const all = planned(of(contact), { ...empty, partner });
    return { calls: all.map(call => call.do), delivery: only(all, 'order').order.delivery };
  };

  it('is not made again, nor changed, when it is there: people keep contacts in Odoo', () =>
    assert.deepEqual(makes({ ...noor, email: 'other@example.test' }, { address, deliveries: [] }), {
      calls: ['order', 'confirm'],
      delivery: 'customer_acme_web:c1',
    }));
  it('gets a delivery address of this order where goods go elsewhere', () => {
    const all = planned(of({ ...noor, shipping: elsewhere }), empty);
    assert.deepEqual(only(all, 'address').address, {
      externalId: 'delivery_acme_web:1',
      values: {
        ...Object.fromEntries(Object.entries(there).filter(([, value]) => value !== '')),
        'parent_id/id': 'customer_acme_web:c1',
        type: 'delivery',
      },
    });
    assert.equal(only(all, 'order').order.delivery, 'delivery_acme_web:1');
    assert.equal(only(all, 'partner').partner.values['street'], 'Voorbeeldstraat 1');
  });
  it('gets one also where the customer of before has moved', () =>
    assert.deepEqual(makes({ ...noor, billing: elsewhere, shipping: elsewhere }, { address, deliveries: [] }), {
      calls: ['address', 'order', 'confirm'],
      delivery: 'delivery_acme_web:1',
    }));
  it('uses a delivery address of an earlier order again', () => {
    const deliveries = [{ externalId: 'delivery_acme_web:0', address: there }];
    assert.deepEqual(makes({ ...noor, shipping: elsewhere }, { address, deliveries }), {
      calls: ['order', 'confirm'],
      delivery: 'delivery_acme_web:0',
    });
    assert.equal(
      makes({ ...noor, shipping: { ...elsewhere, name: 'Bo' } }, { address, deliveries }).delivery,
      'delivery_acme_web:1',
    );
  });
  it('is nobody’s but the id when the person was erased, and then nothing is known of where', () => {
    for (const sealed of [null, { keyId: 'person/web:c1', bytes: 'AAAA' }]) {
      const erased = confirmed('web:1', [mug], { sealed });
      assert.equal(opened(erased.data.sealed), undefined);
      const all = planned(erased, empty);
      assert.deepEqual(only(all, 'partner').partner.values, { name: 'Customer web:c1' });
      assert.equal(only(all, 'order').order.delivery, 'customer_acme_web:c1');
    }
  });
  it('is called by the company, the e-mail address or the id where there is no name', () => {
    const nameless = {
      ...noor,
      name: null,
      billing: { ...noor.billing, name: null },
      shipping: { ...noor.shipping, name: null },
    };
    const named = (contact: Contact) => home(contact)['name'];
    assert.equal(named({ ...nameless, billing: { ...nameless.billing, company: 'Sample & Daughters' } }), 'Sample & Daughters');
    assert.equal(named(nameless), 'noor@example.test');
    assert.equal(named({ ...nameless, email: null }), 'Customer web:c1');
  });
  it('has no country where Odoo does not know it', () => {
    const abroad = { ...noor.billing, country: 'XX' };
    assert.equal('country_id/.id' in home({ ...noor, billing: abroad, shipping: abroad }), false);
  });
});
