/** Scenario 43 for every unit at once: what nobody can read is kept with its origin, and trade goes on behind it. */
import assert from 'node:assert/strict';
import { inputsOf, nameOf, ownTopics } from '../../runtime/topology.ts';
import { consoleOf } from './support/console.ts';
import { listParked } from '../../console/parked.ts';
import { openTrade, tradePolicy, type Trade } from './support/trade.ts';

describe('43: poison bytes', function () {
  this.timeout(60_000);
  let trade: Trade;
  beforeEach(async () => {
    trade = await openTrade({ partitions: 1 });
  });
  afterEach(() => trade.close());
  const origins = async (unit: string): Promise<readonly string[]> => {
    const found: string[] = [];
    await trade.world.client.scan(ownTopics.dlq(unit), record => {
      const { dlq_unit, dlq_topic, dlq_code, dlq_reason } = record.headers();
      assert.equal(record.value?.toString(), 'garbage');
      assert.match(String(dlq_reason), /it has no key$/);
      found.push([dlq_unit, dlq_topic, dlq_code].join(' '));
    });
    return found;
  };

  it('on every input of every unit go to its DLQ with their origin, and what comes behind them flows', async () => {
    const topics = new Set(trade.units.flatMap(one => inputsOf(one).map(topic => topic.name)));
    for (const topic of topics) await trade.world.append(topic, null, Buffer.from('garbage'));
    await trade.tell('web', { id: 1 });
    await trade.world.settle();
    assert.deepEqual(
      trade.odoo.orders().map(one => `${one.reference} ${one.state}`),
      ['web:1 sale'],
    );
    for (const unit of trade.units)
      assert.deepEqual(
        [...(await origins(nameOf(unit)))].sort(),
        inputsOf(unit)
          .map(topic => `${nameOf(unit)} ${topic.name} RECORD_UNREADABLE`)
          .sort(),
      );
  });
  it('under a key that can be read are set aside with that key, and other keys flow', async () => {
    await trade.world.append('intake.woocommerce.v1', Buffer.from('web|1'), Buffer.from('garbage'));
    await trade.tell('web', { id: 1 });
    await trade.tell('web', { id: 2 });
    await trade.world.settle();
    assert.deepEqual(
      trade.odoo.orders().map(one => one.reference),
      ['web:2'],
    );
    const shown = await consoleOf(trade, tradePolicy).shows(context => listParked(context, undefined));
    assert.match(shown, /RECORD_UNREADABLE: reading \S*intake\.woocommerce\.v1.*it has no CloudEvents headers/s);
    assert.match(shown, /\$ onhand parked retry woocommerce-intake --key 'web\|1' --reason WHY/);
  });
});
