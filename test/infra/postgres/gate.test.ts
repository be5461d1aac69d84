/** One PGlite, many connections: statements do not mix, transactions are serial, and nobody can block the others for good. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Client, Pool } from 'pg';
import { message, sync } from '../../../infra/postgres/frames.ts';
import { openGate } from '../../../infra/postgres/gate.ts';
import { uniqueName } from '../../support/broker.ts';
import { until } from '../../support/until.ts';

const idleInTransactionMs = 1000;

describe('the gate before PGlite', () => {
  let db: PGlite;
  let gate: Server;
  let url: string;
  const pools: Pool[] = [];

  before(async function () {
    this.timeout(60_000);
    db = await PGlite.create('memory://');
    gate = await openGate({
      port: 0,
      run: (message, onData) => db.runExclusive(() => db.execProtocolRawStream(message, { onRawData: onData })),
      database: 'postgres',
      idleInTransactionMs,
      onLost: error => {
        throw error;
      },
    });
    url = `postgres://postgres@127.0.0.1:${(gate.address() as AddressInfo).port}/postgres`;
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map(pool => pool.end()));
  });
  after(async () => {
    gate.close();
    await db.close();
  });

  const pool = (max = 4): Pool => {
    const made = new Pool({ connectionString: url, max });
    // A connection that the gate ends while it is idle in the pool; the test looks at what it caused.
    made.on('error', () => undefined);
    pools.push(made);
    return made;
  };
  const table = async (columns: string): Promise<string> => {
    const name = uniqueName('t').replace('-', '_');
    await pool(1).query(`create table ${name} (${columns})`);
    return name;
  };
  const countOf = async (name: string): Promise<number> =>
    (await pool(1).query<{ n: number }>(`select count(*)::int as n from ${name}`)).rows[0]?.n ?? -1;

  it('gives every connection its own answers, with parameters, many at a time', async () => {
    const [a, b] = [pool(), pool()];
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const { rows } = await (index % 2 === 0 ? a : b).query<{ x: string; n: number }>('select $1::text as x, $2::int as n', [
          `of ${index}`,
          index,
        ]);
        return rows[0];
      }),
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 300 }, (_, index) => ({ x: `of ${index}`, n: index })),
    );
  });

  it('serves the others only after the whole of a statement, however slowly its messages come', async () => {
    const slow = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    let answers = '';
    slow.on('data', data => (answers += data.toString('latin1')));
    const send = async (bytes: Buffer, expected: string): Promise<void> => {
      answers = '';
      slow.write(bytes);
      await until(`the answer ${expected}`, () => answers.includes(expected));
    };
    const start = Buffer.from('user\0postgres\0database\0postgres\0\0');
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + start.length);
    head.writeInt32BE(196608, 4);
    await send(Buffer.concat([head, start]), 'Z');
    await send(message('P', Buffer.from("\0select 'slow'\0\0\0")), '1\0\0\0\u0004');
    const fast = pool(1).query('select $1::text as x', ['fast']);
    await send(message('B', Buffer.from('\0\0\0\0\0\0\0\0')), '2\0\0\0\u0004');
    await send(message('E', Buffer.from('\0\0\0\0\0')), 'slow');
    await send(sync, 'Z');
    assert.deepEqual((await fast).rows, [{ x: 'fast' }]);
    slow.destroy();
  });

  it('keeps transactions apart: read, wait, write loses no update', async () => {
    const name = await table('v int');
    await pool(1).query(`insert into ${name} values (0)`);
    const both = [pool(), pool()];
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const client = await both[index % 2]!.connect();
        await client.query('begin');
        const { rows } = await client.query<{ v: number }>(`select v from ${name}`);
        await client.query(`update ${name} set v = $1`, [(rows[0]?.v ?? 0) + 1]);
        await client.query(index % 6 === 0 ? 'rollback' : 'commit');
        client.release();
      }),
    );
    assert.deepEqual((await pool(1).query(`select v from ${name}`)).rows, [{ v: 50 }]);
  });

  it('lets a failed transaction be rolled back by its own connection', async () => {
    const name = await table('v int');
    const client = await pool().connect();
    await client.query('begin');
    await client.query(`insert into ${name} values (1)`);
    await assert.rejects(client.query('select 1 / $1::int', [0]), /division by zero/);
    await assert.rejects(client.query('select 1'), /current transaction is aborted/);
    await client.query('rollback');
    client.release();
    assert.equal(await countOf(name), 0);
  });

  it('rolls back what a killed process left open, and serves the others', async () => {
    const name = await table('v int');
    const code = `import pg from 'pg'; const c = new pg.Client(process.argv[1]); await c.connect(); await c.query('begin');
      await c.query('insert into ${name} values (1)'); console.log('in'); setInterval(() => {}, 1000);`;
    const cwd = join(import.meta.dirname, '..', '..', '..');
    const other = spawn(process.execPath, ['--input-type=module', '-e', code, url], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    const waiting = countOf(name);
    other.kill('SIGKILL');
    assert.equal(await waiting, 0);
  });

  it('ends a connection that is silent in a transaction for too long, so that the others go on', async () => {
    const name = await table('v int');
    const silent = new Client({ connectionString: url });
    const ended = new Promise<Error>(resolve => {
      silent.on('error', resolve);
    });
    await silent.connect();
    await silent.query('begin');
    await silent.query(`insert into ${name} values (1)`);
    const from = Date.now();
    assert.equal(await countOf(name), 0);
    assert.ok(Date.now() - from >= idleInTransactionMs * 0.9);
    assert.match((await ended).message, /idle-in-transaction/);
  });

  it('refuses what would stay in the shared session, saying what to do instead, and goes on', async () => {
    const one = pool(1);
    await assert.rejects(one.query('select pg_advisory_lock($1)', [1]), /use pg_advisory_xact_lock/);
    await assert.rejects(one.query('set search_path to x'), /use SET LOCAL/);
    assert.deepEqual((await one.query('select $1::int as n', [7])).rows, [{ n: 7 }]);
  });

  it('refuses another database by name, which would be the same one', async () => {
    const client = new Client({ connectionString: url.replace(/postgres$/, 'ledger') });
    await assert.rejects(client.connect(), /database "ledger" does not exist; this one is called "postgres"/);
  });

  it('refuses a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const options = { run: () => Promise.resolve(), database: 'x', idleInTransactionMs, onLost: () => undefined };
    await assert.rejects(openGate({ ...options, port: (taken.address() as AddressInfo).port }), /EADDRINUSE/);
    taken.close();
  });
});
