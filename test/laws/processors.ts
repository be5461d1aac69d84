/**
 * The laws every processor keeps, for any history of one key (style.md, habit 26). Call `processorLaws` once per unit, inside no describe.
 * A failure prints the seed and the shortest history found; ONHAND_SEED=N runs the same histories again.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAlarm, type Fact, type Processor } from '../../runtime/model.ts';
import type { Policy } from '../../schemas/policy.ts';
import { misfits } from './fits.ts';
import { play, take, type Input, type Step } from './play.ts';
import { plain, restored, snapshot } from './stored.ts';

export const laws = {
  total: 'never throws, on any history',
  unchanged: 'leaves its inputs and its state unchanged, and says the same when asked again',
  restart: 'a restart at any point changes nothing',
  absolute: 'a repeated or stale absolute wish changes nothing',
  fold: 'folding events and facts with evolve gives the state again',
  fits: 'every fact fits its schema, its topic and its key',
  allowed: 'inputs of different topics in any order end in an allowed state',
} as const;
export type Law = keyof typeof laws;

export interface Options<S, In extends Fact> {
  /**
   * Which inputs are absolute or counted once: of what, and which revision (0 for what is counted once). Once a revision was seen,
   * it and lower ones must say nothing and change nothing. `() => undefined` for a unit that has none.
   */
  readonly absolute: (fact: In) => { readonly subject: string; readonly revision: number } | undefined;
  /** What is wrong with a state, in words; undefined when it is allowed. Asked after every step. */
  readonly allowed: (state: S, policy: Policy) => string | undefined;
  /** Laws that the unit does not keep yet, each with its reason; one that it does keep fails. */
  readonly waived?: Partial<Readonly<Record<Law, string>>>;
  readonly runs?: number;
}

export const seed = Number(process.env.ONHAND_SEED ?? Date.now() % 2 ** 31);

/** Keeps the order within each topic and takes the topics' inputs in the order that `picks` says. */
const interleaved = <In extends Fact>(
  topicOf: (fact: In) => string,
  history: readonly Input<In>[],
  picks: readonly number[],
): readonly Input<In>[] => {
  const queues = [...Map.groupBy(history, one => topicOf(one.fact)).values()].map(queue => [...queue]);
  return history.map(({ at }, index) => {
    const open = queues.filter(queue => queue.length > 0);
    const queue = open[(picks[index % Math.max(picks.length, 1)] ?? 0) % open.length]!;
    return { ...queue.shift()!, ...(at === undefined ? {} : { at }) };
  });
};

type Check<S, In extends Fact, Out extends Fact> = (steps: readonly Step<S, In, Out>[], picks: readonly number[]) => void;

