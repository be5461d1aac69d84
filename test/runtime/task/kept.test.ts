/** What tasks keep in memory of their states: what was used lately, and together no more than a process has room for. */
import assert from 'node:assert/strict';
import { memoryStore } from '../../../runtime/store/memory.ts';
import { viewOf } from '../../../runtime/store/view.ts';
import { inputsOf } from '../../../runtime/task/inputs.ts';
import { heldOf, keptBudget, keptStates, type KeptBudget } from '../../../runtime/task/kept.ts';
import { processPump } from '../../../runtime/task/process.ts';
import { processorRules } from '../../../runtime/task/rules.ts';
import type { Session } from '../../../runtime/task/task.ts';
import { policy } from '../../support/policy.ts';
import { counter } from '../support/counter.ts';
import { restoringOf } from '../support/restoring.ts';

describe('states that are kept', () => {
  it('go when they were not used since the last trimming but one, and stay when they were', () => {
    const kept = keptStates(() => 2);
    for (const key of ['used', 'left']) kept.add(heldOf(key, key));
    kept.trim();
    assert.equal(kept.get('used')?.now, 'used');
    kept.add(heldOf('new', 'new'));
    kept.trim();
    assert.equal(kept.get('left'), undefined);
    assert.equal(kept.get('used')?.now, 'used');
    assert.equal(kept.get('new')?.now, 'new');
  });
  it('all stay while there is room', () => {
    const kept = keptStates(() => 3);
    for (const key of ['one', 'two']) kept.add(heldOf(key, key));
    for (let i = 0; i < 5; i++) kept.trim();
    assert.equal(kept.get('one')?.now, 'one');
  });
  it('count by their size: one that has grown takes the room of many', () => {
    const kept = keptStates(() => 10);
    const [grown, small] = [heldOf('grown', 1), heldOf('small', 1)];
    for (const held of [grown, small]) kept.add(held);
    kept.weigh(grown, 9);
    kept.trim();
    kept.add({ ...heldOf('next', 1), weight: 10 });
    kept.trim();
    assert.equal(kept.get('grown'), undefined);
    const lighter = heldOf('lighter', 1);
    kept.add(lighter);
    kept.weigh(lighter, 50);
    kept.weigh(lighter, 1);
    kept.forget('lighter');
    for (const key of ['a', 'b', 'c']) kept.add(heldOf(key, key));
    for (let i = 0; i < 5; i++) kept.trim();
    assert.equal(kept.get('a')?.now, 'a');
  });
  it('go when another task takes a part of the room', () => {
    const budget = keptBudget();
    budget.opened();
    const kept = keptStates(budget.share);
    kept.add({ ...heldOf('large', 1), weight: budget.share() - 1 });
    kept.trim();
    kept.trim();
    assert.notEqual(kept.get('large'), undefined);
    budget.opened();
    kept.trim();
    kept.add({ ...heldOf('next', 1), weight: budget.share() });
    kept.trim();
    assert.equal(kept.get('large'), undefined);
  });
});

describe('the room for them', () => {
  const withOpen = (tasks: number): KeptBudget => {
    const budget = keptBudget();
    for (let i = 0; i < tasks; i++) budget.opened();
    return budget;
  };
  it('is shared by the open tasks of a process, down to what one needs at least', () => {
    assert.deepEqual(
      [1, 4, 12, 13, 100].map(tasks => withOpen(tasks).share()),
      [120_000, 30_000, 10_000, 10_000, 10_000],
    );
  });
  it('is given back by a session that ends, well or not', async () => {
    const budget = withOpen(1);
    const context = (await restoringOf()).context();
    const pump = processPump(processorRules(counter, context.codec, policy), budget);
    const during: number[] = [];
    const session = (live: () => boolean) =>
      ({
        ...{ context, partition: 0, inputs: inputsOf([]), opened: { view: viewOf(memoryStore()) } },
        live: () => {
          during.push(budget.share());
          return live();
        },
      }) as unknown as Session;
    await pump.run(session(() => false));
    await assert.rejects(
      pump.run(
        session(() => {
          throw new Error('it ended');
        }),
      ),
      /it ended/,
    );
    assert.deepEqual(during, [60_000, 60_000]);
    assert.equal(budget.share(), 120_000);
  });
});
