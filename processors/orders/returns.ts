/** Returns: stock hears of them at once; systems when what came back had left before. */
import { returnAccepted, stockReturned, type ReturnAccepted, type ReturnReceived } from '../../schemas/generated/facts.ts';
import type { Rule } from './rule.ts';
import { isSameStock } from './shipped.ts';
import type { Out, Return, State } from './state.ts';

const isSameReturn = (
  one: Pick<Return, 'return' | 'product' | 'location'>,
  other: Pick<ReturnReceived, 'return' | 'product' | 'location'>,
): boolean => one.return === other.return && one.product === other.product && one.location === other.location;

export const foldReceived = (state: State, data: ReturnReceived): State => {
  if (state.returns.some(one => isSameReturn(one, data))) return state;
  const { owner, product, location, quantityMilli, receivedAt } = data;
  const one: Return = { return: data.return, owner, product, location, quantityMilli, receivedAt, accepted: false };
  return { ...state, returns: [...state.returns, one] };
};
export const foldAccepted = (state: State, data: ReturnAccepted): State => ({
  ...state,
  returns: state.returns.map(one => (isSameReturn(one, data) ? { ...one, accepted: true } : one)),
});

export const returnStock: Rule = (_state, { event, company, order }) => {
  if (event.type !== 'ReturnReceived') return [];
  const { owner, product, location, quantityMilli, receivedAt } = event.data;
  return [stockReturned({ owner, product, company, order, return: event.data.return, location, quantityMilli, receivedAt })];
};

const sum = (all: readonly { readonly quantityMilli: number }[]): number =>
  all.reduce((total, one) => total + one.quantityMilli, 0);
/** Never more than what left, by product. */
export const acceptReturns: Rule = (state, { company, order }) => {
  if (state.phase === 'unplaced') return [];
  const { shop } = state.order;
  const back = new Map<string, number>();
  let revision = state.numbers.decision;
  return [...state.returns.filter(one => one.accepted), ...state.returns.filter(one => !one.accepted)].flatMap(
    (one): readonly Out[] => {
      const { owner, product, location, quantityMilli, receivedAt, accepted } = one;
      const key = JSON.stringify([owner, product]);
      const total = (back.get(key) ?? 0) + quantityMilli;
      const left = sum(
        state.shipments.filter(other => isSameStock(other, one) && (other.accepted || state.phase === 'withdrawn')),
      );
      if (!accepted && total > left) return [];
      back.set(key, total);
      if (accepted) return [];
      revision += 1;
      const what = { return: one.return, owner, product, location, quantityMilli, receivedAt };
      return [returnAccepted({ company, shop, order, revision, ...what })];
    },
  );
};
