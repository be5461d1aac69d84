/** Brings confirmed orders to Odoo as sale orders with their customers, lines and taxes; changes and cancels them. */
import { sink } from '../../runtime/model.ts';
import { odooSettings, type OdooSettings } from '../../runtime/odoo-rpc.ts';
import { topics } from '../../schemas/topics.ts';
import type { Call, Found } from './contract.ts';
import { find, orderId, plan, type In } from './plan.ts';
import { connectOdoo } from './target.ts';

export const odoo = sink<In, Found, Call>({
  name: 'odoo',
  doc: 'Confirmed orders become sale orders in Odoo; changed and withdrawn ones follow.',
  reads: [topics.orderDecisions],
  settings: odooSettings,
  opens: true,
  document: event =>
    event.type === 'OrderConfirmed' || event.type === 'OrderWithdrawn'
      ? { document: orderId(event.data), revision: event.data.revision }
      : undefined,
  find,
  plan,
  // A request may run 120 s in Odoo by default (limit_time_real) whatever its client does.
  maxInFlightMs: 120_000,
  batch: { size: 20, parallel: 2 },
  target: (settings, { clock }) => connectOdoo(settings as OdooSettings, clock),
});
