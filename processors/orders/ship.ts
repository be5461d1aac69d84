/** Dispatches: stock hears of them at once, whatever the phase; systems when the order is confirmed, with their share of the money. */
import { alarm } from '../../runtime/model.ts';
import {
  shipmentAccepted,
  stockShipped,
  type RefundLine,
  type ShipmentAccepted,
  type ShipmentDispatched,
} from '../../schemas/generated/facts.ts';
import { raise, settle } from './exceptions.ts';
import { moneyUnits } from './hold.ts';
import { shipmentOverdue, type ShipmentOverdue } from './own.ts';
import { knownLines } from './phases.ts';
import type { Cause, Rule } from './rule.ts';
import { givenWith, sharesOf } from './share.ts';
import { dispatched, isSameShipment } from './shipped.ts';
import type { Closed, Confirmed, Out, Shipment, State } from './state.ts';
import { foldLeft, wantedBy } from './wishes.ts';

export const minuteMs = 60_000;

export const foldDispatched = (before: State, data: ShipmentDispatched): State => {
  if (before.shipments.some(one => isSameShipment(one, data))) return before;
  const shipment = dispatched(before, knownLines(before), data);
  const { owner, product, location } = data;
  return shipment.parts.reduce<State>(
    (state, { line, quantityMilli }) =>
      line === null ? state : foldLeft(state, { line, owner, product }, { location, quantityMilli }),
    { ...before, shipments: [...before.shipments, shipment] },
  );
};
export const foldOverdue = (state: State, data: ShipmentOverdue): State => {
  const found = state.shipments.find(one => isSameShipment(one, data) && !one.accepted && !one.overdue);
  if (found === undefined) return state;
  return { ...state, shipments: state.shipments.map(one => (one === found ? { ...one, overdue: true } : one)) };
};
export const foldAccepted = (state: State, data: ShipmentAccepted): State => ({
  ...state,
  given: givenWith(state.given, data.lines),
  shipments: state.shipments.map(one => (isNamed(one, data) ? { ...one, accepted: true } : one)),
});
const isNamed = (one: Shipment, { shipment, product, location }: ShipmentAccepted): boolean =>
  product !== null && location !== null && isSameShipment(one, { shipment, product, location });

/** The one that an event speaks of, as it was kept. */
const spokenOf = (state: State, { event }: Cause): Shipment | undefined =>
  event.type === 'ShipmentDispatched' ? state.shipments.find(one => isSameShipment(one, event.data)) : undefined;

export const shipStock: Rule = (state, cause) => {
  const { company, order } = cause;
  const found = spokenOf(state, cause);
  if (found === undefined) return [];
  const { owner, product, shipment, location, dispatchedAt } = found;
  return found.parts.map(({ line, quantityMilli }) =>
    stockShipped({ owner, product, company, order, line, shipment, location, quantityMilli, dispatchedAt }),
  );
};

const idOf = ({ shipment, product, location }: Shipment): string => `${shipment}|${product}|${location}`;

interface Accepting {
  readonly state: Confirmed | Closed;
  readonly said: readonly Out[];
}
const acceptedOf = (
  { state }: Accepting,
  { company, order }: Cause,
  what: Pick<ShipmentAccepted, 'shipment' | 'product' | 'location' | 'dispatchedAt' | 'final'> & {
    readonly lines: readonly RefundLine[];
  },
): Extract<Out, { readonly type: 'ShipmentAccepted' }> => {
  const { shop, currency } = state.order;
  return shipmentAccepted({ company, shop, order, revision: state.numbers.decision + 1, currency, ...what });
};
/** Counted on before the next one: its share follows from what was given before. */
const withAccepted = (before: Accepting, said: Extract<Out, { readonly type: 'ShipmentAccepted' }>): Accepting => {
  const folded = foldAccepted(before.state, said.data) as Confirmed | Closed;
  return {
    state: { ...folded, numbers: { ...folded.numbers, decision: said.data.revision } },
    said: [...before.said, said],
  };
};

