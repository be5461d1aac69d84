/** F30: thousands of orders want the one unit of one product, as fast as they can be written. One gets it. In a world of its own. */
import assert from 'node:assert/strict';
import { stock } from '../../../processors/stock/index.ts';
import { keyOf } from '../../../runtime/identity.ts';
import type { Outgoing } from '../../../runtime/port.ts';
import { inputsOf, nameOf } from '../../../runtime/topology.ts';
import { headersOf } from '../../../runtime/wire/envelope.ts';
import { reservationSet, stockBaselineSet, type AnyFact } from '../../../schemas/generated/facts.ts';
import { factSchemas } from '../../../schemas/load.ts';
import { topicOf } from '../../../schemas/topics.ts';
import { kafkaWorld, type KafkaWorld } from '../../kafka/support/world.ts';
import { policy } from '../../support/policy.ts';
import { check, shown } from '../../support/proof/check.ts';
import { gather } from '../../support/proof/gather.ts';
import { until } from '../../support/until.ts';
import type { Fault, Size } from '../fault.ts';
import { patienceMs } from '../support/moment.ts';

const wishes: Readonly<Record<Size, number>> = { quick: 2_000, long: 10_000 };
const perSend = 250;
const units = [{ kind: 'processor' as const, unit: stock }];
const goods = { owner: 'acme', product: '1' };
const wish = (index: number): AnyFact =>
  reservationSet({
    ...{ ...goods, company: 'acme', shop: 'web', order: `web:${index}`, line: '1', component: '1', revision: 1 },
    ...{ quantityMilli: 1000, locations: ['main'], firm: false, mustAccept: false },
  });
const baseline = stockBaselineSet({ ...goods, location: 'main', quantityMilli: 1000, takenAt: 0, source: 'test' });

const recordOf = ({ names, codec }: KafkaWorld, fact: AnyFact, id: string): Outgoing => {
  const topic = topicOf(fact.type)!;
  const headers = headersOf({ id, at: Date.now(), cause: id }, fact.type, '/onhand/test/0', 0);
  return {
    topic: names.topic(topic.name),
    partition: 0,
    key: Buffer.from(keyOf(topic, fact)),
    value: codec.encode(fact),
    headers,
  };
};
interface Answers {
  /** By order, when its answer could be read, monotonic ms. */
  readonly at: ReadonlyMap<string, number>;
  readonly granted: readonly string[];
}
/** Reads answers as they become visible, until each order has one. */
const answers = async ({ log, names, codec }: KafkaWorld, count: number): Promise<Answers> => {
  const at = new Map<string, number>();
  const granted: string[] = [];
  let from = 0;
  await until(
    `${count} answers`,
    async () => {
      const [fetched] = await log.fetch([{ topic: names.topic('reservations.v1'), partition: 0, from, maxBytes: 1 << 20 }], 50);
      const now = performance.now();
      from = fetched!.next;
      await codec.ensure(fetched!.records.map(one => one.value));
      for (const record of fetched!.records) {
        const { type, data } = codec.decode(record.value, 'an answer') as AnyFact;
        if (type !== 'StockReserved' && type !== 'ReservationRefused') continue;
        assert.ok(!at.has(data.order), `${data.order} was answered twice`);
        at.set(data.order, now);
        if (type === 'StockReserved') granted.push(data.order);
      }
      return at.size >= count;
    },
    patienceMs,
  );
  return { at, granted };
};
const percentile = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);

const isAtEnd = async ({ log, names }: KafkaWorld): Promise<boolean> => {
  const inputs = units.flatMap(inputsOf).map(topic => names.topic(topic.name));
  const bounds = await log.bounds(inputs.map(topic => ({ topic, partition: 0 })));
  const committed = await log.committed(names.group(nameOf(units[0]!)), inputs);
  return bounds.every(one => (committed.find(({ topic }) => topic === one.topic)?.offset ?? 0) === one.lastStable);
};
/** The group's offsets follow the positions within half a second. */
const caughtUp = async ({ log, names }: KafkaWorld): Promise<void> => {
  const topics = stock.reads.map(topic => names.topic(topic.name));
  const bounds = await log.bounds(topics.map(topic => ({ topic, partition: 0 })));
  await until(
    'the offsets of the group to follow',
    async () => {
      const offsets = await log.committed(names.group('stock'), topics);
      return bounds.every(end => (offsets.find(one => one.topic === end.topic)?.offset ?? 0) >= end.lastStable);
    },
    patienceMs,
  );
};

const hot: Fault = {
  id: 'F30',
  name: 'thousands of orders want one unit',
  touches: [],
  times: { quick: 1, long: 1 },
  inject: async (world, _draw, size) => {
    const own = await kafkaWorld({ units, policy, partitions: 1, addresses: world.direct() });
    try {
      await own.codec.prepare([...factSchemas.keys()]);
      await own.client.append([recordOf(own, baseline, 'baseline')]);
      const count = wishes[size];
      const sentAt = new Map<string, number>();
      const reading = answers(own, count);
      const begun = performance.now();
      for (let first = 0; first < count; first += perSend) {
        const some = Array.from({ length: Math.min(perSend, count - first) }, (_, index) => first + index);
        for (const index of some) sentAt.set(`web:${index}`, performance.now());
        await own.client.append(some.map(index => recordOf(own, wish(index), `wish ${index}`)));
      }
      const { at, granted } = await reading;
      assert.equal(granted.slice(0, 5).join(), 'web:0', `the first wish gets the unit, and nobody else: ${granted.length} did`);
      assert.deepEqual(own.errors, []);
      const took = [...at].map(([order, answeredAt]) => answeredAt - sentAt.get(order)!).sort((a, b) => a - b);
      const rate = Math.round((count * 1_000) / (performance.now() - begun));
      // Groups' offsets follow the position, within half a second or so.
      await until('the group to stand at the end', () => isAtEnd(own), patienceMs);
      await caughtUp(own);
      await own.stop();
      const gathered = await gather({
        units,
        log: own.log,
        names: own.names,
        codec: own.codec,
        policies: new Map([[policy.hash, policy]]),
        drained: true,
        endedAt: Date.now(),
      });
      const problems = check({ ...gathered, stores: [], history: [], targets: new Map() });
      assert.equal(problems.length, 0, shown(problems, 6));
      return {
        fired: true,
        what: `${count} wishes, 1 granted; ${rate} a second, each answered within p50 ${percentile(took, 0.5)} ms, p99 ${percentile(took, 0.99)} ms`,
      };
    } finally {
      await own.close();
    }
  },
};
export const hotKeys: readonly Fault[] = [hot];
