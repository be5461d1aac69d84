/** The units of the simulation: a processor with two inputs, entries, alarms that wait, and notes; one behind it; and a sink. */
import { alarm, processor, sink, type Alarm, type Event, type Fact, type Shown, type Target } from '../../runtime/model.ts';
import { entries, type Entries } from '../../runtime/entries.ts';
import type { Unit } from '../../runtime/topology.ts';
import type { Policy } from '../../schemas/policy.ts';
import { policyWith, acme } from '../support/policy.ts';
import { topics, type Answered, type Asked, type Kind, type Paid, type PaperPrepared } from './vocabulary.ts';

type Due = Fact<'Due', { readonly ask: string; readonly kind: Kind }>;
type Noted = Fact<'Noted', { readonly ask: string }>;
interface Open {
  readonly kind: Kind;
  readonly amount: number;
}
interface CounterState {
  readonly count: number;
  readonly total: number;
  readonly notes: number;
  readonly open: Entries<Open>;
}
/** How long an ask is held, ms. */
export const holdMs = 700;
/** What the first policy allows of a touchy ask; the second allows all. */
const allowed = (policy: Policy): number => policy.companies['acme']!.stock.safetyMilli.default;
const policyOf = (hash: string, limit: number): Policy => ({
  ...policyWith({ stock: { ...acme.stock, safetyMilli: { default: limit } } }),
  hash,
});
export const policies = { strict: policyOf('strict', 100), lenient: policyOf('lenient', 1_000_000) } as const;

const answer = (event: Event, ask: string, word: string, count: number, kind: Kind): Answered => ({
  type: 'Answered',
  data: { owner: event.key.split('|')[0]!, ask, word, count, kind },
});
const initial: CounterState = { count: 0, total: 0, notes: 0, open: entries() };

const decide = (
  event: Event<Asked | Paid | Due>,
  state: CounterState,
  policy: Policy,
): readonly (Answered | Noted | Alarm<Asked | Paid | Due>)[] => {
  switch (event.type) {
    case 'Asked': {
      const { ask, kind, amount } = event.data;
      if (kind === 'poison' || (kind === 'touchy' && amount > allowed(policy))) throw new Error(`${kind} ${amount}`);
      if (kind === 'hold') {
        const due: Due = { type: 'Due', data: { ask, kind } };
        // Every third names those that must have read everything first; every fifth is set twice, alike.
        const waitsFor = state.count % 3 === 0 ? ['papers'] : [];
        const one = alarm(event.at + holdMs, due, waitsFor);
        return [{ type: 'Noted', data: { ask } }, one, ...(state.count % 5 === 0 ? [one] : [])];
      }
      const first = answer(event, ask, 'counted', state.count + 1, kind);
      return kind === 'plain'
        ? [first, { type: 'Noted', data: { ask } }, answer(event, ask, 'again', state.total, kind)]
        : [first];
    }
    case 'Paid':
      return state.open.has(event.data.ask) ? [answer(event, event.data.ask, 'paid', state.open.size, 'hold')] : [];
    case 'Due': {
      const held = state.open.get(event.data.ask);
      return held === undefined ? [] : [answer(event, event.data.ask, 'expired', held.amount, event.data.kind)];
    }
  }
};
const evolve = (state: CounterState, fact: Asked | Paid | Due | Answered | Noted): CounterState => {
  switch (fact.type) {
    case 'Asked': {
      const { ask, kind, amount } = fact.data;
      if (kind === 'reset') return initial;
      const next = { ...state, count: state.count + 1, total: state.total + amount };
      return kind === 'hold' ? { ...next, open: state.open.with(ask, { kind, amount }) } : next;
    }
    case 'Noted':
      return { ...state, notes: state.notes + 1 };
    case 'Answered':
      return fact.data.word === 'paid' || fact.data.word === 'expired'
        ? { ...state, open: state.open.without(fact.data.ask) }
        : state;
    case 'Paid':
    case 'Due':
      return state;
  }
};
const counter = processor<CounterState, Asked | Paid | Due, Answered | Noted>({
  name: 'counter',
  doc: 'Counts asks, and holds some until they are paid or due.',
  reads: [topics.asks, topics.payments],
  writes: [topics.answers],
  own: ['Due', 'Noted'],
  entries: ['open'],
  initial,
  decide,
  evolve,
});

interface PaperState {
  readonly revision: number;
  readonly last: string;
}
const papers = processor<PaperState, Answered, PaperPrepared>({
  name: 'papers',
  doc: 'Makes a paper of the answers to an ask, one revision per answer.',
  reads: [topics.answers],
  writes: [topics.papers],
  initial: { revision: 0, last: '' },
  decide: ({ data: { owner, ask, word, count, kind } }, { revision }) => [
    { type: 'PaperPrepared', data: { owner, paper: ask, revision: revision + 1, text: `${kind} ${word} ${count}` } },
  ],
  evolve: (state, fact) => (fact.type === 'PaperPrepared' ? { revision: fact.data.revision, last: fact.data.text } : state),
});

export interface Lookup {
  readonly document: string;
}
export interface Found {
  readonly revision: number | undefined;
}
export interface Write extends Shown {
  readonly document: string;
  readonly revision: number;
  readonly text: string;
  readonly event: string;
}
export const callTimeoutMs = 1_000;
/** How long a call without an answer may still take effect, ms. */
export const maxInFlightMs = 1_200;
const desk = (target: Target<object, Found, Write>) =>
  sink<PaperPrepared, Found, Write>({
    name: 'desk',
    doc: 'Puts papers on a desk.',
    reads: [topics.papers],
    settings: {},
    opens: false,
    document: ({ data }) => ({ document: `${data.owner} ${data.paper}`, revision: data.revision }),
    find: ({ data }) => [{ document: `${data.owner} ${data.paper}` } satisfies Lookup],
    plan: ({ data, id }, { revision }) =>
      revision === data.revision
        ? []
        : [
            {
              kind: revision === undefined ? 'create' : 'change',
              show: 'a paper',
              document: `${data.owner} ${data.paper}`,
              revision: data.revision,
              text: data.text,
              event: id,
            },
          ],
    maxInFlightMs: () => maxInFlightMs,
    batch: { size: 4, parallel: 2 },
    target: () => target,
  });

/** All units; the sink brings its papers to this target. */
export const unitsWith = (target: Target<object, Found, Write>): readonly Unit[] => [
  { kind: 'processor', unit: counter },
  { kind: 'processor', unit: papers },
  { kind: 'sink', unit: desk(target) },
];
