/** What is kept whatever happens to an order: goods, money and numbers, seen from outside of the rules. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orders } from '../../../processors/orders/index.ts';

import { isConfirmed, says, type In, type Out, type State } from '../../../processors/orders/state.ts';
import { isAlarm } from '../../../runtime/model.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { play, type Input, type Step } from '../../laws/play.ts';
import { seed } from '../../laws/processors.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { histories } from './history.ts';

const person = policyWith({ orders: { ...acme.orders, shortage: { default: 'person' } } });

const sum = (all: readonly { readonly quantityMilli: number }[]): number =>
  all.reduce((total, one) => total + one.quantityMilli, 0);
type Data<T extends Out['type']> = Extract<Out, { readonly type: T }>['data'];
const said = <T extends Out['type']>(step: Step<State, In, Out>, type: T): readonly Data<T>[] =>
  step.outputs.flatMap(one => (!isAlarm(one) && one.type === type ? [one.data as Data<T>] : []));
const key = (one: { readonly line: string; readonly product: string }): string => `${one.line} ${one.product}`;

/** Stock's side of the order, kept apart from the rules: what was last wished, and what of it is granted and not shipped or revoked. */
interface Ledger {
  readonly wishes: Map<string, { revision: number; wanted: number; granted: boolean }>;
}
const hear = ({ wishes }: Ledger, { event: { type, data } }: Step<State, In, Out>): void => {
  if (type !== 'StockReserved' && type !== 'ReservationRefused' && type !== 'ReservationRevoked') return;
  const wish = wishes.get(key(data));
  if (wish?.revision === data.revision) wish.granted = type === 'StockReserved';
};
const leave = (ledger: Ledger, step: Step<State, In, Out>): void => {
  for (const one of said(step, 'StockShipped')) {
    const id = `${one.line ?? ''} ${one.product}`;
    const wish = ledger.wishes.get(id);
    if (wish !== undefined) wish.wanted = Math.max(0, wish.wanted - one.quantityMilli);
  }
};
const tell = (ledger: Ledger, step: Step<State, In, Out>): void => {
  for (const one of said(step, 'ReservationSet')) {
    const before = ledger.wishes.get(key(one));
    assert.ok(one.revision > (before?.revision ?? 0), `wish ${one.revision} after ${before?.revision}`);
    ledger.wishes.set(key(one), { revision: one.revision, wanted: one.quantityMilli, granted: false });
  }
};

const histories2 = fc.oneof(
  histories(policy, 24).map(inputs => [inputs, policy] as const),
  histories(person, 24).map(inputs => [inputs, person] as const),
);
const holds = (rule: (steps: readonly Step<State, In, Out>[], rules: Policy) => void) => () =>
  fc.assert(
    fc.property(histories2, ([inputs, rules]: readonly [readonly Input<In>[], Policy]) =>
      rule(play(orders, inputs, rules), rules),
    ),
    { seed, numRuns: 200 },
  );
const captured = (steps: readonly Step<State, In, Out>[]): number => {
  const newest = new Map<
    string,
    { readonly revision: number; readonly capturedMinor: number; readonly authorizedMinor: number }
  >();
  for (const { event } of steps)
    if (event.type === 'PaymentApplied' && event.data.revision > (newest.get(event.data.paymentReference)?.revision ?? -1))
      newest.set(event.data.paymentReference, event.data);
  return [...newest.values()].reduce((total, one) => total + one.capturedMinor + one.authorizedMinor, 0);
};