const checks = <S, In extends Fact, Out extends Fact>(
  unit: Processor<S, In, Out>,
  policy: Policy,
  options: Options<S, In>,
): Readonly<Record<Law, Check<S, In, Out>>> => {
  const same = (a: S, b: S, when: string): void => assert.deepEqual(snapshot(unit, a), snapshot(unit, b), when);
  return {
    total: () => undefined,
    unchanged: steps => {
      for (const { event, before, outputs } of steps) {
        const was = JSON.stringify([snapshot(unit, before), plain(event)]);
        assert.deepEqual(take(unit, before, event, policy).outputs, outputs, `${event.type} decided again`);
        assert.equal(JSON.stringify([snapshot(unit, before), plain(event)]), was, `${event.type} changed what it was given`);
      }
    },
    restart: steps => {
      let state = restored(unit, unit.initial);
      for (const { event, outputs, after } of steps) {
        const again = take(unit, state, event, policy);
        assert.deepEqual(again.outputs, outputs, `${event.id} ${event.type} after a restart`);
        same(again.after, after, `${event.id} ${event.type} after a restart`);
        state = restored(unit, again.after);
      }
    },
    absolute: steps => {
      const seen = new Map<string, { revision: number; events: Step<S, In, Out>['event'][] }>();
      for (const { event, outputs, before, after } of steps) {
        const wish = options.absolute(event);
        if (wish !== undefined) {
          const known = seen.get(wish.subject) ?? { revision: -Infinity, events: [] };
          if (wish.revision <= known.revision) {
            assert.deepEqual(outputs, [], `${event.id} ${event.type} is stale`);
            same(after, before, `${event.id} ${event.type} is stale`);
          }
          known.events.push(event);
          seen.set(wish.subject, { ...known, revision: Math.max(known.revision, wish.revision) });
        }
        for (const stale of [...seen.values()].flatMap(known => known.events)) {
          const repeated = take(unit, after, { ...stale, id: `${stale.id}r`, cause: `${stale.id}r`, at: event.at }, policy);
          assert.deepEqual(repeated.outputs, [], `${stale.id} ${stale.type} once more after ${event.id} ${event.type}`);
          same(repeated.after, after, `${stale.id} ${stale.type} once more after ${event.id} ${event.type}`);
        }
      }
    },
    fold: steps => {
      const said = steps.flatMap(({ event, outputs }) => [
        event as In | Out,
        ...outputs.filter((one): one is Out => !isAlarm(one)),
      ]);
      const bare = said.map(({ type, data }) => ({ type, data: structuredClone(data) }) as In | Out);
      same(bare.reduce(unit.evolve, restored(unit, unit.initial)), steps.at(-1)?.after ?? unit.initial, 'folded from nothing');
    },
    fits: steps => {
      for (const { event, outputs } of steps)
        for (const output of outputs) {
          plain(output, `an output of ${event.type}`);
          if (isAlarm(output)) {
            assert.ok(Number.isSafeInteger(output.alarm), `an alarm of ${event.type} at ${output.alarm}`);
            assert.ok(unit.own.includes(output.fact.type), `the alarm ${output.fact.type} is not in the unit's own`);
          } else assert.deepEqual(misfits(output, unit.writes, unit.own), [], `said on ${event.type}`);
        }
    },
    allowed: (steps, picks) => {
      const topic = (fact: In): string => unit.reads.find(one => one.facts.includes(fact.type))?.name ?? 'own';
      const inputs = steps
        .filter(step => !unit.own.includes(step.event.type))
        .map(({ event }) => ({ fact: event, at: event.at }));
      const bare = inputs.map(({ fact, at }) => ({ fact: { type: fact.type, data: fact.data } as In, at }));
      for (const { event, after } of [...steps, ...play(unit, interleaved(topic, bare, picks), policy)])
        assert.equal(options.allowed(after, policy), undefined, `after ${event.id} ${event.type}`);
    },
  };
};

/** Milliseconds; a law takes one or two seconds on a machine that does nothing else. */
const slowest = 60_000;

/** Throws when the unit breaks a law, with the shortest history found and the seed. */
export const hold = <S, In extends Fact, Out extends Fact>(
  law: Law,
  unit: Processor<S, In, Out>,
  history: fc.Arbitrary<readonly Input<In>[]>,
  policy: Policy,
  options: Options<S, In>,
): void => {
  const check = checks(unit, policy, options)[law];
  const picks = fc.array(fc.nat(7), { minLength: 1, maxLength: 20 });
  const property = fc.property(history, picks, (inputs, order) => check(play(unit, inputs, policy), order));
  fc.assert(property, { seed, numRuns: options.runs ?? 100 });
};

/** Runs every law on random histories of one key of `unit`, in which `history` may hold anything that its topics allow. */
export const processorLaws = <S, In extends Fact, Out extends Fact>(
  unit: Processor<S, In, Out>,
  history: fc.Arbitrary<readonly Input<In>[]>,
  policy: Policy,
  options: Options<S, In>,
): void => {
  describe(`laws of the processor ${unit.name} (seed ${seed})`, () => {
    for (const [law, rule] of Object.entries(laws) as [Law, string][]) {
      const reason = options.waived?.[law];
      if (reason === undefined) it(rule, () => hold(law, unit, history, policy, options)).timeout(slowest);
      else it(`waived, ${reason}: ${rule}`, () => waive(law, () => hold(law, unit, history, policy, options))).timeout(slowest);
    }
  });
};
/** A waiver stands only while the law is broken. */
export const waive = (law: Law, holds: () => void): void =>
  assert.throws(holds, `the law \`${law}\` is kept now: take its waiver away`);
