/** Given by ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_API_KEY (the sink's user), and ODOO_ADMIN_LOGIN, ODOO_ADMIN_API_KEY (who makes products). */
import { arriving } from './suite/arriving.ts';
import { changing } from './suite/changing.ts';
import { customers } from './suite/customers.ts';
import { odooSuite } from './suite/index.ts';
import { laws } from './suite/laws.ts';
import { twenty } from './suite/twenty.ts';

const { ODOO_URL: url, ODOO_DB: db = 'onhand', ODOO_LOGIN: login, ODOO_API_KEY: apiKey } = process.env;
const { ODOO_ADMIN_LOGIN: adminLogin, ODOO_ADMIN_API_KEY: adminKey } = process.env;

if (url !== undefined && login !== undefined && apiKey !== undefined && adminLogin !== undefined && adminKey !== undefined)
  odooSuite(
    `a real one at ${url}`,
    () => {
      const access = { admin: { url, db, login: adminLogin, apiKey: adminKey }, user: { url, db, login, apiKey } };
      return Promise.resolve({ access, close: () => Promise.resolve() });
    },
    // Seconds for each history.
    [arriving, customers, changing, twenty('globally'), laws(4)],
  );
else
  describe('odoo: in a real one', () => {
    it.skip('is NOT RUN: set ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_API_KEY, ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY to run it', () =>
      undefined);
  });
