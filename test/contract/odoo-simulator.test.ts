/** The simulator keeps Odoo's contract. */
import { startOdooSimulator } from '../../infra/odoo-simulator/index.ts';
import { odooContract } from './odoo.ts';

odooContract('the simulator', async () => {
  const { url, db, control, stop } = await startOdooSimulator();
  control.clock.real();
  return { connection: { url, db, login: 'admin', apiKey: 'simulator-admin-key' }, close: stop };
});
