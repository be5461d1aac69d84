/**
 * Histories of one order as they happen: what a channel, the catalogue, stock, gateways and people do, each answering what the order
 * asked, in any order, early, late, repeated. Made by playing the rules, so that answers fit the questions.
 */
import fc from 'fast-check';
import { orders } from '../../../processors/orders/index.ts';
import type { In } from '../../../processors/orders/state.ts';
import { isAlarm, type Alarm } from '../../../runtime/model.ts';
import type { LineAsked, ReservationSet } from '../../../schemas/generated/facts.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { take, type Input } from '../../laws/play.ts';
import * as words from './words.ts';

const minute = words.minute;
/** Each takes two small numbers of the generator's. */
type Act = readonly [what: (typeof acts)[number], n: number, m: number];
const acts = [
  ...['place', 'place', 'change', 'cancel', 'reinstate', 'tenders'],
  ...['line', 'line', 'line', 'stock', 'stock', 'stock', 'stock', 'stock', 'revoke'],
  ...['pay', 'pay', 'ship', 'ship', 'told', 'refund', 'back'],
  ...['withdraw', 'retry', 'resolve', 'later', 'again'],
] as const;

interface World {
  readonly inputs: Input<In>[];
  readonly asked: LineAsked[];
  readonly wished: ReservationSet[];
  readonly raised: string[];
  alarms: readonly Alarm<In>[];
  state: typeof orders.initial;
  at: number;
  revision: number;
  money: number;
}

const linesOf = (n: number): Parameters<typeof words.placed>[0] => {
  const kit = words.line({ line: '1', codes: ['listing:web:1', 'sku:A'], quantityMilli: 2000, netMinor: 1000 });
  const more = { ...kit, quantityMilli: 3000 };
  const same = words.lineOf('2', 'A', 1000 + 1000 * (n % 2));
  return { lines: [[kit], [kit, words.shipping()], [more, same], [same], [kit, same], [words.shipping()]][n % 6]! };
};
const payOf = (n: number): Parameters<typeof words.placed>[0] => {
  if (n % 3 === 0) return { tenders: [words.cash], awaitsPayment: false };
  return { tenders: [words.tender({ reportedPaid: n % 3 === 1 })], awaitsPayment: n % 2 === 0 };
};
/** What a line is made of depends on its code and quantity only. */
const componentsOf = ({ code, quantityMilli }: LineAsked) =>
  code.startsWith('listing:')
    ? [words.component('A', quantityMilli), words.component('B', quantityMilli * 2)]
    : [words.component('A', quantityMilli)];

const answerLine = (world: World, n: number, m: number): In | undefined => {
  const [asked] = world.asked.splice(n % Math.max(1, world.asked.length), 1);
  if (asked === undefined) return undefined;
  const { line, code, revision } = asked;
  return m % 4 === 0 ? words.unknown(line, code, revision) : words.resolved(line, componentsOf(asked), revision, code);
};
const answerStock = (world: World, n: number, m: number): In | undefined => {
  const of = world.wished[n % Math.max(1, world.wished.length)];
  // Of one product, in the order in which it was asked.
  const at = world.wished.findIndex(one => one.product === of?.product);
  const [asked] = at < 0 ? [] : world.wished.splice(at, 1);
  if (asked === undefined) return undefined;
  const { line, product, quantityMilli, revision, firm } = asked;
  return m % 4 === 0 && quantityMilli > 0
    ? words.refused(line, product, quantityMilli, revision, m * 100)
    : words.reserved(line, product, quantityMilli, revision, firm);
};
const revoke = (world: World, n: number): In | undefined => {
  const held = 'wishes' in world.state ? world.state.wishes.filter(one => one.answer === 'held') : [];
  const one = held[n % Math.max(1, held.length)];
  return one === undefined ? undefined : words.revoked(one.line, one.product, Math.min(500, one.quantityMilli), one.revision);
};
const pay = (world: World, n: number, m: number): In => {
  world.money += 1;
  const amounts = [0, 1210, 2420, 3025, 605, 10_000];
  const paymentReference = n % 4 === 0 ? 'pi_2' : 'pi_1';
  const capturedMinor = amounts[n % 6]!;
  const refundedMinor = m % 5 === 0 ? capturedMinor : 0;
  return words.paid({ revision: world.money, paymentReference, capturedMinor, authorizedMinor: amounts[m % 6]!, refundedMinor });
};
const channel = (world: World, what: 'change' | 'reinstate' | 'cancel' | 'place' | 'tenders', n: number, m: number): In => {
  world.revision += 1;
  const { revision } = world;
  const word = { revision, ...linesOf(n), ...payOf(m) };
  if (what === 'cancel') return words.cancelled(m % 3 === 0 ? 'payment_failed' : 'customer', revision);
  if (what === 'tenders') return words.tendersReported(payOf(m)?.tenders ?? [], revision);
  if (what === 'reinstate') return words.reinstated(word);
  return what === 'place' ? words.placed(word) : words.changed(word);
};
const ofMoney = (what: 'told' | 'refund', n: number, m: number): In =>
  what === 'told'
    ? words.refundTold({
        refund: `72${n % 3}`,
        revision: 10 * m + n,
        amountMinor: 121 * (1 + (n % 2)),
        gatewayRefund: m % 3 === 0 ? `re_${n % 3}` : null,
        movesMoney: n % 3 !== 2,
      })
    : words.refundPaid({ refund: `re_${n % 3}`, amountMinor: 121 * (1 + (m % 2)) });

