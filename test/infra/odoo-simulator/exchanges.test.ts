/** Replays exchanges with a real Odoo, in the order in which they were made, and compares every body. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { post, type Json, type Values } from '../../contract/odoo/client.ts';
import { startRig, type Rig } from './support.ts';

interface Exchange {
  readonly title: string;
  readonly request: { readonly path: string; readonly params: Values };
  readonly response: { readonly status: number; readonly body: Values };
  /** Keys whose values are ids of this database's own views. */
  readonly ignore?: readonly string[];
}
const { exchanges } = JSON.parse(readFileSync(new URL('./exchanges.json', import.meta.url), 'utf8')) as {
  readonly exchanges: readonly Exchange[];
};

type Names = Map<string, Json>;
const isMap = (value: Json): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
const placeholder = /<([a-zA-Z ]+)>/;
const whole = /^<([a-zA-Z ]+)>$/;

const fill = (value: Json, names: Names): Json => {
  if (typeof value === 'string') {
    const name = whole.exec(value)?.[1];
    if (name !== undefined && names.has(name)) return names.get(name) ?? null;
    return value.replace(new RegExp(placeholder, 'g'), (_all, inner: string) =>
      JSON.stringify(names.get(inner)).replace(/^"|"$/g, ''),
    );
  }
  if (Array.isArray(value)) return value.map(item => fill(item as Json, names));
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, names)])) : value;
};

/** What the recording shows, with names filled in; a name that is new takes what is found in its place. */
const expected = (shown: Json, found: Json, names: Names): Json => {
  if (shown === '<moment>') {
    assert.match(typeof found === 'string' ? found : '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    return found;
  }
  const name = typeof shown === 'string' ? whole.exec(shown)?.[1] : undefined;
  if (name !== undefined && !names.has(name)) names.set(name, found);
  if (Array.isArray(shown))
    return shown.map((item, index) =>
      expected(item as Json, Array.isArray(found) ? ((found as readonly Json[])[index] ?? null) : null, names),
    );
  if (isMap(shown))
    return Object.fromEntries(
      Object.entries(shown).map(([key, item]) => [key, expected(item, isMap(found) ? (found[key] ?? null) : null, names)]),
    );
  return fill(shown, names);
};

const without = (value: Json, keys: readonly string[]): Json => {
  if (Array.isArray(value)) return value.map(item => without(item as Json, keys));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (keys.includes(key) ? [] : [[key, without(item, keys)]])),
  );
};

describe('the Odoo simulator answers as a real Odoo did', () => {
  let rig: Rig;
  const names: Names = new Map<string, Json>([
    ['run', 'replayed'],
    ['login', 'admin'],
    ['key', 'simulator-admin-key'],
  ]);
  before(async () => {
    rig = await startRig();
    names.set('db', rig.simulator.db);
    names.set('uid', rig.admin.uid);
  });
  after(() => rig.stop());

  exchanges.forEach(({ title, request, response, ignore = [] }, index) => {
    it(`${String(index + 1)}: ${title}`, async () => {
      const body = { jsonrpc: '2.0', method: 'call', id: index + 1, params: fill(request.params, names) };
      const answered = await post(rig.simulator.url, JSON.stringify(body));
      const found = (await answered.json()) as Values;
      assert.deepEqual(
        [answered.status, answered.headers.get('content-type'), found['jsonrpc'], found['id']],
        [response.status, 'application/json; charset=utf-8', '2.0', index + 1],
      );
      const { jsonrpc: _jsonrpc, id: _id, ...rest } = found;
      const shown = without(rest, ['debug', ...ignore]);
      assert.deepEqual(shown, expected(response.body, shown, names));
    });
  });

  it('writes floats with a point and integers without, as Python does', async () => {
    const params = fill(exchanges.find(({ title }) => title === 'levels of the product')?.request.params ?? {}, names);
    const text = await (await post(rig.simulator.url, JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params }))).text();
    assert.match(text, /"qty_available": \d+\.\d/);
    assert.match(text, /"id": \d+,/);
  });
});
