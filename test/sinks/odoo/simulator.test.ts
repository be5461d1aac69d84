import { startOdooSimulator } from '../../../infra/odoo-simulator/index.ts';
import { odooSuite } from './suite/index.ts';

odooSuite(
  'the simulator',
  async () => {
    const { url, db, login, apiKey, stop } = await startOdooSimulator();
    const admin = { url, db, login: 'admin', apiKey: 'simulator-admin-key' };
    return { access: { admin, user: { url, db, login, apiKey } }, close: stop };
  },
  25,
);