const inputOf = (world: World, [what, n, m]: Act): In | undefined => {
  switch (what) {
    case 'place':
    case 'change':
    case 'cancel':
    case 'reinstate':
      return channel(world, what, n, m);
    case 'tenders':
      return world.state.phase === 'unplaced' ? undefined : channel(world, what, n, m);
    case 'line':
      return answerLine(world, n, m);
    case 'stock':
      return answerStock(world, n, m);
    case 'revoke':
      return revoke(world, n);
    case 'pay':
      return pay(world, n, m);
    case 'ship': {
      const location = m % 2 === 0 ? 'main' : 'store';
      return words.dispatched(n % 2 === 0 ? 'A' : 'B', 500 * (1 + m), { shipment: `OUT/${n}`, location });
    }
    case 'told':
    case 'refund':
      return ofMoney(what, n, m);
    case 'back':
      return words.cameBack(n % 2 === 0 ? 'A' : 'B', 500 * (1 + (n % 3)));
    case 'withdraw':
      return words.withdrawRequested;
    case 'retry':
      return words.retryRequested;
    case 'resolve': {
      const exception = world.raised[n % Math.max(1, world.raised.length)];
      return exception === undefined ? undefined : words.resolvedByPerson(exception);
    }
    case 'later':
      world.at += minute * [1, 16, 1500, 5000][n % 4]!;
      return undefined;
    case 'again':
      return world.inputs[n % Math.max(1, world.inputs.length)]?.fact;
    default:
      return undefined;
  }
};

const feed = (world: World, fact: In, at: number, policy: Policy): void => {
  const { outputs, after } = take(orders, world.state, { ...fact, id: 'x', key: 'x', cause: 'x', at }, policy);
  world.state = after;
  for (const one of outputs) {
    if (isAlarm(one)) world.alarms = [...world.alarms, one].sort((a, b) => a.alarm - b.alarm);
    else if (one.type === 'LineAsked') world.asked.push(one.data);
    else if (one.type === 'ReservationSet') world.wished.push(one.data);
    else if (one.type === 'ExceptionRaised') world.raised.push(one.data.exception);
  }
};
const made = (script: readonly Act[], policy: Policy): readonly Input<In>[] => {
  const world: World = {
    ...{ inputs: [], asked: [], wished: [], raised: [], alarms: [] },
    ...{ state: orders.initial, at: 1, revision: 0, money: 0 },
  };
  for (const act of script) {
    const fact = inputOf(world, act);
    if (fact === undefined) continue;
    const { at } = world;
    for (; world.alarms[0] !== undefined && world.alarms[0].alarm < at;) {
      const [{ alarm, fact: due }, ...rest] = world.alarms as readonly [Alarm<In>, ...Alarm<In>[]];
      world.alarms = rest;
      feed(world, due, alarm, policy);
    }
    world.inputs.push({ fact, at });
    feed(world, fact, at, policy);
  }
  return world.inputs;
};

const small = fc.nat({ max: 7 });
const act = fc.tuple(fc.constantFrom(...acts), small, small) as fc.Arbitrary<Act>;
/** Most begin as orders do, so that they get somewhere. */
const beginnings: readonly (readonly Act[])[] = [
  [],
  [['place', 0, 0]],
  [
    ['place', 0, 0],
    ['line', 0, 1],
    ['stock', 0, 1],
    ['stock', 0, 1],
  ],
  [
    ['place', 4, 2],
    ['line', 0, 1],
    ['line', 0, 1],
    ['stock', 0, 1],
    ['stock', 0, 1],
    ['stock', 0, 1],
  ],
  [
    ['place', 2, 1],
    ['pay', 5, 0],
    ['line', 0, 1],
    ['line', 0, 1],
    ['stock', 0, 1],
    ['stock', 0, 1],
    ['stock', 0, 1],
  ],
  // One of three is refused; the other two and the three releases are answered.
  [['place', 4, 2], ['line', 0, 1], ['line', 0, 1], ['stock', 0, 0], ...Array.from({ length: 5 }, (): Act => ['stock', 0, 1])],
];
export const histories = (policy: Policy, most = 18): fc.Arbitrary<readonly Input<In>[]> =>
  fc
    .tuple(fc.constantFrom(...beginnings), fc.array(act, { maxLength: most }))
    .map(([beginning, rest]) => made([...beginning, ...rest], policy));
