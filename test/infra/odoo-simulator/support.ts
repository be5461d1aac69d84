/** A simulator for one test file, and calls to it as its users make them. */
import assert from 'node:assert/strict';
import { exampleSeed, startOdooSimulator, type Simulator, type SimulatorOptions } from '../../../infra/odoo-simulator/index.ts';
import { connect, post, type Client, type Json, type Values } from '../../contract/odoo/client.ts';

export interface Rig {
  readonly simulator: Simulator;
  readonly admin: Client;
  /** The integration user. */
  readonly client: Client;
  readonly stop: () => Promise<void>;
}

export const startRig = async (options: SimulatorOptions = {}): Promise<Rig> => {
  const simulator = await startOdooSimulator(options);
  const { url, db, login, apiKey } = simulator;
  const client = await connect({ url, db, login, apiKey });
  const hasAdmin = (options.seed?.users ?? exampleSeed.users).some(user => user.login === 'admin');
  const admin = hasAdmin ? await connect({ url, db, login: 'admin', apiKey: 'simulator-admin-key' }) : client;
  return { simulator, admin, client, stop: simulator.stop };
};

/** The request of a call, for tests of what happens below JSON-RPC. */
export const requestBody = (
  client: Client,
  model: string,
  method: string,
  args: readonly Json[],
  kwargs: Values = {},
): string => {
  const { db, apiKey } = client.connection;
  const params = { service: 'object', method: 'execute_kw', args: [db, client.uid, apiKey, model, method, args, kwargs] };
  return JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 7, params });
};

export const send = (client: Client, model: string, method: string, args: readonly Json[], kwargs?: Values): Promise<Response> =>
  post(client.connection.url, requestBody(client, model, method, args, kwargs));

export const partnersNamed = async (client: Client, name: string): Promise<number> =>
  Number(await client.call('res.partner', 'search_count', [[['name', '=', name]]]));

const DEADLINE_MS = 5000;

/** Asks until it is so; fails when it is not in time. */
export const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isSo())) assert.ok(Date.now() < deadline, `waiting until ${what}`);
};

/** Simulators that a test starts by itself: stopped after it, however it ends. */
export const stopAfterEach = (): ((options?: SimulatorOptions) => Promise<Rig>) => {
  const started: Rig[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map(rig => rig.stop()));
  });
  return async options => {
    const rig = await startRig(options);
    started.push(rig);
    return rig;
  };
};

/** What the control answers over HTTP. */
export const control = async (simulator: Simulator, method: 'GET' | 'POST', path: string, body?: Values): Promise<Values> => {
  const response = await fetch(`${simulator.controlUrl}/_simulator${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  const answer = (await response.json()) as Values;
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
};
