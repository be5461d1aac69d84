/** Every processor and producer there is, after random traffic, restarts, lost answers and a change of policy: equal to its history. */
import assert from 'node:assert/strict';
import { orderBooks } from '../../../processors/order-books/index.ts';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import type { MemoryFaults } from '../../../runtime/memory/log.ts';
import { keysOf, memoryKeyStore, type KeyStore } from '../../../runtime/keys/keys.ts';
import { factDifferences } from '../../../runtime/rebuild/fact-differences.ts';
import { retell } from '../../../runtime/rebuild/retell.ts';
import type { Rebuildable } from '../../../runtime/rebuild/world.ts';
import { keyedHash } from '../../../runtime/run.ts';
import { producerRules } from '../../../runtime/task/producer-rules.ts';
import { processorRules, type Rules } from '../../../runtime/task/rules.ts';
import { nameOf, type Unit } from '../../../runtime/topology.ts';
import { units as allUnits } from '../../../runtime/units.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { allTopics } from '../../../schemas/topics.ts';
import { random } from './support/random.ts';
import { openTrade, tradePolicy, type Trade } from '../../scenarios/support/trade.ts';
import { verdicts, without, worldOf } from './support/rebuilt.ts';

const beside: readonly Unit[] = [orderBooks, paymentBooks].map(unit => ({ kind: 'processor', unit }));
const count = 2;

/** Holds end within minutes, so that alarms fall due. */
const policyOf = (shortage: 'withdraw' | 'person'): Policy => {
  const acme = tradePolicy.companies['acme']!;
  const orders = { ...acme.orders, holdMinutes: { default: 2 }, shortage: { default: shortage } };
  return { ...tradePolicy, hash: shortage, companies: { acme: { ...acme, orders } } };
};
/** Something may be lost on the way to the log and back. */
const lossy = (draw: () => number): MemoryFaults & { on: boolean } => {
  const faults = {
    on: false,
    around: () => {
      const at = draw();
      if (!faults.on || at > 0.1) return 'ok' as const;
      return at < 0.03 ? ('lost before' as const) : at < 0.06 ? ('lost after' as const) : ('refused' as const);
    },
  };
  return faults;
};
const traffic = async (trade: Trade, draw: () => number, from: number): Promise<void> => {
  for (let i = 0; i < 14; i++) {
    const id = from + i;
    const shop = draw() < 0.7 ? 'web' : 'outlet';
    const quantity = 1 + Math.floor(draw() * 3);
    const lines = [{ sku: draw() < 0.1 ? 'NONE' : 'TEE', quantity, netMinor: 2000 * quantity }];
    const isCard = draw() < 0.5;
    const card = isCard ? ({ method: 'stripe', intent: `pi_${id}`, status: 'pending' } as const) : {};
    await trade.tell(shop, { id, lines, ...card });
    if (isCard && draw() < 0.8) await trade.pay({ intent: `pi_${id}`, amountMinor: Math.round(2420 * quantity) });
    if (draw() < 0.3) await trade.tell(shop, { id, lines, status: 'cancelled', modifiedAt: trade.clock.now() + 1000 });
    if (draw() < 0.3) await trade.clock.advance(Math.floor(draw() * 20_000));
  }
};

const open = async (
  seed: number,
): Promise<{ readonly trade: Trade; readonly draw: () => number; readonly keyStore: KeyStore }> => {
  const draw = random(seed);
  const faults = lossy(draw);
  const keyStore = memoryKeyStore();
  const limits = { pollMs: 1_000 };
  const trade = await openTrade({ policy: policyOf('withdraw'), beside, partitions: count, faults, limits, keyStore });
  faults.on = true;
  await traffic(trade, draw, 700);
  faults.on = false;
  return { trade, draw, keyStore };
};
const rebuilt = ({ units }: Trade): readonly Rebuildable[] => units.filter(one => one.kind !== 'sink');

