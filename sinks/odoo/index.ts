/** Brings confirmed orders to Odoo as sale orders with their customers, lines and taxes; changes and cancels them. */
import { sink } from '../../runtime/model.ts';
import { odooSettings, type OdooSettings } from '../../runtime/odoo-rpc.ts';
import { integer, type SettingValues } from '../../runtime/settings.ts';
import { topics } from '../../schemas/topics.ts';
import type { Call, Found } from './contract.ts';
import { find, plan, type In } from './plan.ts';
import { orderId } from './plan-names.ts';
import { connectOdoo } from './target.ts';

const settings = {
  ...odooSettings,
  ODOO_MAX_IN_FLIGHT_SECONDS: integer(
    'How long a call without an answer may still take effect: the limit_time_real of Odoo, and what its proxy may add',
    120,
  ),
};
type Settings = SettingValues<typeof settings>;

export const odoo = sink<In, Found, Call>({
  name: 'odoo',
  doc: 'Confirmed orders become sale orders in Odoo; changed and withdrawn ones follow.',
  reads: [topics.orderDecisions],
  settings,
  opens: true,
  document: event =>
    event.type === 'OrderConfirmed' || event.type === 'OrderWithdrawn'
      ? { document: orderId(event.data), revision: event.data.revision }
      : undefined,
  find,
  plan,
  maxInFlightMs: given => (given as Settings).ODOO_MAX_IN_FLIGHT_SECONDS * 1000,
  batch: { size: 20, parallel: 2 },
  target: (given, { clock }) => connectOdoo(given as OdooSettings, clock),
});
