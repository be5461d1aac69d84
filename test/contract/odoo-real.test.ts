/** A real Odoo keeps the same contract: given by ODOO_URL, ODOO_DB, ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY (else ODOO_LOGIN, ODOO_API_KEY). */
import { odooContract } from './odoo.ts';

const { ODOO_URL: url, ODOO_DB: db = 'onhand', ODOO_LOGIN, ODOO_API_KEY, ODOO_ADMIN_LOGIN, ODOO_ADMIN_API_KEY } = process.env;
const login = ODOO_ADMIN_LOGIN ?? ODOO_LOGIN;
const apiKey = ODOO_ADMIN_API_KEY ?? ODOO_API_KEY;

if (url !== undefined && login !== undefined && apiKey !== undefined)
  odooContract(`a real one at ${url}`, () =>
    Promise.resolve({ connection: { url, db, login, apiKey }, close: () => Promise.resolve() }),
  );
else
  describe("Odoo's contract: a real one", () => {
    it.skip('is NOT RUN: set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY to run it against a real Odoo', () => undefined);
  });
