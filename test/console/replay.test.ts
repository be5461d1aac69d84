/** Replays by the console, in memory: ranges by offsets, times and keys; the rate; what an interrupt leaves, and going on after it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationsOf } from '../../console/audit.ts';
import { keepPlan, readPlan, type ReplayPlan } from '../../console/replay/plan.ts';
import { rangeOf, type Asked } from '../../console/replay/range.ts';
import { runReplay, type ReplayRun } from '../../console/replay/run.ts';
import { planReplay } from '../../console/replay/steps.ts';
import type { MemoryFaults } from '../../runtime/memory/log.ts';
import { isFailure, type Failure } from '../../runtime/failure.ts';
import type { ReplayReference } from '../../runtime/task/replayed.ts';
import { note } from '../runtime/support/shelf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { consoleWorld, type ConsoleWorld } from './support/world.ts';

const all: Asked = { sink: 'shelf', topic: 'journals.v1', from: new Map(), to: new Map(), keys: [] };
const failureOf = (error: unknown): Failure => (isFailure(error) ? error : assert.fail(`no failure: ${String(error)}`));

describe('a replay', () => {
  let console: ConsoleWorld;
  const folder = temporaryFolder(() => console.close());
  /** What becomes of the next changes of the log, the sink's among them. */
  let faults: NonNullable<MemoryFaults['around']>;
  beforeEach(async () => {
    faults = () => 'ok';
    console = await consoleWorld({ faults: { around: what => faults(what) } });
  });
  const names = Array.from({ length: 12 }, (_, i) => `j${i}`);
  const publish = async (...journals: readonly string[]): Promise<void> => {
    await console.world.publish(...journals.map(name => note(name, 'kept')));
    await console.world.settle();
  };
  const plan = async (asked: Partial<Asked> = {}): Promise<ReplayPlan> => {
    let made: ReplayPlan | undefined;
    const { error } = await console.run(async context => (made = await planReplay(context, { ...all, ...asked })));
    if (error instanceof Error) throw error;
    return made!;
  };
  const how = (more: Partial<ReplayRun> = {}): ReplayRun => ({
    actor: 'ann',
    reason: 'a test',
    rate: undefined,
    patienceMs: 60_000,
    signal: new AbortController().signal,
    ...more,
  });
  const run = (made: ReplayPlan, more: Partial<ReplayRun> = {}) => console.run(context => runReplay(context, made, how(more)));
  /** Offsets that were referred to, with when. */
  const references = async (): Promise<readonly { readonly at: number; readonly place: string }[]> => {
    const found: { at: number; place: string }[] = [];
    await console.world.client.scan('shelf.replay', ({ timestamp, partition, value }) => {
      found.push({ at: timestamp, place: `${partition}:${(JSON.parse(value!.toString()) as ReplayReference).offset}` });
    });
    return found;
  };
  const writesSince = (before: number): readonly string[] => [...console.shelf.writes.slice(before)].sort();

  it('brings what the target has lost, and nothing twice; run again it does nothing and says when it was done', async () => {
    await publish(...names);
    console.shelf.forget();
    const made = await plan();
    const first = await run(made);
    assert.equal(first.error, undefined);
    assert.match(first.out, /^Done: 12 event\(s\)/);
    assert.deepEqual(writesSince(12), names.map(name => `${name}=kept`).sort());
    const again = await run(made);
    assert.equal(again.error, undefined);
    assert.match(again.out, /^This plan was run by ann, to its end at .*: nothing was done now/);
    assert.equal(console.shelf.writes.length, 24);
    assert.equal((await references()).length, 12);
  });
  it('goes on after a stop where it stopped: every reference is written once, and both runs are recorded', async () => {
    await publish(...names);
    console.shelf.forget();
    const made = await plan();
    const stop = new AbortController();
    const begun = console.begin(context => runReplay(context, made, how({ rate: 2, signal: stop.signal })));
    await console.world.clock.until(() => begun.said().includes('3 of 12 written'), 60_000);
    stop.abort();
    await console.world.clock.until(begun.isOver, 60_000);
    assert.equal(failureOf((await begun.end).error).code, 'REPLAY_INTERRUPTED');
    const written = (await references()).length;
    assert.ok(written >= 3 && written < 12, String(written));
    const { error, out, err } = await run(made, { actor: 'bob' });
    assert.equal(error, undefined);
    assert.match(err, new RegExp(`Going on with the run begun .* by ann: ${written} of 12 are written already`));
    assert.match(out, /^Done: 12 event/);
    assert.equal(new Set((await references()).map(one => one.place)).size, 12);
    assert.equal((await references()).length, 12);
    assert.deepEqual(writesSince(12), names.map(name => `${name}=kept`).sort());
    const { out: audit } = await console.run(
      async context => context.output.show({ json: await operationsOf(context, made.plan) }),
      true,
    );
    const recorded = JSON.parse(audit) as readonly { attempt: number; actor: string; ended: { outcome: string } }[];
    assert.deepEqual(
      recorded.map(one => [one.attempt, one.actor, one.ended.outcome]),
      [
        [1, 'ann', 'interrupted'],
        [2, 'bob', 'done'],
      ],
    );
  });
  it('that was killed is gone on with; the run that was thought dead can write nothing more', async () => {
    await publish(...names);
    console.shelf.forget();
    const made = await plan();
    const dead = console.begin(context => runReplay(context, made, how({ rate: 1 })));
    await console.world.clock.until(() => dead.said().includes('2 of 12 written'), 60_000);
    const { error } = await run(made);
    assert.equal(error, undefined);
    await console.world.clock.until(dead.isOver, 60_000);
    assert.equal(failureOf((await dead.end).error).code, 'REPLAY_ELSEWHERE');
    assert.equal((await references()).length, 12);
    assert.equal(new Set((await references()).map(one => one.place)).size, 12);
    assert.equal(console.shelf.writes.length, 24);
  });
  it('writes nothing twice when the log does not answer: what was written is looked up, and the rest follows', async () => {
    await publish(...names);
    console.shelf.forget();
    const made = await plan();
    const fates = (['send', 'end'] as const).flatMap(what =>
      (['lost before', 'lost after'] as const).map(fate => ({ what, fate })),
    );
    const left = [...fates];
    faults = what => (left[0]?.what === what ? left.shift()!.fate : 'ok');
    const { error, err } = await run(made, { rate: 5 });
    assert.equal(error, undefined);
    assert.deepEqual(left, []);
    assert.match(err, /looking what was written, then going on/);
    assert.equal((await references()).length, 12);
    assert.equal(new Set((await references()).map(one => one.place)).size, 12);
    assert.deepEqual([...console.shelf.stored.keys()].sort(), [...names].sort());
  });
  it('keeps to its rate, and a slow moment is not caught up', async () => {
    await publish(...Array.from({ length: 90 }, (_, i) => `many${i}`));
    console.shelf.forget();
    const made = await plan();
    const { error } = await run(made, { rate: 20 });
    assert.equal(error, undefined);
    const times = (await references()).map(one => one.at).sort((a, b) => a - b);
    assert.equal(times.length, 90);
    for (const from of times)
      assert.ok(times.filter(at => at >= from && at < from + 1_000).length <= 22, 'more than 20 in a second, and a batch of 2');
    assert.ok(times.at(-1)! - times[0]! >= 4_000, '90 at 20 a second take four seconds');
    assert.ok(times.at(-1)! - times[0]! < 6_000, 'and not much more');
  });
  it('does nothing when the target has changed since the plan, and shows what would be done', async () => {
    await publish('a', 'b');
    console.shelf.forget();
    const made = await plan();
    await console.world.publish(note('a', 'newer', 2));
    await console.world.settle();
    const { error, out } = await run(made);
    const { code, message } = failureOf(error);
    assert.equal(code, 'PLAN_CHANGED');
    assert.match(message, /1 event\(s\), shown above, .* nothing was done$/);
    assert.match(out, /superseded/);
    assert.deepEqual(await references(), []);
    assert.deepEqual(
      await console.run(async context => assert.deepEqual(await operationsOf(context), [])).then(one => one.error),
      undefined,
    );
  });
  it('that goes on still does nothing more when what is left has changed', async () => {
    await publish(...names);
    console.shelf.forget();
    const made = await plan();
    const stop = new AbortController();
    const begun = console.begin(context => runReplay(context, made, how({ rate: 2, signal: stop.signal })));
    await console.world.clock.until(() => begun.said().includes('3 of 12 written'), 60_000);
    stop.abort();
    await console.world.clock.until(begun.isOver, 60_000);
    const written = await references();
    const left = made.steps.findLast(step => !written.some(one => one.place === `${step.partition}:${step.offset}`))!;
    const journal = left.key.split('|')[1]!;
    console.shelf.put(journal, 'by hand');
    const { error } = await run(made);
    assert.equal(failureOf(error).code, 'PLAN_CHANGED');
    assert.match(
      failureOf(error).message,
      /1 event.* would do something else .* reference\(s\) were written before, nothing was done now$/,
    );
    assert.equal((await references()).length, written.length);
    // What needs less than was shown, since somebody or a later decision brought it, is no reason to stop.
    console.shelf.put(journal, 'kept');
    assert.equal((await run(made)).error, undefined);
  });
  it('gives up when nothing moves for as long as it was told, and goes on when the sink runs', async () => {
    await publish('a', 'b');
    console.shelf.forget();
    const made = await plan();
    await console.world.restart([]);
    const { error } = await run(made, { patienceMs: 5_000 });
    assert.equal(failureOf(error).code, 'REPLAY_WAITS');
    assert.match(failureOf(error).message, /2 reference\(s\) wait for the sink, 0 are not written/);
    await console.world.restart(['shelf']);
    const again = await run(made);
    assert.equal(again.error, undefined);
    assert.match(again.out, /^Done: 2 event/);
    assert.equal((await references()).length, 2);
  });
  it('tells what is still missing when the target refuses it', async () => {
    await publish('a', 'b');
    console.shelf.forget();
    console.shelf.fate('a', ['refuse']);
    const { error, out } = await run(await plan());
    assert.equal(failureOf(error).code, 'REPLAY_INCOMPLETE');
    assert.match(out, /^1 of 2 are still missing/);
  });
  it('runs no plan that is not as it was kept', async () => {
    await publish('a');
    const path = join(folder(), 'plan.json');
    keepPlan(await plan(), path);
    assert.equal(readPlan(path).steps.length, 1);
    const text = readFileSync(path, 'utf8');
    const { plan: id } = JSON.parse(text) as { readonly plan: string };
    for (const changed of [
      text.replace('"same"', '"create"'),
      text.replace('"0"', '"1"'),
      text.replace(id, 'another'),
      text.replace('"version": 2', '"version": 1'),
      '[]',
    ]) {
      assert.notEqual(changed, text);
      writeFileSync(path, changed);
      assert.throws(
        () => readPlan(path),
        error => failureOf(error).code === 'PLAN_CHANGED',
      );
    }
  });
  it('of keys looks at these alone, and names those that the topic does not know', async () => {
    await publish('a', 'b', 'c');
    const { steps } = await plan({ keys: ['acme|a', 'acme|c'] });
    assert.deepEqual(steps.map(step => step.key).sort(), ['acme|a', 'acme|c']);
    await assert.rejects(
      plan({ keys: ['acme|a', 'acme|x', 'acme|y'] }),
      /the key acme\|x, acme\|y: journals\.v1 holds nothing of it/,
    );
  });

  describe('by time', () => {
    const at = (ms: number): number => ms;
    it('takes what the broker took at or after the one time and before the other', async () => {
      await publish('before');
      const since = console.world.clock.now();
      await publish('within', 'also');
      const until = console.world.clock.now();
      await publish('after');
      const made = await plan({ since, until });
      assert.deepEqual(made.steps.map(step => step.key).sort(), ['acme|also', 'acme|within']);
      assert.deepEqual([made.since, made.until], [since, until]);
      assert.deepEqual(
        (await plan({ since: until })).steps.map(step => step.key),
        ['acme|after'],
      );
      assert.deepEqual(
        (await plan({ until: since })).steps.map(step => step.key),
        ['acme|before'],
      );
    });
    it('covers what it covered when it was planned, though more came since', async () => {
      await publish('a');
      console.shelf.forget();
      const made = await plan({ since: at(0), until: console.world.clock.now() + 3_600_000 });
      await publish('later');
      assert.equal((await run(made)).error, undefined);
      assert.deepEqual(console.shelf.writes, ['a=kept', 'later=kept', 'a=kept']);
    });
    it('says that an end is yet to come', async () => {
      await publish('a');
      const { err } = await console.run(context => rangeOf(context, { ...all, until: console.world.clock.now() + 3_600_000 }));
      assert.match(err, /is yet to come: the range ends with what is there now/);
    });
    it('refuses a beginning after its end, and one before what retention has left', async () => {
      await publish(...names);
      await assert.rejects(plan({ since: 2_000_000_000_000, until: 1_900_000_000_000 }), /is after until/);
      const cut = console.world.clock.now();
      await console.world.clock.advance(1_000);
      const topic = console.world.names.topic('journals.v1');
      await publish(...names);
      for (const partition of [0, 1]) {
        const [found] = await console.world.log.offsetsAt([{ topic, partition }], cut);
        console.world.log.truncate({ topic, partition }, found!.offset);
      }
      await assert.rejects(
        plan({ since: cut - 1 }),
        error =>
          failureOf(error).code === 'OFFSET_OUT_OF_RANGE' &&
          /retention has taken the beginning of partition \d, which begins at \d+ of .*; ask since/.test(
            failureOf(error).message,
          ),
      );
    });
  });
  it('reports offsets that the topic does not hold, of all partitions, and moves none', async () => {
    await publish(...names);
    await assert.rejects(
      plan({
        from: new Map([[0, 0]]),
        to: new Map([
          [0, 99],
          [1, 98],
        ]),
      }),
      error =>
        failureOf(error).code === 'OFFSET_OUT_OF_RANGE' &&
        /0 to 99 is asked[\s\S]*0 to 98 is asked/.test(failureOf(error).message),
    );
    await assert.rejects(plan({ from: new Map([[7, 0]]) }), /it has 2 partitions, so there is no partition 7/);
  });
});
