/** The rules of orders, as examples: `given(facts).when(fact).then(facts)`. */
import { orders } from '../../../processors/orders/index.ts';
import type { In } from '../../../processors/orders/state.ts';
import { examplesOf } from '../../laws/returned.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { component, line, paid, placed, placedOnCash, reserved, resolved, resolvedLine } from './words.ts';

export const given = examplesOf(orders, policy);
/** In a shop where a person decides of shortages. */
export const givenPerson = examplesOf(orders, policyWith({ orders: { ...acme.orders, shortage: { default: 'person' } } }));

/** A line of product A, held and waiting for its money. */
export const held: readonly In[] = [placed(), resolved(), reserved('1', 'A', 1000, 1)];
export const heldAndPaid: readonly In[] = [...held, paid()];
/** Three of A on one line, confirmed without waiting for money; the last wish is 2, firm from the first. */
export const threeLine = line({ quantityMilli: 3000, netMinor: 1000, taxes: [{ code: 'nl21', amountMinor: 210 }] });
export const three: readonly In[] = [
  placedOnCash({ lines: [threeLine] }),
  resolved('1', [component('A', 3000)]),
  reserved('1', 'A', 3000, 1, true),
];
export const threeResolved = resolvedLine(threeLine, [component('A', 3000)]);
