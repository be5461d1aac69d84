/** `make up` and `make down`, with addresses given for the broker, so that only the database is started. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { isRunning, type ProcessIdentity } from '../../infra/process-identity.ts';
import { temporaryFolder } from '../support/folder.ts';

const infra = join(import.meta.dirname, '..', '..', 'infra');
const given = { KAFKA_BROKERS: 'kafka.example:9092', SCHEMA_REGISTRY_URL: 'http://registry.example' };

describe('make up and make down', () => {
  const folder = temporaryFolder(() => run('down'));
  const run = async (
    command: 'up' | 'down',
    more: NodeJS.ProcessEnv = given,
  ): Promise<{ code: unknown; out: string; told: string }> => {
    const env = { ...process.env, ...more };
    const child = spawn(process.execPath, [join(infra, `${command}.ts`)], {
      cwd: folder(),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, told, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<unknown[]>,
    ]);
    return { code, out, told };
  };
  const recordFile = (): string => join(folder(), '.onhand', 'up.json');
  const record = (): { databaseUrl: string; processes: { postgres: ProcessIdentity } } =>
    JSON.parse(readFileSync(recordFile(), 'utf8')) as ReturnType<typeof record>;
  const sql = async (statement: string): Promise<readonly unknown[]> => {
    const client = new Client({ connectionString: record().databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  };

  it('print addresses that can be used; a second up finds what the first started', async function () {
    this.timeout(60_000);
    const first = await run('up');
    assert.equal(first.code, 0, first.told);
    assert.match(first.out, /^export KAFKA_BROKERS=kafka\.example:9092$/m);
    assert.match(first.out, /^export LEDGER_URL=postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/m);
    const { pid } = record().processes.postgres;
    const second = await run('up');
    assert.match(second.told, /running already/);
    assert.equal(second.out, first.out);
    assert.equal(record().processes.postgres.pid, pid);
  });

  it('keep the data over down and up, and over kill -9 and up', async function () {
    this.timeout(60_000);
    await run('up');
    await sql('create table kept (v int)');
    await sql('insert into kept values (1)');
    const { postgres } = record().processes;
    assert.match((await run('down')).told, new RegExp(`ended: postgres \\(process ${postgres.pid}\\); the data stays`));
    assert.equal(isRunning(postgres), false);
    await run('up');
    await sql('insert into kept values (2)');
    process.kill(record().processes.postgres.pid, 'SIGKILL');
    assert.match((await run('up')).told, /some of what `make up` started has ended; starting all again/);
    assert.deepEqual(await sql('select v from kept order by v'), [{ v: 1 }, { v: 2 }]);
  });

  it('end nothing that took over the number of a process that ended', async function () {
    this.timeout(60_000);
    await run('up');
    const before = record();
    const stranger = spawn('sleep', ['60']);
    const taken = { ...before.processes.postgres, pid: stranger.pid };
    writeFileSync(recordFile(), JSON.stringify({ ...before, processes: { postgres: taken } }));
    assert.match((await run('down')).told, /nothing that `make up` started is running/);
    assert.equal(stranger.exitCode ?? stranger.signalCode, null);
    stranger.kill('SIGKILL');
    process.kill(before.processes.postgres.pid, 'SIGKILL');
  });

  it('say that there is nothing to end', async () => {
    const { code, told } = await run('down');
    assert.equal(code, 0);
    assert.match(told, /nothing that `make up` started is running/);
  });

  it('name what is missing and exit with 1', async () => {
    const { code, told } = await run('up', { KAFKA_BROKERS: 'kafka.example:9092', SCHEMA_REGISTRY_URL: '' });
    assert.equal(code, 1);
    assert.match(told, /SCHEMA_REGISTRY_URL is not; set both or neither/);
  });
});
