/** What `make up` started is found by commands, and never stands beside what the environment gives. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localEnvironment } from '../../infra/local.ts';
import { temporaryFolder } from '../support/folder.ts';

describe('the environment of a checkout where `make up` ran', () => {
  const folder = temporaryFolder();
  beforeEach(() => {
    mkdirSync(join(folder(), '.onhand'));
    writeFileSync(
      join(folder(), '.onhand', 'up.json'),
      JSON.stringify({ brokers: 'a:1', registryUrl: 'http://r', databaseUrl: 'postgres://d' }),
    );
  });
  it('is completed by it, with secrets that stay the same', () => {
    const first = localEnvironment(folder(), { USER: 'me' });
    assert.equal(first['KAFKA_BROKERS'], 'a:1');
    assert.equal(first['USER'], 'me');
    assert.deepEqual(localEnvironment(folder(), { USER: 'me' }), first);
  });
  it('keeps what it has, also a secret that it has in a file, and all of it when it names a broker', () => {
    const found = localEnvironment(folder(), { KEYS_URL_FILE: '/run/keys', LEDGER_URL: '' });
    assert.deepEqual([found['KEYS_URL'], found['LEDGER_URL']], [undefined, '']);
    const elsewhere = { KAFKA_BROKERS: 'b:2' };
    assert.deepEqual(localEnvironment(folder(), elsewhere), elsewhere);
  });
});
