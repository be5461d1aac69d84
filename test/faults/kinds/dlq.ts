/** F29: the DLQ itself cannot be written. What cannot be read is not dropped: the unit stops there, and all is there once it is mended. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ownTopics, topicSpecs } from '../../../runtime/topology.ts';
import { units } from '../../../runtime/units.ts';
import { until } from '../../support/until.ts';
import type { Draw, Fault, Fired, Instance, World } from '../fault.ts';
import { below } from '../support/kills.ts';
import { partitions } from '../support/plant.ts';
import { readyAgain } from '../support/recovery.ts';
import { refusedBy, type Unworkable } from './refused.ts';
import { patienceMs } from '../support/moment.ts';

/** A transaction's end is a record too, of 78 bytes; refused, it would never end. */
const roomForMarkers = '100';
const processors = ({ instances }: World): readonly Instance[] => [instances['processors-a'], instances['processors-b']];
const garbage = (draw: Draw, topic: string): Unworkable => ({
  topic,
  partition: below(draw, partitions),
  key: null,
  value: randomBytes(40),
  goes: 'dlq',
  code: 'RECORD_UNREADABLE',
});
const specOf = (world: World, topic: string) =>
  topicSpecs(units, world.names, partitions).find(one => one.name === world.names.topic(topic))!;
const logged = (one: Instance, from: number): string => one.log().slice(from);
const complaintsOf = (one: Instance, from: number): string =>
  `${one.name}: ${logged(one, from)
    .split('\n')
    .filter(line => /"level":"?(40|50|warn|error)/.test(line))
    .slice(-4)
    .join(' ')}`;
/** What a task says when its DLQ is gone. */
const excuse = (world: World, dlq: string): void => {
  world.excused.push(line => line.includes('DLQ_UNWRITABLE') || (line.includes('TOPIC_MISSING') && line.includes(dlq)));
};
/** Nothing that could be dropped has been: the position stands before it. */
const stoodStill = async (world: World, unit: string, bad: Unworkable, offset: number): Promise<void> => {
  const committed = await world.log.committed(world.names.group(unit), [world.names.topic(bad.topic)]);
  const position = committed.find(one => one.partition === bad.partition)?.offset ?? 0;
  assert.ok(position <= offset, `${unit} stands at ${position} of ${bad.topic}/${bad.partition}, behind what it could not write`);
};

/** Both processes that run the unit meet it, one after the other, and end by themselves. */
const refuses: Fault = {
  id: 'F29',
  name: 'the DLQ refuses writes',
  touches: ['processors'],
  times: { quick: 1, long: 2 },
  inject: async (world, draw): Promise<Fired> => {
    const [unit, bad] = ['catalogue', garbage(draw, 'codes.v1')];
    const dlq = world.names.topic(ownTopics.dlq(unit));
    const settings = specOf(world, ownTopics.dlq(unit)).settings;
    excuse(world, dlq);
    const all = processors(world);
    const said = all.map(one => one.log().length);
    await world.log.admin.alter(dlq, { ...settings, 'max.message.bytes': roomForMarkers });
    let mendedAt = 0;
    const refused = refusedBy(world, bad, async offset => {
      try {
        await until('both processes to end by themselves', () => all.every(one => !one.running()), patienceMs).catch(
          (error: unknown) => {
            throw new Error(`${String(error)}; they say ${all.map((one, index) => complaintsOf(one, said[index]!)).join('; ')}`);
          },
        );
        for (const [index, one] of all.entries())
          assert.match(logged(one, said[index]!), /DLQ_UNWRITABLE/, `${one.name} ended and does not say why`);
        await stoodStill(world, unit, bad, offset);
      } finally {
        await world.log.admin.alter(dlq, settings);
        mendedAt = Date.now();
        for (const one of all) if (!one.running()) one.start();
      }
    });
    await refused;
    const recoveryMs = Date.now() - mendedAt;
    for (const one of all) await readyAgain(one);
    return { fired: true, what: `${unit}/${bad.partition} of both processes stopped before it; then it was there`, recoveryMs };
  },
};
/** A topic that is missing may come back: the task tries on, and goes on by itself when it is made again. */
const deleted: Fault = {
  id: 'F29',
  name: 'the DLQ is deleted',
  touches: ['processors'],
  times: { quick: 1, long: 1 },
  inject: async (world, draw): Promise<Fired> => {
    const [unit, bad] = ['payments', garbage(draw, 'payment-operations.v1')];
    const dlq = world.names.topic(ownTopics.dlq(unit));
    excuse(world, dlq);
    const all = processors(world);
    const said = all.map(one => one.log().length);
    await world.log.admin.remove([dlq]);
    let mendedAt = 0;
    await refusedBy(world, bad, async offset => {
      try {
        await until(
          'the task to say which topic is missing',
          () =>
            all.some((one, index) =>
              logged(one, said[index]!)
                .split('\n')
                .some(line => line.includes(dlq) && /begins anew|stops/.test(line)),
            ),
          patienceMs,
        );
        await stoodStill(world, unit, bad, offset);
      } finally {
        await world.log.admin.create([specOf(world, ownTopics.dlq(unit))]);
        mendedAt = Date.now();
      }
      for (const one of all) assert.ok(one.running(), `${one.name} ended though the topic may come back`);
    });
    return { fired: true, what: `${unit}/${bad.partition} waited for it`, recoveryMs: Date.now() - mendedAt };
  },
};
export const dlqFaults: readonly Fault[] = [refuses, deleted];
