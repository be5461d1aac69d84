/** How a wish is said to stock: absolute, under the order's next number. */
import { reservationSet } from '../../schemas/generated/facts.ts';
import type { CompanyPolicy } from '../../schemas/policy.ts';
import type { Cause } from './rule.ts';
import type { Holding, Out, Wish } from './state.ts';
import type { Wanted } from './wishes.ts';

/** By the shop's order of sourcing, those of the owner only. */
const locationsOf = (shop: string, owner: string, { orders, authority }: CompanyPolicy): readonly string[] => {
  const sourcing = Object.hasOwn(orders.sourcing, shop) ? orders.sourcing[shop] : undefined;
  return (sourcing ?? orders.sourcing.default).filter(
    one => Object.hasOwn(authority.locations, one) && authority.locations[one]?.owner === owner,
  );
};

/** All that is said of one event in one breath shares the number. */
export const ask = (state: Holding, { company, order, rules }: Cause, wanted: Wanted, firm: boolean): Out => {
  const { line, owner, product, quantityMilli } = wanted;
  const { shop } = state.order;
  return reservationSet({
    owner,
    product,
    company,
    shop,
    order,
    line,
    component: product,
    revision: state.numbers.wish + 1,
    quantityMilli,
    locations: locationsOf(shop, owner, rules),
    firm,
    mustAccept: false,
  });
};
export const release = (state: Holding, cause: Cause, wishes: readonly Wish[]): readonly Out[] =>
  wishes.filter(one => one.quantityMilli > 0).map(one => ask(state, cause, { ...one, quantityMilli: 0 }, false));
export const releaseAll = (state: Holding, cause: Cause): readonly Out[] => release(state, cause, state.wishes);
