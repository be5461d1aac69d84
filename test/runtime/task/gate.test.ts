/** When alarms that wait for other units may fire: after what their own turn said could be read, and never by a clearing older than they. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { gateOf, type Gate } from '../../../runtime/task/gate.ts';
import type { Log } from '../../../runtime/port.ts';
import type { Consumed, DueAlarm } from '../../../runtime/task/keys.ts';
import { inputsOf } from '../../../runtime/topology.ts';
import { until } from '../../support/until.ts';
import { counter } from '../support/counter.ts';
import { restoringOf } from '../support/restoring.ts';

const now = 1_000;
const alarm = (id: string, at = 500): DueAlarm => ({
  ...{ id, at, key: 'k', cause: 'c', waitsFor: ['counter'] },
  fact: { type: 'Due', data: {} },
});
const sets = ({ id, at, key, fact, waitsFor }: DueAlarm): Consumed => ({ sets: id, at, key, fact, waitsFor });

describe('the gate of alarms', () => {
  let gate: Gate;
  let asked = 0;
  let woken = 0;
  beforeEach(async () => {
    [asked, woken] = [0, 0];
    const over = await restoringOf();
    const log = {
      bounds: () => {
        asked++;
        return Promise.resolve([]);
      },
      committed: () => Promise.resolve([]),
    };
    const context = { ...over.context(log), unitNamed: () => ({ kind: 'processor', unit: counter }) as const };
    gate = gateOf(
      context,
      0,
      () => now,
      () => true,
      () => woken++,
    );
  });
  afterEach(() => gate.stop());
  const turn = (consumed: readonly Consumed[] = []): void => gate.end(consumed, Promise.resolve());
  const cleared = async (one: DueAlarm): Promise<void> => {
    gate.begin();
    const before = woken;
    assert.equal(gate.open(one, false), false);
    turn();
    await until('the units to have passed', () => woken > before);
  };

  it('asks others only when what the turn said is committed', async () => {
    gate.begin();
    assert.equal(gate.open(alarm('a'), true), false);
    const committing = Promise.withResolvers<void>();
    gate.end([sets(alarm('a'))], committing.promise);
    await setImmediate();
    assert.equal(asked, 0);
    committing.resolve();
    await until('the units to have passed', () => woken > 0);
    assert.ok(asked > 0);
    gate.begin();
    assert.equal(gate.open(alarm('a'), false), true);
  });
  it('waits for what was said and cannot be read yet: a commit is answered before its marks are written', async () => {
    const over = await restoringOf();
    let position = 5;
    let looked = 0;
    // Of each partition the last record is of a transaction whose mark is still to come.
    const log: Partial<Log> = {
      bounds: all => Promise.resolve(all.map(at => ({ ...at, start: 0, lastStable: 5, highWatermark: 6 }))),
      committed: (_, all) => {
        looked++;
        return Promise.resolve(all.map(topic => ({ topic, partition: 0, offset: position })));
      },
    };
    const [requests] = inputsOf({ kind: 'processor', unit: counter });
    const context = {
      ...over.context(log),
      partitions: new Map([[requests!.name, 1]]),
      unitNamed: () => ({ kind: 'processor', unit: counter }) as const,
    };
    const mine = { is: 5 };
    const passed = (targets: ReadonlyMap<string, number>): boolean => [...targets.values()].every(at => mine.is >= at);
    const one = gateOf(
      context,
      0,
      () => now,
      passed,
      () => woken++,
    );
    one.begin();
    assert.equal(one.open(alarm('a'), false), false);
    one.end([], Promise.resolve());
    await until('the unit to be looked at again', () => looked > 2);
    assert.equal(woken, 0, 'the waited unit has not read it');
    position = 6;
    const before = looked;
    await until('the unit to be looked at again', () => looked > before);
    await setImmediate();
    assert.equal(woken, 0, 'this task has not read what that unit said');
    mine.is = 6;
    await until('the gate to open', () => woken > 0);
    one.stop();
  });
  it('lets all alarms through that were set before', async () => {
    await cleared(alarm('a'));
    gate.begin();
    assert.deepEqual([gate.open(alarm('a'), false), gate.open(alarm('b'), false)], [true, true]);
    assert.equal(gate.open(alarm('later', now + 1), false), false);
  });
  it('holds an alarm that was set since, though it was due before, until its units have passed what came with it', async () => {
    await cleared(alarm('a'));
    gate.begin();
    assert.equal(gate.open(alarm('late'), true), false, 'in the turn that sets it');
    turn([sets(alarm('late'))]);
    gate.begin();
    assert.equal(gate.open(alarm('a'), false), true);
    turn();
    await until('the units to have passed', () => woken > 1);
    gate.begin();
    assert.equal(gate.open(alarm('late'), false), true);
  });
  it('holds it in the turns after the one that set it, too', async () => {
    await cleared(alarm('a'));
    gate.begin();
    turn([sets(alarm('late'))]);
    gate.begin();
    assert.equal(gate.open(alarm('late'), false), false);
  });
});
