/** Every kind of fault on real processes and a broker of their own, at moments drawn from a printed seed; `make faults LONG=1` does more of it. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dieWithUs } from '../../infra/watchdog.ts';
import { broker } from '../support/broker.ts';
import { ownDatabase, type OwnDatabase } from '../support/ledger.ts';
import { faults } from './kinds/index.ts';
import { runFaults, type Verdict } from './support/run.ts';

const logs = join(import.meta.dirname, '..', '..', '.onhand', 'faults');
/** So many things of a kind are shown when it is broken. */
const most = 6;

describe('whatever is killed, held, cut or starved, and whenever', function () {
  this.timeout(15 * 60_000);
  let verdict: Verdict;
  let ledger: OwnDatabase | undefined;
  const broken = (begins: string): readonly string[] =>
    verdict.broken
      .filter(one => one.invariant.startsWith(begins))
      .flatMap(one => one.found.slice(0, most).map(found => `${one.invariant}: ${found}`));
  before(async () => {
    const seed = Number(process.env['ONHAND_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`      ONHAND_SEED=${seed}; again with: node test/faults/main.ts --seed ${seed}`);
    const { registryUrl, databaseUrl } = await broker();
    ledger = await ownDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'onhand-faults-'));
    dieWithUs({ folder });
    const say = (line: string): void => console.log(`      ${line}`);
    verdict = await runFaults({
      size: 'quick',
      seed,
      faults,
      folder,
      logs,
      registryUrl,
      databaseUrl,
      ledgerUrl: ledger.url,
      say,
    });
  });
  after(() => ledger?.stop());

  it('every fault met work, as often as it must', () => {
    assert.deepEqual(verdict.unfired, []);
  });
  it('what was said, kept, consumed and fired is what the rules make of the inputs, each once and in order (I5, I6)', () => {
    assert.deepEqual(broken('checker'), []);
    assert.deepEqual(broken('I6'), []);
  });
  it('nothing is promised twice, after any of its steps (I1)', () => {
    assert.deepEqual(broken('I1 '), []);
  });
  it('no delivery that was accepted is lost, and each piece of news is told once (I2)', () => {
    assert.deepEqual(broken('I2'), []);
  });
  it('each confirmed order is once in Odoo, with its amounts (I3)', () => {
    assert.deepEqual(broken('I3'), []);
  });
  it('all money is in the ledger, which balances (I4)', () => {
    assert.deepEqual(broken('I4'), []);
  });
  it('nothing is set aside that no fault made unreadable, and what was told to stop ended in time (I12)', () => {
    assert.deepEqual(broken(''), []);
  });
});