describe(`laws of an order (seed ${seed})`, () => {
  it(
    'is confirmed only when all of it is granted, allocates no more than that, and never what was not asked',
    holds(steps => {
      const ledger: Ledger = { wishes: new Map() };
      for (const step of steps) {
        hear(ledger, step);
        leave(ledger, step);
        for (const { lines, allocations } of said(step, 'OrderConfirmed'))
          for (const { line, components } of lines)
            for (const { product, quantityMilli } of components) {
              const id = key({ line, product });
              const allocated = sum(allocations.filter(one => one.line === line && one.product === product));
              const wish = ledger.wishes.get(id);
              const shipped = wish === undefined || wish.wanted === 0;
              assert.ok(shipped || wish.granted, `${id} is not granted`);
              assert.equal(allocated, shipped ? 0 : wish.wanted, `${id} allocates ${allocated}`);
              assert.ok(allocated <= quantityMilli, `${id} allocates more than the line has`);
            }
        tell(ledger, step);
      }
    }),
  );
  it(
    'is confirmed for the first time only when it is covered or trusted',
    holds(steps => {
      steps.forEach((step, index) => {
        if (isConfirmed(step.before)) return;
        for (const { totalMinor } of said(step, 'OrderConfirmed')) {
          const after = step.after as Extract<State, { readonly order: unknown }>;
          const isTrusted = !after.order.awaitsPayment && after.order.tenders.every(one => one.tender === 'cod');
          assert.ok(isTrusted || captured(steps.slice(0, index + 1)) >= totalMinor, 'confirmed without its money');
        }
      });
    }),
  );
  it(
    'leaves no wish behind when it is withdrawn or closed',
    holds(steps => {
      const ledger: Ledger = { wishes: new Map() };
      for (const step of steps) {
        hear(ledger, step);
        leave(ledger, step);
        tell(ledger, step);
        if (step.after.phase === 'withdrawn' || step.after.phase === 'closed')
          for (const [id, { wanted }] of ledger.wishes) assert.equal(wanted, 0, `${step.after.phase} and ${id} wants ${wanted}`);
      }
    }),
  );
  it(
    'gives a line its whole money when all of it has left, per tax code, to the minor unit',
    holds(steps => {
      const given = new Map<string, number>();
      const add = (id: string, amount: number): void => void given.set(id, (given.get(id) ?? 0) + amount);
      for (const step of steps) {
        const lines = step.after.phase === 'confirmed' || step.after.phase === 'closed' ? step.after.lines : [];
        for (const accepted of said(step, 'ShipmentAccepted')) {
          for (const one of accepted.lines) {
            add(`${one.line} quantity`, one.quantityMilli);
            add(`${one.line} net`, one.netMinor);
            for (const tax of one.taxes) add(`${one.line} ${tax.code}`, tax.amountMinor);
            assert.equal(
              one.grossMinor,
              one.taxes.reduce((total, tax) => total + tax.amountMinor, one.netMinor),
            );
          }
          if (!accepted.final) continue;
          for (const line of lines) {
            assert.equal(given.get(`${line.line} net`), line.netMinor, `net of line ${line.line}`);
            assert.equal(given.get(`${line.line} quantity`), line.quantityMilli, `quantity of line ${line.line}`);
            for (const tax of line.taxes) assert.equal(given.get(`${line.line} ${tax.code}`), tax.amountMinor);
          }
        }
      }
    }),
  );
  it(
    'tells stock of every dispatch and every return once, whole, whatever the phase',
    holds(steps => {
      for (const step of steps) {
        const { event } = step;
        const isNew = event.type === 'ShipmentDispatched' && step.before.shipments.length < step.after.shipments.length;
        if (event.type === 'ShipmentDispatched')
          assert.equal(sum(said(step, 'StockShipped')), isNew ? event.data.quantityMilli : 0);
        if (event.type === 'ReturnReceived')
          assert.equal(
            sum(said(step, 'StockReturned')),
            step.before.returns.length < step.after.returns.length ? event.data.quantityMilli : 0,
          );
      }
    }),
  );
  it(
    'numbers its decisions one by one',
    holds(steps => {
      const revisions = steps.flatMap(step =>
        step.outputs.flatMap(one =>
          !isAlarm(one) && orders.writes.some(topic => topic.name.startsWith('order-decisions') && topic.facts.includes(one.type))
            ? [(one.data as { readonly revision: number }).revision]
            : [],
        ),
      );
      assert.deepEqual(
        revisions,
        revisions.map((_, index) => index + 1),
      );
    }),
  );
  it(
    'accepts each refund once, and no more than was taken or trusted',
    holds(steps => {
      const accepted = new Map<string, number>();
      for (const step of steps)
        for (const { refund, amountMinor } of said(step, 'RefundAccepted')) {
          accepted.set(refund, amountMinor);
          const { payments, refunds } = step.after;
          const taken = payments.reduce((total, one) => total + one.capturedMinor, 0);
          const trusted = 'order' in step.after ? step.after.order.tenders.filter(one => one.tender === 'cod') : [];
          const total = [...accepted.values()].reduce((all, one) => all + one, 0);
          assert.ok(
            total <= taken + trusted.reduce((all, one) => all + one.amountMinor, 0) || step.event.type !== 'RefundReported',
          );
          assert.equal(refunds.filter(one => one.accepted?.refund === refund).length, 1, `refund ${refund}`);
        }
    }),
  );
  it('is tried in histories that reach every phase and say everything', () => {
    const steps = fc.sample(histories2, { seed: 7, numRuns: 400 }).flatMap(([inputs, rules]) => play(orders, inputs, rules));
    const types = new Set(steps.flatMap(step => step.outputs.map(one => (isAlarm(one) ? one.fact.type : one.type))));
    assert.deepEqual([...types].sort(), [...says, ...orders.own].sort());
    const phases = ['asking', 'closed', 'confirmed', 'reserved', 'resolving', 'short', 'unplaced', 'withdrawn'];
    assert.deepEqual([...new Set(steps.map(step => step.after.phase))].sort(), phases);
    const attempts = new Set(steps.map(({ before }) => (before.phase === 'asking' ? before.attempt : 'together')));
    assert.deepEqual([...attempts].sort(), ['inTurn', 'releasing', 'together']);
  });
});
