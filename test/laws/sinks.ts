/**
 * The laws every sink keeps, for any decisions (style.md, habit 26), at a target that really writes. Call `sinkLaws` once per sink and
 * target. A failure prints the seed and the shortest history found; ONHAND_SEED=N runs the same histories again.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { realClock } from '../../runtime/clock.ts';
import type { AnySink, Event, Fact } from '../../runtime/model.ts';
import { converge, isSuperseded, type AnyTarget, type Result } from '../../runtime/task/converge.ts';
import type { Policy } from '../../schemas/policy.ts';
import { event } from '../support/given.ts';
import { seed } from './processors.ts';

export interface SinkLawOptions<In extends Fact> {
  readonly sink: AnySink;
  readonly target: () => AnyTarget;
  readonly policy: () => Policy;
  /** Decisions in the order in which they were made, of documents of that run alone: a target remembers. */
  readonly history: fc.Arbitrary<(run: string) => readonly In[]>;
  /** All that the target holds for these, and whatever moves when it is written to. */
  readonly holds: (history: readonly In[]) => Promise<unknown>;
  readonly runs?: number;
  /** Ms that one call may take. */
  readonly callMs?: number;
}

interface Bringing {
  readonly bring: (fact: Event) => Promise<Result>;
  readonly applied: ReadonlyMap<string, number>;
}
/** As the runtime's pump: what was applied of a document is remembered. */
const bringingTo = (options: SinkLawOptions<Fact>): Bringing => {
  const applied = new Map<string, number>();
  return {
    applied,
    bring: async one => {
      const [result] = await converge([one], {
        sink: options.sink,
        target: options.target(),
        policy: options.policy(),
        deadline: () => realClock.monotonic() + (options.callMs ?? 10_000),
        appliedRevision: document => applied.get(document),
        timed: () => undefined,
        now: realClock.monotonic,
      });
      const document = options.sink.document(one);
      if (document !== undefined && (result!.is === 'applied' || result!.is === 'same'))
        applied.set(document.document, document.revision);
      return result!;
    },
  };
};
const say = (result: Result): string =>
  result.is === 'failure' ? `${result.failure.code} ${result.failure.message}` : result.is;
const brought = async ({ bring }: Bringing, events: readonly Event[]): Promise<void> => {
  for (const one of events) {
    const result = await bring(one);
    assert.ok(result.is === 'applied' || result.is === 'same', `${one.type} ${one.id}: ${say(result)}`);
  }
};
/** The last of each document, and what has none. */
const newestOf = (sink: AnySink, events: readonly Event[]): readonly Event[] =>
  events.filter((one, at) => {
    const mine = sink.document(one)?.document;
    return mine === undefined || !events.slice(at + 1).some(later => sink.document(later)?.document === mine);
  });

const checks = {
  again: async (options: SinkLawOptions<Fact>, events: readonly Event[], history: readonly Fact[]): Promise<void> => {
    const bringing = bringingTo(options);
    for (const one of events) {
      await brought(bringing, [one]);
      const [found] = await options.target().find([options.sink.find(one, options.policy())], realClock.monotonic() + 10_000);
      assert.ok(found?.is === 'done', `looking for ${one.type} ${one.id} again`);
      assert.deepEqual(options.sink.plan(one, found.value, options.policy()), [], `${one.type} ${one.id} planned again`);
    }
    const held = await options.holds(history);
    // A sink whose memory is lost, and a replay, bring what is there already.
    const forgetful = bringingTo(options);
    for (const one of newestOf(options.sink, events))
      assert.equal(say(await forgetful.bring(one)), 'same', `${one.type} ${one.id} again`);
    assert.deepEqual(await options.holds(history), held, 'bringing it again wrote something');
  },
  older: async (options: SinkLawOptions<Fact>, events: readonly Event[], history: readonly Fact[]): Promise<void> => {
    const bringing = bringingTo(options);
    await brought(bringing, events);
    const held = await options.holds(history);
    for (const one of events) {
      const isOlder = isSuperseded(options.sink, one, document => bringing.applied.get(document));
      assert.equal(say(await bringing.bring(one)), isOlder ? 'superseded' : 'same', `${one.type} ${one.id} once more`);
    }
    assert.deepEqual(await options.holds(history), held, 'an older decision wrote something');
  },
} as const;

export const sinkLaws = <In extends Fact>(given: SinkLawOptions<In>): void => {
  // Inside, a fact is a fact: only the caller's history and what it holds know which.
  const options = given as unknown as SinkLawOptions<Fact>;
  let runs = 0;
  const law = (check: keyof typeof checks): Promise<void> =>
    fc.assert(
      fc.asyncProperty(options.history, async historyOf => {
        const history = historyOf(`law${(runs += 1)}`);
        await checks[check](
          options,
          history.map(fact => event(fact)),
          history,
        );
      }),
      { seed, numRuns: options.runs ?? 20, endOnFailure: true },
    );
  describe(`${options.sink.name}: the laws of a sink (seed ${seed})`, () => {
    it('planned again after it was applied, nothing is left to do', () => law('again')).timeout(300_000);
    it('an older decision after a newer one changes nothing', () => law('older')).timeout(300_000);
  });
};
