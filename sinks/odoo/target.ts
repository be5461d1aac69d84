/** Odoo as the sink reaches it: over JSON-RPC, calls cut off at their deadline. */
import { isFailure, transient } from '../../runtime/failure.ts';
import type { Answer, Clock, Target } from '../../runtime/model.ts';
import { odooRpc, type OdooRpc, type OdooSettings } from '../../runtime/odoo-rpc.ts';
import type { Call, Found, Lookup } from './contract.ts';
import { applyAll } from './target-apply.ts';
import { askOf, findAll, type Ask } from './target-find.ts';

/** Less than this is left: no call is begun. */
const leastMs = 50;

/** The transport is a port: another one (JSON-2) takes its place here. */
export const odooTarget = (rpc: OdooRpc, clock: Clock): Target<object, Found, Call> => {
  const within = (deadline: number): Ask => {
    const ask = (...[model, method, args, kwargs]: Parameters<Ask>): Promise<unknown> => {
      const left = deadline - clock.monotonic();
      if (left < leastMs)
        throw transient('ODOO_UNREACHABLE', `calling Odoo's ${model}.${method}: no time is left before the deadline`);
      return askOf(rpc, left)(model, method, args, kwargs);
    };
    return async (...all) => ask(...all);
  };
  return {
    find: async (lookups, deadline) => {
      const flat = lookups.flatMap(all => all as readonly Lookup[]);
      try {
        const found = await findAll(within(deadline), flat);
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
/** What is found for a decision that asks nothing of Odoo. */
const nothing: Found = {
  order: null,
  partner: null,
  products: [],
  services: {},
  taxes: {},
  warehouse: null,
  pricelist: null,
  companyCurrency: '',
};

export const connectOdoo = (settings: OdooSettings, clock: Clock): Target<object, Found, Call> =>
  odooTarget(odooRpc(settings), clock);
