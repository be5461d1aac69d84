/** Each law finds a unit that breaks it, and is silent on one that keeps them all. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entries, type Entries } from '../../runtime/entries.ts';
import { alarm, processor, type Fact, type Processor } from '../../runtime/model.ts';
import { lineAsked, lineUnknown, type FactsOn } from '../../schemas/generated/facts.ts';
import { topics } from '../../schemas/topics.ts';
import { policy } from '../support/policy.ts';
import { hold, laws, waive, type Law } from './processors.ts';
import type { Input } from './play.ts';

type Due = Fact<'Due', { readonly line: string }>;
type In = FactsOn<typeof topics.lineRequests> | Due;
type Out = FactsOn<{ readonly facts: readonly ['LineUnknown'] }>;
interface State {
  readonly revision: number;
  readonly lines: Entries<number>;
}
type Unit = Processor<State, In, Out>;

/** Answers each newer question, and once more an hour later. */
const good: Unit = processor<State, In, Out>({
  name: 'good',
  doc: 'For the laws.',
  reads: [topics.lineRequests],
  writes: [topics.resolvedLines],
  own: ['Due'],
  entries: ['lines'],
  initial: { revision: -1, lines: entries() },
  decide: (event, state) => {
    if (event.type === 'Due' || event.data.revision <= state.revision) return [];
    const { company, order, line, code, revision } = event.data;
    return [lineUnknown({ company, order, line, code, revision }), alarm(event.at + 3_600_000, { type: 'Due', data: { line } })];
  },
  evolve: (state, fact) =>
    fact.type === 'LineAsked' && fact.data.revision > state.revision
      ? { revision: fact.data.revision, lines: state.lines.with(fact.data.line, fact.data.revision) }
      : state,
});
const history: fc.Arbitrary<readonly Input<In>[]> = fc.array(
  fc.record({ revision: fc.nat(9), line: fc.constantFrom('1', '2') }).map(data => ({
    fact: lineAsked({ company: 'acme', code: 'sku:A', order: 'web:1', quantityMilli: 1000, ...data }),
  })),
  { maxLength: 8 },
);
const options = {
  absolute: (fact: In) => (fact.type === 'LineAsked' ? { subject: 'lines', revision: fact.data.revision } : undefined),
  allowed: (state: State) => (state.revision > 9 ? `revision ${state.revision}` : undefined),
};
const changed = (part: Partial<Unit>): Unit => ({ ...good, ...part });
const { decide, evolve } = good;
let calls = 0;
const outside = new WeakMap<object, true>();

const bad: Readonly<Record<string, readonly [Law, Unit]>> = {
  'a throw': ['total', changed({ decide: () => assert.fail('no') })],
  'a state that is written to': [
    'unchanged',
    changed({
      evolve: (state, fact) => {
        (state as { revision: number }).revision = 9;
        return evolve(state, fact);
      },
    }),
  ],
  'an answer that differs when asked again': [
    'unchanged',
    changed({ decide: (...of) => (calls++ % 2 === 0 ? [] : decide(...of)) }),
  ],
  'memory outside the state': [
    'restart',
    changed({
      decide: (event, state, company) => {
        const known = outside.get(state.lines);
        outside.set(state.lines, true);
        return known === undefined ? decide(event, state, company) : [];
      },
      evolve: (state, fact) => (fact.type === 'LineAsked' ? { ...state, revision: fact.data.revision } : state),
    }),
  ],
  'a state that JSON cannot hold': ['restart', changed({ evolve: state => ({ ...state, revision: new Date(0) as never }) })],
  'entries that are not declared': ['restart', changed({ entries: [] })],
  'a repeated wish that is answered again': ['absolute', changed({ evolve: state => state })],
  'a stale wish that changes the state': [
    'absolute',
    changed({
      decide: () => [],
      evolve: (state, fact) => (fact.type === 'LineAsked' ? { ...state, revision: fact.data.revision } : state),
    }),
  ],
  'a fold that reads more than type and data': [
    'fold',
    changed({ evolve: (state, fact) => ({ ...state, revision: 'at' in fact ? 1 : 2 }) }),
  ],
  'a fact that does not fit its schema': [
    'fits',
    changed({ decide: (...of) => decide(...of).map(one => ('data' in one ? lineUnknown({ ...one.data, revision: 1.5 }) : one)) }),
  ],
  'a fact without its key': [
    'fits',
    changed({ decide: (...of) => decide(...of).map(one => ('data' in one ? lineUnknown({ ...one.data, order: '' }) : one)) }),
  ],
  'a fact on a topic that is not declared': ['fits', changed({ writes: [topics.codes] })],
  'an alarm that is not its own': ['fits', changed({ own: [] })],
  'a state that is not allowed': ['allowed', changed({ evolve: (state, fact) => ({ ...evolve(state, fact), revision: 10 }) })],
};

describe('the laws of processors', () => {
  for (const law of Object.keys(laws) as Law[])
    it(`are silent on a unit that keeps them: ${law}`, () => hold(law, good, history, policy, options));
  for (const [what, [law, unit]] of Object.entries(bad))
    it(`find ${what}`, () => assert.throws(() => hold(law, unit, history, policy, options)));
  it('let a waiver stand while its law is broken, and fail it afterwards', () => {
    waive('total', () => assert.fail('broken'));
    assert.throws(() => waive('total', () => undefined), /take its waiver away/);
  });
});
