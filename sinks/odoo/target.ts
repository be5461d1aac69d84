/** Odoo as the sink reaches it: over JSON-RPC, calls cut off at their deadline. */
import { isFailure, transient } from '../../runtime/failure.ts';
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

/** The transport is a port: another one (JSON-2) takes its place here. */
export const odooTarget = (rpc: OdooRpc, clock: Clock, longestMs: number): Target<object, Found, Call> => {
  const within = (deadline: number): Ask => askWithin(rpc, clock, deadline, longestMs);
  return {
    find: async (lookups, deadline) => {
      const flat = lookups.flatMap(all => all as readonly Lookup[]);
      try {
        const found = flat.length === 0 ? [] : await findAll(within(deadline), flat);
        const byLookup = new Map(flat.map((lookup, i) => [lookup, found[i]!]));
        return lookups.map(([first]): Answer<Found> => ({ is: 'done', value: byLookup.get(first as Lookup) ?? nothing }));
      } catch (error) {
        const failure = isFailure(error)
          ? error
          : transient('UNKNOWN_ERROR', `looking into Odoo: ${String(error)}`, { cause: error });
        return lookups.map(() => ({ is: 'failure', failure }));
      }
    },
    apply: (calls, deadline) => applyAll(within(deadline), calls),
    close: () => Promise.resolve(),
  };
};

export const connectOdoo = (settings: OdooSettings, clock: Clock): Target<object, Found, Call> =>
  odooTarget(odooRpc(settings), clock, settings.ODOO_TIMEOUT_SECONDS * 1000);
