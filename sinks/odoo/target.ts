/** Odoo as the sink reaches it: over JSON-RPC, calls cut off at their deadline. */
import { isFailure, transient, type Failure } from '../../runtime/failure.ts';
import type { Answer, Clock, Target } from '../../runtime/model.ts';
import { odooRpc, type OdooRpc, type OdooSettings } from '../../runtime/odoo-rpc.ts';
import type { Call, Found, Lookup } from './contract.ts';
import { applyAll } from './target-apply.ts';
import { askWithin, type Ask } from './target-ask.ts';
import { findAll } from './target-find.ts';

/** What is found for a decision that asks nothing of Odoo. */
const nothing: Found = {
  order: null,
  partner: null,
  products: {},
  services: {},
  taxes: {},
  countries: {},
  warehouse: null,
  pricelist: null,
  companyCurrency: '',
  quantityDigits: 3,
  priceDigits: null,
};

/** What Odoo holds against one record, or what no rule classifies: then each is asked for alone, so that one blames no other. */
const ofOne = ({ kind, code }: Failure): boolean => kind === 'poison' || code === 'UNKNOWN_ERROR';
/** One answer per lookup, in order; a decision that asks nothing finds nothing. */
const findEach = async (ask: Ask, lookups: readonly (Lookup | undefined)[]): Promise<readonly Answer<Found>[]> => {
  const asked = lookups.filter(one => one !== undefined);
  try {
    const found = asked.length === 0 ? [] : await findAll(ask, asked);
    const byLookup = new Map(asked.map((lookup, i) => [lookup, found[i]!]));
    return lookups.map(one => ({ is: 'done', value: (one && byLookup.get(one)) ?? nothing }));
  } catch (error) {
    const failure = isFailure(error)
      ? error
      : transient('UNKNOWN_ERROR', `looking into Odoo: ${String(error)}`, { cause: error });
    if (!ofOne(failure)) return lookups.map(() => ({ is: 'failure', failure }));
    // Alone it is the key's: others go on, and after some tries it is set aside.
    if (lookups.length === 1)
      return [
        {
          is: 'failure',
          failure: failure.kind === 'poison' ? failure : transient(failure.code, failure.message, { scope: 'key', cause: error }),
        },
      ];
    return (await Promise.all(lookups.map(one => findEach(ask, [one])))).flat();
  }
};

/** The transport is a port: another one (JSON-2) takes its place here. */
export const odooTarget = (rpc: OdooRpc, clock: Clock, longestMs: number): Target<object, Found, Call> => {
  const within = (deadline: number): Ask => askWithin(rpc, clock, deadline, longestMs);
  return {
    find: async (lookups, deadline) =>
      findEach(
        within(deadline),
        lookups.map(([first]) => first as Lookup | undefined),
      ),
    apply: (calls, deadline) => applyAll(within(deadline), calls),
    close: () => Promise.resolve(),
  };
};

export const connectOdoo = (settings: OdooSettings, clock: Clock): Target<object, Found, Call> =>
  odooTarget(odooRpc(settings), clock, settings.ODOO_TIMEOUT_SECONDS * 1000);
