/** What must hold in the trade, scenario by scenario, and the tests that show it: rules first, then all of it together. */
import assert from 'node:assert/strict';
import { everyLineIsShown, missing, titlesIn, type Table } from './titles.ts';

const intake = 'test/scenarios/intake.test.ts';
const stock = 'test/scenarios/stock.test.ts';
const outage = 'test/scenarios/outage.test.ts';
const woocommerce = 'test/producers/woocommerce/scenarios.test.ts';
const webhooks = 'test/producers/woocommerce/source.test.ts';
const trade = 'test/flows/trade/stock.test.ts';
const money = 'test/flows/trade/money.test.ts';
const sink = 'test/sinks/odoo/flows.test.ts';
const edge = 'test/runtime/edge/edge.test.ts';

const scenarios: Table = {
  '1 order.created fifteen times: one OrderPlaced, one sale order': [
    [woocommerce, 'fifteen webhooks and three polls of one order are one OrderPlaced (scenario 1)'],
    [intake, '1: fifteen deliveries of one order are one OrderPlaced and one sale order'],
  ],
  '2 created and updated in either order within a second: one order, latest state': [
    [woocommerce, 'created and updated within one second, in either order, are one order in its latest state (scenario 2)'],
    [intake, '2: ${what} within one second are one order in its latest state'],
  ],
  '3 checkout-draft: no reservation, no write to Odoo': [
    [woocommerce, 'a draft that becomes an order is placed once it is one (scenario 3)'],
    [intake, '3: a draft of the checkout reserves nothing and is not in Odoo'],
  ],
  '4 webhook lost or disabled: the poll recovers once; alert': [
    [webhooks, 'bring an order that no webhook told, once (scenario 4)'],
    [webhooks, 'say when the shop has disabled the webhook, while it lasts, and when it is active again (scenario 4)'],
    [intake, '4: an order whose webhook is lost is recovered once by the overlapping poll, and a disabled webhook is told'],
  ],
  '5 an order between adjacent windows of polls: captured once': [
    [webhooks, 'bring an order between two windows, which the shop wrote late with an earlier time (scenario 5)'],
    [intake, '5: an order that the shop writes late, dated between two looks, is captured once'],
  ],
  '6 bad signature or stale time: 401, audited; a valid one repeated: 200 and no new fact': [
    [webhooks, 'refuses no signature, a wrong one, one of other bytes, one that was sent twice, and a very long one'],
    [
      'test/producers/stripe/source.test.ts',
      'scenario 6: refuses a foreign secret and a stale time; a valid delivery repeated says nothing new',
    ],
    [woocommerce, 'a valid delivery that is repeated says no new fact (scenario 6)'],
    [edge, 'refuses what is not authentic with one generic 401, whatever the reason'],
    [edge, 'says a flood of refusals in one entry of the log, and how many when it closes'],
    [intake, '6: a wrong signature is 401 and stored nowhere; a valid delivery that is repeated is 200 and says nothing new'],
  ],
  '16 a hundred buyers, one unit, three shops: exactly one': [
    [trade, '16: of 100 buyers in three shops exactly one gets the last unit'],
    [trade, '16: of buyers who want two things each, whoever gets one gets both, and nothing is left promised to nobody'],
    [stock, '16: of a hundred buyers in three shops, all at once, exactly one gets the last lamp'],
  ],
  '18 a crash before the offset is committed: reserved unchanged on redelivery': [
    [stock, 'leaves the reservation as it is on redelivery: ${lost}'],
  ],
  '21 on-hold, then failed: released': [
    [woocommerce, 'on-hold that fails is cancelled, and reinstated when the payment is tried again (scenario 21)'],
    [trade, '21: an order on hold whose payment failed releases what it held'],
    [stock, '21: an order on hold whose payment failed gives back what it held, and another gets it'],
  ],
  '22 a hold that expires as its payment arrives: one winner, always the same': [
    [money, 'money that reached us in time wins, however long its producer was down'],
    [money, 'money that reached us after the end is an exception, and the goods are free'],
    [money, 'of two that meet one wins, once and for all, and the same one each time'],
    [stock, '22: a payment that comes before the hold ends wins: the order is confirmed, and the end says nothing'],
    [stock, '22: a payment that comes after the hold has ended loses: the lamp is free, and a person sees the money'],
    [stock, "22: a payment that reached us in time wins though the gateway's producer was down until after the end"],
  ],
  '31 a creation times out but was committed: found by its reference, not made again': [
    [sink, '31: a creation that times out but was committed is found by its reference, and not made again'],
  ],
  '32 a storm of conflicts: backoff, nothing set aside': [
    [sink, '32: a storm of conflicts is waited out, as errors and as messages of load(); nothing is set aside'],
  ],
  '33 a tax that is not mapped: its key waits, others flow': [
    [
      sink,
      '33: an order whose tax Odoo does not have waits with all that follows of it; others flow; a retry brings it in order',
    ],
    [
      'test/bad-input/set-aside.test.ts',
      'a tax that Odoo does not know: its order waits with all that follows, others flow, a retry brings it in order',
    ],
  ],
  '34 Odoo down for thirty minutes: channels unaffected, ordered drain': [
    [outage, 'every webhook is answered within a second'],
    [outage, 'orders are promised, paid and confirmed meanwhile, and nothing is set aside'],
    [outage, 'when it is back it gets all of it, each order in its order and once'],
    [sink, '34: what was decided while Odoo was down arrives in order when it is back, each once, and nothing is set aside'],
  ],
  '43 poison bytes: DLQ with their origin, the partition goes on': [
    ['test/kafka/runtime.test.ts', 'writes poison bytes to the DLQ with their origin, and the partition goes on'],
    ['test/runtime/processor.test.ts', 'writes what has no key to the DLQ and moves on'],
    ['test/runtime/sink.test.ts', 'writes what has no key to the DLQ and moves on'],
    [
      'test/scenarios/poison.test.ts',
      'on every input of every unit go to its DLQ with their origin, and what comes behind them flows',
    ],
  ],
};

describe('each scenario is shown by the tests that it names', () => {
  it('all that are due are named', () => {
    assert.deepEqual(
      Object.keys(scenarios).map(name => Number(name.split(' ', 1)[0])),
      [1, 2, 3, 4, 5, 6, 16, 18, 21, 22, 31, 32, 33, 34, 43],
    );
  });
  everyLineIsShown(scenarios);
  it('a test that is not there, or is skipped, is missed', () => {
    const here = 'test/coverage/scenarios.test.ts';
    assert.deepEqual(missing({ known: [[here, 'all that are due are named']] }), []);
    assert.equal(missing({ gone: [[here, 'no test is called so']] }).length, 1);
    assert.deepEqual(titlesIn("it('one', f); it.skip('two', f); xit('three', f); it(\n  'it\\'s four',"), ['one', "it's four"]);
    assert.deepEqual(titlesIn(`${['describe', 'skip'].join('.')}('all', () => { it('one', f); });`), []);
  });
});