const acceptOne = (before: Accepting, cause: Cause, one: Shipment): Accepting => {
  const { state } = before;
  const left = state.shipments.filter(other => other.accepted || other === one);
  const final = wantedBy(state.lines, { shipments: left }).length === 0;
  const { shipment, product, location, dispatchedAt } = one;
  const lines = sharesOf(state.lines, left, state.given);
  const after = withAccepted(before, acceptedOf(before, cause, { shipment, product, location, dispatchedAt, final, lines }));
  return { ...after, said: [...after.said, ...unexpected(state, cause, one)] };
};
/** Nothing of the order can leave (services, a fee): it counts as delivered when it is confirmed. */
const acceptNothing = (before: Accepting, cause: Cause): Accepting => {
  const { state } = before;
  const lines =
    state.shipments.length > 0 || state.lines.some(one => one.components.length > 0)
      ? []
      : sharesOf(state.lines, [], state.given);
  if (lines.length === 0) return before;
  const what = { shipment: 'none', product: null, location: null, dispatchedAt: cause.event.at, final: true };
  return withAccepted(before, acceptedOf(before, cause, { ...what, lines }));
};
export const acceptShipments: Rule = (state, cause) => {
  if (state.phase !== 'confirmed' && state.phase !== 'closed') return [];
  const start: Accepting = acceptNothing({ state, said: [] }, cause);
  const { said } = state.shipments.reduce((before, one) => (one.accepted ? before : acceptOne(before, cause, one)), start);
  return [
    ...said,
    ...state.shipments
      .filter(one => !one.accepted)
      .flatMap(one => settle(state, cause, `shipment_early:${idOf(one)}`, 'the order is confirmed')),
  ];
};

/** Left without being wanted: more than the lines want, or for an order that is withdrawn. */
const unexpected = (state: State, cause: Cause, one: Shipment): readonly Out[] => {
  const loose =
    state.phase === 'withdrawn' ? one.quantityMilli : (one.parts.find(part => part.line === null)?.quantityMilli ?? 0);
  if (loose === 0) return [];
  return raise(state, cause, {
    exception: `shipment_unexpected:${idOf(one)}`,
    kind: 'shipment_unexpected',
    amountMinor: null,
    nextAction: 'Find out why it left; book its return, or agree with the customer.',
    detail: `dispatch ${one.shipment} took ${loose} thousandths of product ${one.product} that the order does not want`,
  });
};
export const watchShipments: Rule = (state, cause) => [
  ...(state.phase === 'withdrawn'
    ? state.shipments.filter(one => !one.accepted).flatMap(one => unexpected(state, cause, one))
    : []),
  ...state.shipments
    .filter(one => one.overdue && !one.accepted && state.phase !== 'withdrawn')
    .flatMap(one =>
      raise(state, cause, {
        exception: `shipment_early:${idOf(one)}`,
        kind: 'shipment_early',
        amountMinor: 'order' in state ? state.order.totalMinor : null,
        nextAction: 'Find out why the order is not confirmed: its payment, its lines, its stock, or the order itself is missing.',
        detail: `dispatch ${one.shipment} of product ${one.product} left before the order was confirmed`,
      }),
    ),
];

/** One that is not accepted yet is looked at again. */
export const awaitShipment: Rule = (state, cause) => {
  const found = spokenOf(state, cause);
  if (found === undefined || found.accepted || state.phase === 'withdrawn') return [];
  const { company, order, shop, rules, policy, event } = cause;
  const { shipment, product, location } = found;
  const tenders = 'order' in state ? state.order.tenders : [];
  return [
    alarm(
      event.at + rules.orders.earlyMinutes * minuteMs,
      shipmentOverdue({ company, order, shipment, product, location }),
      moneyUnits(shop, tenders, rules, policy),
    ),
  ];
};
