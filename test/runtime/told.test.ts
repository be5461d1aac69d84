/** What a producer has told is forgotten when nothing was told of it for long, by alarms that the run log keeps; not before, and not by all. */
import assert from 'node:assert/strict';
import { wooOrder, wooPost, type TrafficOrder } from '../../demo/traffic.ts';
import { woocommerce } from '../../producers/woocommerce/index.ts';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import { producer } from '../../runtime/model.ts';
import { readSettings } from '../../runtime/settings.ts';
import { policy } from '../support/policy.ts';

const day = 86_400_000;
const name = 'woocommerce-intake';
const environment = { WOO_WEBHOOK_SECRETS: 'web=secret outlet=secret', WOO_API_KEYS: 'web=ck_test:cs_test' };

describe('what a producer has told', function () {
  this.timeout(60_000);
  let world: MemoryWorld;
  const opened = async (toldDays?: number): Promise<void> => {
    const { toldDays: _, ...unit } = woocommerce;
    world = await memoryWorld({
      units: [{ kind: 'producer', unit: producer(toldDays === undefined ? unit : { ...unit, toldDays }) }],
      policy,
      partitions: 1,
      settingsOf: () => readSettings(woocommerce.settings, environment),
    });
  };
  afterEach(() => world.close());
  /** Nobody runs meanwhile; then what fell due is worked off. */
  const pass = async (days: number): Promise<void> => {
    await world.restart([]);
    await world.clock.advance(days * day);
    await world.restart([name]);
    await world.settle();
  };
  const deliver = async (id: number, changes: Partial<TrafficOrder> = {}): Promise<void> => {
    const order: TrafficOrder = {
      ...{ id, status: 'processing', createdAt: Date.UTC(2026, 9, 1), modifiedAt: Date.UTC(2026, 9, 1), method: 'cod', rate: 75 },
      ...{ lines: [{ sku: 'TEE', quantity: 1, netMinor: 2000 }], customer: id, ...changes },
    };
    const { headers, body } = wooPost('web', 'secret', wooOrder(order));
    const found = world.running().sources.find(one => one.shop.shop === 'web')!;
    const { deliveries } = await found.source.webhook!({ headers, bytes: Buffer.from(body), now: world.clock.now() });
    await found.deliver(deliveries);
    await world.settle();
  };
  const said = async (): Promise<readonly string[]> =>
    (await world.read('orders.v1')).map(event => `${event.type} ${(event.data as { readonly order: string }).order}`);
  /** Store keys of states, entries and alarms that the changelog holds in the end. */
  const kept = async (): Promise<number> => {
    const keys = new Map<string, Buffer | null>();
    await world.client.scan(`${name}.changelog`, ({ key, value }) => void keys.set(key!.toString(), value));
    return [...keys].filter(([key, value]) => value !== null && /^[sea]\0/.test(key)).length;
  };

  it('is forgotten after its days, and leaves nothing behind', async () => {
    await opened(400);
    await deliver(1);
    assert.ok((await kept()) > 0);
    await pass(401);
    assert.equal(await kept(), 0);
    await deliver(1);
    assert.deepEqual(await said(), ['OrderPlaced web:1', 'OrderPlaced web:1']);
  });
  it('is remembered until then, and longer when it was told of again', async () => {
    await opened(400);
    await deliver(1);
    await deliver(2);
    await pass(399);
    await deliver(1);
    await deliver(2, { status: 'cancelled', modifiedAt: Date.UTC(2027, 9, 1) });
    await pass(2);
    await deliver(2, { status: 'cancelled', modifiedAt: Date.UTC(2027, 9, 1) });
    assert.deepEqual(await said(), ['OrderPlaced web:1', 'OrderPlaced web:2', 'OrderCancelled web:2']);
    await pass(399);
    assert.equal(await kept(), 0);
    assert.deepEqual(world.errors, []);
  });
  it('is never forgotten where the producer names no days', async () => {
    await opened();
    await deliver(1);
    const before = await kept();
    await pass(4_000);
    await deliver(1);
    assert.equal(await kept(), before);
    assert.deepEqual(await said(), ['OrderPlaced web:1']);
  });
});
