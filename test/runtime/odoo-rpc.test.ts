/** The way to Odoo, against a double that answers as Odoo does: what each error means, and whether a call can have happened. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFailure, type Failure } from '../../runtime/failure.ts';
import { failureOf, loadFailure, odooErrorName } from '../../runtime/odoo-errors.ts';
import { mayHaveHappened, odooRpc, type OdooRpc } from '../../runtime/odoo-rpc.ts';

interface Asked {
  readonly id: number;
  readonly params: { readonly service: string; readonly method: string; readonly args: readonly unknown[] };
}
type Reply = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

const json = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};
const result =
  (value: unknown): Reply =>
  (asked, response) => {
    json(response, { jsonrpc: '2.0', id: asked.id, result: value });
  };
const error =
  (name: string, message: string): Reply =>
  (asked, response) => {
    const data = { name, message, arguments: [message], context: {}, debug: 'Traceback … buyer@example.test' };
    json(response, { jsonrpc: '2.0', id: asked.id, error: { code: 0, message: 'Odoo Server Error', data } });
  };
const status =
  (code: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_asked, response) => {
    response.writeHead(code, { 'content-type': 'text/html', ...headers }).end(body);
  };

describe('the way to Odoo', () => {
  let server: Server;
  let rpc: OdooRpc;
  let asked: Asked[] = [];
  let login: Reply;
  let reply: Reply;
  const client = (url?: string): OdooRpc =>
    odooRpc({
      ODOO_URL: url ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ODOO_DB: 'onhand',
      ODOO_LOGIN: 'integration@example.test',
      ODOO_API_KEY: 'very-secret-key',
      ODOO_TIMEOUT_SECONDS: 5,
    });
  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
        asked.push(body);
        (body.params.service === 'common' ? login : reply)(body, response, request);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked = [];
    login = result(7);
    reply = result(true);
    rpc = client();
  });
  const failed = async (call: Promise<unknown>): Promise<Failure> => {
    try {
      await call;
    } catch (error) {
      assert.ok(isFailure(error), `not a failure: ${String(error)}`);
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /very-secret-key|buyer@example\.test/);
      return error;
    }
    throw new assert.AssertionError({ message: 'the call succeeded' });
  };
  const read = (): Promise<unknown> => rpc.call('res.partner', 'read', [[7], ['name']]);

  it('logs in once for calls made at once, and asks in UTC and English', async () => {
    await Promise.all([read(), read(), rpc.call('res.partner', 'search', [[]], { limit: 1, context: { active_test: false } })]);
    assert.equal(asked.filter(one => one.params.service === 'common').length, 1);
    const last = asked.find(one => one.params.args[4] === 'search');
    const context = { lang: 'en_US', tz: 'UTC', active_test: false };
    const expected = ['onhand', 7, 'very-secret-key', 'res.partner', 'search', [[]], { limit: 1, context }];
    assert.deepEqual(last?.params.args, expected);
  });
  it('gives each call its own answer when answers come in another order', async () => {
    const held: (() => void)[] = [];
    reply = (one, response) => {
      held.unshift(() => {
        result(one.params.args[5])(one, response, undefined as never);
      });
      if (held.length === 3) for (const answer of held) answer();
    };
    assert.deepEqual(await Promise.all([1, 2, 3].map(n => rpc.call('res.partner', 'read', [[n]]))), [[[1]], [[2]], [[3]]]);
  });
  it('reads an answer with neither result nor error as null: the method returned nothing', async () => {
    reply = (one, response) => {
      json(response, { jsonrpc: '2.0', id: one.id });
    };
    assert.equal(await read(), null);
  });
  it('keeps false and 0 as what they are', async () => {
    reply = result(false);
    assert.equal(await read(), false);
    reply = result(0);
    assert.equal(await read(), 0);
  });

  it('says that the login is wrong, without the key, and logs in again at the next call', async () => {
    login = result(false);
    const failure = await failed(read());
    assert.deepEqual([failure.kind, failure.code, failure.scope], ['fatal', 'ODOO_CREDENTIALS', 'target']);
    assert.match(failure.message, /^logging in to Odoo at http:.*, database onhand: the login or the key is not accepted$/);
    login = result(8);
    await read();
    assert.equal(asked.at(-1)?.params.args[1], 8);
  });
  it('logs in again after a key stopped being accepted', async () => {
    await read();
    reply = error('odoo.exceptions.AccessDenied', 'Access Denied');
    assert.equal((await failed(read())).code, 'ODOO_CREDENTIALS');
    login = result(9);
    reply = result(true);
    await read();
    assert.equal(asked.at(-1)?.params.args[1], 9);
  });

  it('knows that a call to a closed port has not happened', async () => {
    const closed = createServer();
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise(resolve => closed.close(resolve));
    rpc = client(`http://127.0.0.1:${port}`);
    const failure = await failed(read());
    assert.deepEqual([failure.kind, failure.code, mayHaveHappened(failure)], ['transient', 'ODOO_UNREACHABLE', false]);
    assert.match(failure.message, /ECONNREFUSED/);
  });
  it('knows that a call without an answer may have happened', async () => {
    await read();
    reply = () => undefined;
    const failure = await failed(rpc.call('sale.order', 'action_confirm', [[1]], {}, { timeoutMs: 50 }));
    assert.deepEqual([failure.kind, failure.code, mayHaveHappened(failure)], ['transient', 'ODOO_UNREACHABLE', true]);
    assert.match(failure.message, /^calling Odoo's sale\.order\.action_confirm: no answer from .* within 50 ms$/);
  });
  it('knows that a call whose connection was cut may have happened', async () => {
    await read();
    reply = (_one, _response, request) => request.socket.destroy();
    const failure = await failed(read());
    assert.deepEqual([failure.kind, failure.code, mayHaveHappened(failure)], ['transient', 'ODOO_UNREACHABLE', true]);
  });
  it('knows that a call has not happened when already its login got no answer', async () => {
    login = (_one, _response, request) => request.socket.destroy();
    const failure = await failed(read());
    assert.deepEqual([failure.kind, failure.code, mayHaveHappened(failure)], ['transient', 'ODOO_UNREACHABLE', false]);
  });

  const answers: readonly (readonly [string, Reply, Failure['kind'], string, boolean])[] = [
    ['502 of a proxy', status(502, '<html>Bad Gateway</html>'), 'transient', 'ODOO_UNREACHABLE', true],
    ['503', status(503, ''), 'transient', 'ODOO_UNREACHABLE', true],
    ['404 with HTML: its database is down', status(404, '<!doctype html>'), 'transient', 'ODOO_ANSWER', false],
    ['400: ours', status(400, 'Invalid JSON data'), 'fatal', 'ODOO_ANSWER', false],
    ['415: ours', status(415, '<!doctype html>'), 'fatal', 'ODOO_ANSWER', false],
    ['401 of a proxy', status(401, ''), 'fatal', 'ODOO_CREDENTIALS', false],
    ['a redirect', status(301, '', { location: 'https://elsewhere.example.test/' }), 'fatal', 'ODOO_ANSWER', false],
    ['429', status(429, '', { 'retry-after': '7' }), 'transient', 'ODOO_UNREACHABLE', false],
    ['HTML with 200', status(200, '<html>maintenance</html>'), 'transient', 'ODOO_ANSWER', true],
    ['JSON that is no answer', status(200, '[1]'), 'transient', 'ODOO_ANSWER', true],
    ['the answer to another call', status(200, '{"jsonrpc":"2.0","id":-1,"result":1}'), 'transient', 'ODOO_ANSWER', true],
  ];
  for (const [what, given, kind, code, unknown] of answers)
    it(`takes ${what} as ${kind} ${code}`, async () => {
      await read();
      reply = given;
      const failure = await failed(read());
      assert.deepEqual([failure.kind, failure.code, mayHaveHappened(failure)], [kind, code, unknown]);
      if (what === '429') assert.equal(failure.retryAfterMs, 7000);
    });

  const errors: readonly (readonly [string, string, Failure['kind'], string])[] = [
    ['psycopg2.OperationalError', 'connection to server failed: Connection refused', 'transient', 'ODOO_UNREACHABLE'],
    ['psycopg2.OperationalError', 'FATAL:  database "nodb" does not exist\n', 'fatal', 'ODOO_VERSION'],
    ['psycopg2.InterfaceError', 'connection already closed', 'transient', 'ODOO_UNREACHABLE'],
    ['odoo.sql_db.PoolError', 'The Connection Pool Is Full', 'transient', 'ODOO_UNREACHABLE'],
    ['psycopg2.errors.SerializationFailure', 'could not serialize access', 'transient', 'ODOO_CONFLICT'],
    ['psycopg2.errors.LockNotAvailable', 'could not obtain lock on row', 'transient', 'ODOO_CONFLICT'],
    ['psycopg2.errors.DeadlockDetected', 'deadlock detected', 'transient', 'ODOO_CONFLICT'],
    ['odoo.exceptions.AccessDenied', 'Access Denied', 'fatal', 'ODOO_CREDENTIALS'],
    ['werkzeug.exceptions.Unauthorized', 'Invalid apikey', 'fatal', 'ODOO_CREDENTIALS'],
    ['odoo.exceptions.AccessError', "You are not allowed to create 'Sales Order' records.", 'fatal', 'ODOO_RIGHTS'],
    ['odoo.exceptions.AccessError', "Private methods (such as 'x._y') cannot be called", 'fatal', 'ODOO_VERSION'],
    ['builtins.AttributeError', "The method 'res.partner.nope' does not exist", 'fatal', 'ODOO_VERSION'],
    ['builtins.TypeError', 'got an unexpected keyword argument', 'fatal', 'ODOO_VERSION'],
    ['werkzeug.exceptions.NotFound', "the model 'no.such' does not exist", 'fatal', 'ODOO_VERSION'],
    ['odoo.exceptions.UserError', "Object no.such.model doesn't exist", 'fatal', 'ODOO_VERSION'],
    ['builtins.ValueError', "Invalid field 'nope' in 'res.partner'", 'fatal', 'ODOO_VERSION'],
    ['odoo.exceptions.ValidationError', 'Contacts require a name', 'poison', 'ODOO_REFUSED'],
    ['odoo.exceptions.UserError', 'Some orders are not in a state requiring confirmation.', 'poison', 'ODOO_REFUSED'],
    ['odoo.exceptions.MissingError', 'Record does not exist or has been deleted.', 'poison', 'ODOO_REFUSED'],
    ['builtins.ValueError', "Wrong value for res.partner.type: 'nope'", 'poison', 'ODOO_REFUSED'],
    ['builtins.ValueError', "time data 'not a date' does not match format", 'poison', 'ODOO_REFUSED'],
    ['builtins.ZeroDivisionError', 'division by zero', 'transient', 'UNKNOWN_ERROR'],
  ];
  for (const [name, message, kind, code] of errors)
    it(`takes ${name} "${message.slice(0, 40).trim()}" as ${kind} ${code}`, async () => {
      reply = error(name, message);
      const failure = await failed(read());
      assert.deepEqual([failure.kind, failure.code, odooErrorName(failure)], [kind, code, name]);
      assert.ok(failure.message.startsWith(`calling Odoo's res.partner.read: ${name}: `), failure.message);
    });
  it('says of a call during which the database went away that it may have happened', async () => {
    reply = error('psycopg2.OperationalError', 'server closed the connection unexpectedly');
    assert.equal(mayHaveHappened(await failed(read())), true);
    reply = error('psycopg2.errors.SerializationFailure', 'could not serialize access');
    assert.equal(mayHaveHappened(await failed(read())), false);
  });

  it('keeps rows and addresses of people that Odoo quotes out of what it says', () => {
    const quoted = 'duplicate key value violates "x"\nDETAIL:  Key (email)=(buyer@example.test) already exists.\n';
    const failure = failureOf('calling', { name: 'odoo.exceptions.ValidationError', message: quoted });
    assert.equal(failure.message, 'calling: odoo.exceptions.ValidationError: duplicate key value violates "x"');
    const named = failureOf('calling', { name: 'odoo.exceptions.UserError', message: 'no user\nbuyer@example.test here' });
    assert.equal(named.message, 'calling: odoo.exceptions.UserError: no user (an address) here');
    const long = failureOf('calling', { name: 'odoo.exceptions.UserError', message: 'x'.repeat(9999) });
    assert.ok(long.message.length < 400);
  });
});

describe('what load() refuses', () => {
  const of = (message: string): string | undefined => {
    const failure = loadFailure('loading', {
      ids: false,
      messages: [{ rows: { from: 0, to: 0 }, record: 0, type: 'error', message }],
    });
    return failure && `${failure.kind} ${failure.code}`;
  };
  it('is nothing when it gives ids', () => {
    assert.equal(loadFailure('loading', { ids: [4], messages: [], nextrow: 0 }), undefined);
  });
  it('is a conflict, the rights, or the record itself', () => {
    assert.equal(of('could not serialize access due to concurrent update\n'), 'transient ODOO_CONFLICT');
    assert.equal(of('deadlock detected'), 'transient ODOO_CONFLICT');
    assert.equal(of('could not obtain lock on row in relation "x"'), 'transient ODOO_CONFLICT');
    assert.equal(of("You are not allowed to create 'Product Variant' records."), 'fatal ODOO_RIGHTS');
    assert.equal(of("No matching record found for external id 'onhand.x' in field 'Product'"), 'poison ODOO_REFUSED');
    assert.equal(of('Contacts require a name'), 'poison ODOO_REFUSED');
  });
  it('is the record itself when no message says why', () => {
    assert.equal(loadFailure('loading', { ids: false, messages: [] })?.code, 'ODOO_REFUSED');
    assert.equal(loadFailure('loading', null)?.code, 'ODOO_REFUSED');
  });
});
