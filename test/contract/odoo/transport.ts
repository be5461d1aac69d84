/** Logging in, and every way in which a call can be wrong. */
import assert from 'node:assert/strict';
import { post, rpc } from './client.ts';
import type { World } from './world.ts';

export const transport = (world: () => World): void => {
  describe('transport', () => {
    const refused = async (
      model: string,
      method: string,
      args: readonly never[] | readonly unknown[],
      name: string,
      message: string,
    ): Promise<void> => {
      const { error } = await world().odoo.ask(model, method, args as never);
      assert.deepEqual(error, { name, message });
    };

    it('tells its version without a login', async () => {
      const { result } = await rpc(world().odoo.connection.url, { service: 'common', method: 'version', args: [] });
      assert.equal((result as { server_version: string }).server_version, '19.0');
    });

    it('answers false to a wrong password and an error to an unknown database', async () => {
      const { url, db, login } = world().odoo.connection;
      assert.deepEqual(await rpc(url, { service: 'common', method: 'authenticate', args: [db, login, 'wrong', {}] }), {
        result: false,
      });
      assert.deepEqual(await rpc(url, { service: 'common', method: 'login', args: [db, login, 'wrong'] }), { result: false });
      const { error } = await rpc(url, { service: 'common', method: 'authenticate', args: ['no_such_db', login, 'wrong', {}] });
      assert.equal(error?.name, 'psycopg2.OperationalError');
      assert.match(error.message, /FATAL: {2}database "no_such_db" does not exist\n$/);
    });

    it('denies a call with a wrong key', async () => {
      const { odoo } = world();
      const args = [odoo.connection.db, odoo.uid, 'wrong', 'res.partner', 'search_count', [[]], {}];
      assert.deepEqual(await rpc(odoo.connection.url, { service: 'object', method: 'execute_kw', args }), {
        error: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' },
      });
    });

    it('refuses what is no JSON, no object and no JSON type below Odoo', async () => {
      const { url } = world().odoo.connection;
      const broken = await post(url, '{"jsonrpc": "2.0", "method":');
      assert.deepEqual([broken.status, await broken.text()], [400, 'Invalid JSON data']);
      const list = await post(url, '[]');
      assert.deepEqual([list.status, await list.text()], [400, 'Invalid JSON-RPC data']);
      assert.equal((await post(url, '{}', 'text/plain')).status, 415);
    });

    it('names missing parameters, services and methods', async () => {
      const { url } = world().odoo.connection;
      const body = (await (await post(url, '{"jsonrpc":"2.0","method":"call","id":1}')).json()) as {
        error: { data: { name: string; message: string } };
      };
      assert.deepEqual(
        [body.error.data.name, body.error.data.message],
        ['builtins.TypeError', "JSONRPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'"],
      );
      assert.deepEqual((await rpc(url, { service: 'nope', method: 'x', args: [] })).error, {
        name: 'builtins.KeyError',
        message: 'nope',
      });
      assert.deepEqual((await rpc(url, { service: 'common', method: 'nope', args: [] })).error, {
        name: 'builtins.Exception',
        message: 'Method not found: nope',
      });
    });

    it('names a model, a method and a private method that cannot be called', async () => {
      await refused('no.such.model', 'search', [[]], 'odoo.exceptions.UserError', "Object no.such.model doesn't exist");
      await refused(
        'res.partner',
        'no_such_method',
        [[1]],
        'builtins.AttributeError',
        "The method 'res.partner.no_such_method' does not exist",
      );
      for (const method of ['_compute_display_name', 'check_access'])
        await refused(
          'res.partner',
          method,
          [[1]],
          'odoo.exceptions.AccessError',
          `Private methods (such as 'res.partner.${method}') cannot be called remotely.`,
        );
    });

    it('complains of arguments as Python does', async () => {
      await refused(
        'res.partner',
        'search_count',
        [],
        'builtins.TypeError',
        "BaseModel.search_count() missing 1 required positional argument: 'domain'",
      );
      await refused(
        'res.partner',
        'create',
        [],
        'builtins.TypeError',
        "ResPartner.create() missing 1 required positional argument: 'vals_list'",
      );
      await refused(
        'res.partner',
        'search',
        [[], 1, 2, 3, 4, 5, 6],
        'builtins.TypeError',
        'BaseModel.search() takes from 2 to 5 positional arguments but 8 were given',
      );
      const { error } = await world().odoo.ask('res.partner', 'search_read', [[]], { nope: 1, fields: ['name'] });
      assert.deepEqual(error, {
        name: 'builtins.TypeError',
        message: "BaseModel._read_format() got an unexpected keyword argument 'nope'",
      });
    });

    it('names unknown fields in values, domains, reads and orders', async () => {
      await refused(
        'res.partner',
        'create',
        [{ name: 'X', nope: 1 }],
        'builtins.ValueError',
        "Invalid field 'nope' in 'res.partner'",
      );
      await refused(
        'res.partner',
        'search',
        [[['nope', '=', 1]]],
        'builtins.ValueError',
        "Invalid field res.partner.nope in condition ('nope', '=', 1)",
      );
      await refused('res.partner', 'read', [[1], ['nope']], 'builtins.ValueError', "Invalid field 'nope' on 'res.partner'");
      await refused(
        'res.partner',
        'search',
        [[], 0, 1, 'nope'],
        'builtins.ValueError',
        "Invalid field 'nope' on model 'res.partner'",
      );
      await refused(
        'res.partner',
        'search',
        [[['name', 'foo', 'x']]],
        'builtins.ValueError',
        "Invalid operator in condition ('name', 'foo', 'x')",
      );
      await refused(
        'res.partner',
        'search',
        [['&', ['name', '=', 'x']]],
        'builtins.ValueError',
        "Domain() malformed domain ['&', ['name', '=', 'x']]",
      );
    });

    it('refuses wrong values with their own names', async () => {
      const required = 'The operation cannot be completed: Contacts require a name';
      await refused(
        'res.partner',
        'create',
        [{ email: 'x@example.test', name: false }],
        'odoo.exceptions.ValidationError',
        required,
      );
      await refused(
        'res.partner',
        'create',
        [{ name: 'X', type: 'nope' }],
        'builtins.ValueError',
        "Wrong value for res.partner.type: 'nope'",
      );
      await refused(
        'res.partner',
        'create',
        [{ name: 'X', country_id: 999999 }],
        'odoo.exceptions.ValidationError',
        "The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: 'Contact' (res.partner)\nThanks to the following constraint: 'Country' (country_id)\nHow about archiving the record instead?",
      );
      const missing = `Record does not exist or has been deleted.\n(Record: res.partner(999999,), User: ${String(world().odoo.uid)})`;
      await refused('res.partner', 'write', [[999999], { name: 'X' }], 'odoo.exceptions.MissingError', missing);
      assert.deepEqual(await world().odoo.call('res.partner', 'read', [[999999], ['name']]), []);
    });

    it('writes nothing of a call that fails', async () => {
      const { odoo, run } = world();
      const { error } = await odoo.ask('res.partner', 'create', [[{ name: `${run} whole` }, { name: false }]]);
      assert.equal(error?.name, 'odoo.exceptions.ValidationError');
      assert.equal(await odoo.call('res.partner', 'search_count', [[['name', '=', `${run} whole`]]]), 0);
    });

    it('refuses a language that is not installed', async () => {
      const { error } = await world().odoo.ask('res.partner', 'read', [[1], ['name']], { context: { lang: 'nl_NL' } });
      assert.deepEqual(error, { name: 'odoo.exceptions.UserError', message: 'Invalid language code: nl_NL' });
    });
  });
};
