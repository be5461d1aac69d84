/** Every processor and producer there is, after random traffic, restarts, lost answers and a change of policy: equal to its history. */
import assert from 'node:assert/strict';
import { orderBooks } from '../../../processors/order-books/index.ts';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import type { MemoryFaults } from '../../../runtime/memory/log.ts';
import { nameOf, type Unit } from '../../../runtime/topology.ts';
import { units as allUnits } from '../../../runtime/units.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { random } from './support/random.ts';
import { openTrade, tradePolicy, type Trade } from '../../scenarios/support/trade.ts';
import { verdicts } from './support/rebuilt.ts';

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

describe('rebuild --verify of all units', function () {
  this.timeout(120_000);
  for (const seed of [1, 2])
    it(`finds every processor and producer equal to its history (seed ${seed})`, async () => {
      const draw = random(seed);
      const faults = lossy(draw);
      const trade = await openTrade({
        policy: policyOf('withdraw'),
        beside,
        partitions: count,
        faults,
        limits: { pollMs: 1_000 },
      });
      faults.on = true;
      await traffic(trade, draw, 700);
      faults.on = false;
      await trade.world.settle();
      await trade.world.restart(undefined, policyOf('person'));
      await traffic(trade, draw, 800);
      await trade.world.restart();
      await trade.clock.advance(600_000);
      await trade.world.settle();
      const units = trade.units.filter(one => one.kind !== 'sink');
      assert.deepEqual(
        units.map(nameOf).sort(),
        allUnits
          .filter(one => one.kind !== 'sink')
          .map(nameOf)
          .sort(),
      );
      const events = new Map<string, number>();
      for (const unit of units)
        for (const found of await verdicts(trade.world, unit, { count })) {
          const { counts, hash, difference, why } = found;
          assert.equal(
            found.is,
            'equal',
            `${nameOf(unit)}/${found.partition}: ${JSON.stringify({ counts, hash, difference, why })}`,
          );
          assert.deepEqual(found.leftOut, []);
          events.set(nameOf(unit), (events.get(nameOf(unit)) ?? 0) + counts!.records + counts!.alarms);
        }
      for (const unit of units) assert.ok((events.get(nameOf(unit)) ?? 0) > 5, `${nameOf(unit)} had nothing to do`);
      await trade.close();
    });
});
