/** An Odoo as the sink finds it, for tests of its rules: products 42 to 44, the taxes of the test company, its services. */
import assert from 'node:assert/strict';
import { isFailure } from '../../../../runtime/failure.ts';
import type { FailureCode } from '../../../../runtime/failure-codes.ts';
import type { Policy } from '../../../../schemas/policy.ts';
import type { Call, Found, FoundLine, FoundOrder, NewLine } from '../../../../sinks/odoo/contract.ts';
import { plan, type In } from '../../../../sinks/odoo/plan.ts';
import { deepFreeze, event } from '../../../support/given.ts';
import { policy as acme } from '../../../support/policy.ts';

const known = (id: number, archived = false) => ({ id, archived });
export const taxIds = { '21% S': 1, '21% S incl': 2, '9% S': 3, '9% S incl': 4, '0% S': 5, '0% S incl': 6 } as const;

export const empty: Found = {
  order: null,
  partner: null,
  products: { 42: known(42), 43: known(43), 44: known(44) },
  services: { SHIP: known(90), FEE: known(91) },
  taxes: Object.fromEntries(Object.entries(taxIds).map(([name, id]) => [name, known(id)])),
  countries: { NL: 165, GB: 231 },
  warehouse: 1,
  pricelist: 7,
  companyCurrency: 'EUR',
  quantityDigits: 2,
  priceDigits: null,
};

export const planned = (fact: In, found: Found, policy: Policy = acme): readonly Call[] =>
  plan(deepFreeze(event<In>(fact)), deepFreeze(found), policy);
/** A plan without what is shown, which is for people. */
export const calls = (all: readonly Call[]): readonly unknown[] => all.map(({ show: _, kind: __, ...call }) => call);
export const shown = (all: readonly Call[]): readonly string[] => all.map(call => call.show);

type Make<D extends Call['do']> = Extract<Call, { readonly do: D }>;
export const only = <D extends Call['do']>(all: readonly Call[], what: D): Make<D> => {
  const found = all.filter((call): call is Make<D> => call.do === what);
  assert.equal(found.length, 1, `one ${what} among ${all.map(call => call.do).join(', ') || 'nothing'}`);
  return found[0]!;
};
export const refused = (fact: In, found: Found, code: FailureCode, says: RegExp, policy?: Policy): void =>
  assert.throws(
    () => planned(fact, found, policy),
    error => {
      assert.ok(isFailure(error), String(error));
      assert.deepEqual([error.kind, error.code], ['poison', code]);
      assert.match(error.message, says);
      return true;
    },
  );

/** The order as Odoo has it after the calls that made it. */
export const madeOf = (all: readonly Call[], parts: Partial<FoundOrder> = {}): FoundOrder => {
  const { order } = only(all, 'order');
  const confirm = only(all, 'confirm');
  return {
    id: 16,
    state: 'sale',
    locked: false,
    origin: order.origin,
    totalMinor: Math.round(Number(confirm.total) * 100),
    taxMinor: Math.round((Number(confirm.leastTax) + Number(confirm.mostTax)) * 50),
    currency: confirm.currency,
    lines: order.lines.map(foundLine),
    ...parts,
  };
};
export const foundLine = (line: NewLine, at = 0): FoundLine => ({
  id: 100 + at,
  externalId: line.externalId,
  product: line.product,
  counted: line.product < 90,
  quantityMilli: Math.round(Number(line.quantity) * 1000),
  deliveredMilli: 0,
  unitPrice: String(Number(line.unitPrice)),
  discounted: false,
  taxes: line.taxes,
});
/** The same order with some lines otherwise, by position. */
export const withLines = (order: FoundOrder, change: Readonly<Record<number, Partial<FoundLine>>>): FoundOrder => ({
  ...order,
  lines: order.lines.map((line, i) => ({ ...line, ...change[i] })),
});