describe('rebuild of all units', function () {
  this.timeout(120_000);
  it('--verify finds every processor and producer equal to its history', async () => {
    const { trade, draw } = await open(1);
    await trade.world.settle();
    await trade.world.restart(undefined, policyOf('person'));
    await traffic(trade, draw, 800);
    await trade.world.restart();
    await trade.clock.advance(300_000);
    await trade.world.settle();
    const units = rebuilt(trade);
    const all = allUnits.filter(one => one.kind !== 'sink').map(nameOf);
    assert.deepEqual(units.map(nameOf).sort(), all.sort());
    const events = new Map<string, number>();
    let alarms = 0;
    // Compaction takes the older facts of tables: no state may stand on one.
    const tables = new Set(allTopics.filter(topic => topic.table).map(topic => trade.world.names.topic(topic.name)));
    const log = without(trade.world.log, record => tables.has(record.topic));
    for (const unit of units)
      for (const found of await verdicts(trade.world, unit, { count, log })) {
        const { counts, hash, difference, why, leftOut } = found;
        const task = `${nameOf(unit)}/${found.partition}`;
        assert.equal(found.is, 'equal', `${task}: ${JSON.stringify({ counts, hash, difference, why })}`);
        assert.deepEqual(leftOut, []);
        events.set(nameOf(unit), (events.get(nameOf(unit)) ?? 0) + counts!.records + counts!.alarms);
        alarms += counts!.alarms;
      }
    for (const unit of units) assert.ok((events.get(nameOf(unit)) ?? 0) > 5, `${nameOf(unit)} had nothing to do`);
    assert.ok(alarms > 0, 'no alarm fell due');
    await trade.close();
  });
  it('--what-if finds that the same rules say the same again, and what another policy would have said', async () => {
    const { trade, keyStore } = await open(2);
    // Paid a minute and a half after it was placed: in time while holds last two minutes.
    await trade.tell('web', { id: 990, method: 'stripe', intent: 'pi_990', status: 'pending' });
    await trade.clock.advance(90_000);
    await trade.pay({ intent: 'pi_990' });
    await trade.clock.advance(300_000);
    await trade.world.settle();
    const { codec, clock } = trade.world;
    const keys = keysOf({ ...memoryKeyStore(), load: keyStore.load }, clock.now);
    const rulesOf = (unit: Rebuildable, policy: Policy): Rules =>
      unit.kind === 'producer'
        ? producerRules(unit.unit, codec, policy, keys, keyedHash('memory'))
        : processorRules(unit.unit, codec, policy);
    const told = async (unit: Rebuildable, policy: Policy) => {
      const differences = factDifferences(2);
      const rules = rulesOf(unit, policy);
      const { says, whole } = await retell({ world: worldOf(trade.world, unit), rules, partitions: [0, 1], differences });
      assert.deepEqual([says, whole, differences.refused()], [[], true, []]);
      return differences.groups();
    };
    let same = 0;
    for (const unit of rebuilt(trade))
      for (const group of await told(unit, policyOf('withdraw'))) {
        const { onlyThen, onlyNow, changed } = group;
        assert.deepEqual([onlyThen, onlyNow, changed], [0, 0, 0], `${nameOf(unit)}: ${JSON.stringify(group)}`);
        same += group.same;
      }
    assert.ok(same > 100, `only ${same} facts were compared`);
    // Half of what stock has is held back: so much less is free, and what does not fit is refused.
    const acme = policyOf('withdraw').companies['acme']!;
    const careful = { ...acme, stock: { ...acme.stock, safetyMilli: { default: 1_000_000 } } };
    const stock = rebuilt(trade).find(one => nameOf(one) === 'stock')!;
    const found = await told(stock, { ...policyOf('withdraw'), companies: { acme: careful } });
    const group = (fact: string) => found.find(one => one.rule === 'ReservationSet' && one.fact === fact);
    assert.ok(
      (group('StockReserved')?.onlyThen ?? 0) > 0 && (group('ReservationRefused')?.onlyNow ?? 0) > 0,
      JSON.stringify(found),
    );
    const [example] = group('ReservationRefused')!.examples;
    assert.ok(example!.how === 'only now' && example!.key.startsWith('acme|'));
    // Shorter holds end while their orders still wait for money, by alarms that only these rules set.
    const hasty = { ...acme, orders: { ...acme.orders, holdMinutes: { default: 1 } } };
    const orders = rebuilt(trade).find(one => nameOf(one) === 'orders')!;
    const sooner = await told(orders, { ...policyOf('withdraw'), companies: { acme: hasty } });
    const ended = sooner.find(one => one.rule === 'HoldExpired' && one.onlyNow > 0);
    assert.ok(ended !== undefined, JSON.stringify(sooner));
    assert.deepEqual(sooner.find(one => one.fact === 'HoldStarted')!.fields, { minutes: 9, until: 9 });
    await trade.close();
  });
});
