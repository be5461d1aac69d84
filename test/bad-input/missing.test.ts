/** What is not there is named with its address and what to do: a command says so and ends soon, a service says so and keeps trying. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { example } from '../support/company.ts';
import { until } from '../support/until.ts';
import { bin, fine, onhand } from './support/cli.ts';

/** Seconds that a command may take with nothing to talk to, on a machine with much else to do; the work itself takes none. */
const soon = 15;
const nowhere = '127.0.0.1:1';
const kafka = [
  `connecting to Kafka at ${nowhere}: Connection error: connect ECONNREFUSED ${nowhere}`,
  '  KAFKA_UNREACHABLE: Start the broker or correct KAFKA_BROKERS; the unit keeps trying.',
];
const registry = [
  `asking the schema registry for onhand.OperationBegun at http://${nowhere}/apis/ccompat/v7: connect ECONNREFUSED ${nowhere}`,
  '  REGISTRY_UNREACHABLE: Start it or correct SCHEMA_REGISTRY_URL; the unit keeps trying.',
];
const keys = [
  `making the tables of the key store at ${nowhere}: connect ECONNREFUSED ${nowhere}`,
  '  KEY_STORE_UNREACHABLE: Start the database or correct KEYS_URL; the unit keeps trying.',
];
const ledger = [
  `using the ledger at ${nowhere}/ledger: connect ECONNREFUSED ${nowhere}`,
  '  LEDGER_UNREACHABLE: Start it or correct LEDGER_URL; the sink waits.',
];
const commands: readonly (readonly [command: string, says: readonly string[]])[] = [
  ['lag', kafka],
  ['exceptions', kafka],
  ['parked list', kafka],
  ['order show web:1', kafka],
  ['topics apply', kafka],
  ['replay plan --sink odoo --key acme|web:1', kafka],
  ['schemas plan', registry],
  ['keys migrate', keys],
  ['ledger balance', ledger],
];

describe('bad input: a system that is not there', function () {
  this.timeout(90_000);
  for (const [command, says] of commands)
    it(`is named by \`onhand ${command}\`, with what to do, within seconds`, async () => {
      const { code, lines, seconds } = await onhand({ ...fine, ONHAND_COMPANY: example }, ...command.split(' '));
      assert.equal(code, 1);
      assert.deepEqual(lines, says);
      assert.ok(seconds < soon, `it took ${seconds} s`);
    });
  it('that takes the connection and says nothing is given up as well', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const { code, lines, seconds } = await onhand(
        { ...fine, SCHEMA_REGISTRY_URL: `http://${address}/apis/ccompat/v7` },
        ...['schemas', 'plan'],
      );
      assert.equal(code, 1);
      assert.match(lines[0] ?? '', new RegExp(`at http://${address}/apis/ccompat/v7: Timeout`));
      assert.ok(seconds < soon + 5, `it took ${seconds} s`);
    } finally {
      silent.close();
    }
  });
  it('is named by `onhand run` with its address and what to do, again and again, until the process is told to stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-'));
    const child = spawn(bin, ['run'], {
      env: { PATH: process.env['PATH'] ?? '', ...fine, ONHAND_COMPANY: example, ONHAND_DATA: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit');
    try {
      let log = '';
      child.stdout.on('data', (data: Buffer) => (log += data.toString()));
      await until('two tries', () => log.split('\n').length > 2, 60_000);
      const entries = log
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const tries = entries.filter(one => one['msg'] === 'not there yet: trying again');
      assert.ok(tries.length >= 2, log);
      for (const { code, error, todo, waitMs } of tries)
        assert.deepEqual(
          { code, error, todo, waitMs },
          {
            code: 'KAFKA_UNREACHABLE',
            error: kafka[0],
            todo: 'Start the broker or correct KAFKA_BROKERS; the unit keeps trying.',
            waitMs: 2_000,
          },
        );
      child.kill('SIGTERM');
      await gone;
      assert.equal(child.exitCode, 0);
    } finally {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
