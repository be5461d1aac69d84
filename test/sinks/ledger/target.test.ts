import assert from 'node:assert/strict';
import { isFailure, type Failure } from '../../../runtime/failure.ts';
import type { Answer } from '../../../runtime/model.ts';
import { realClock } from '../../../runtime/clock.ts';
import { loadChart, migrateLedger } from '../../../sinks/ledger/target-migrate.ts';
import { ledgerShow } from '../../../sinks/ledger/target-queries.ts';
import { moving, prepared } from '../../support/journals.ts';
import { look, openedLedger, post, targetAt, type LedgerTarget } from '../../support/ledger.ts';
import { policy } from '../../support/policy.ts';
import { proxyTo, type Proxy } from '../../support/proxy.ts';

const failureIn = (answer: Answer<unknown> | undefined): Failure => {
  assert.ok(answer?.is === 'failure' && isFailure(answer.failure), JSON.stringify(answer));
  return answer.failure;
};
const kinds = (answers: readonly Answer<unknown>[]): readonly string[] => answers.map(answer => answer.is);

describe('ledger: its target', () => {
  const opened = openedLedger(false);
  describe('ledger: before its tables are made', () => {
    it('names the command that makes them', async () => {
      for (const answers of [await look(opened().target, 'x'), await post(opened().target, [prepared({ journal: 'x' }).data])]) {
        const failure = failureIn(answers[0]);
        assert.deepEqual([failure.kind, failure.code], ['fatal', 'LEDGER_SCHEMA_MISSING']);
        assert.match(failure.message, /onhand ledger migrate/);
      }
    });
    it('makes them once, whoever is asked and how often', async () => {
      const [one, other] = await Promise.all([migrateLedger(opened().books.db), migrateLedger(opened().books.db)]);
      assert.deepEqual([...one, ...other], [1]);
      assert.deepEqual(await migrateLedger(opened().books.db), []);
      await loadChart(opened().books.db, policy);
      await loadChart(opened().books.db, policy);
    });
  });

  describe('ledger: posting', () => {
    it('posts a journal that is not there, and finds it as it was prepared', async () => {
      const { data } = prepared({ journal: 'first', originalDay: '2026-08-14' });
      assert.deepEqual(await look(opened().target, 'first'), [{ is: 'done', value: { journal: null } }]);
      assert.deepEqual(kinds(await post(opened().target, [data])), ['done']);
      assert.deepEqual(await look(opened().target, 'first'), [{ is: 'done', value: { journal: data } }]);
    });
    it('keeps the companies apart', async () => {
      await loadChart(opened().books.db, { ...policy, companies: { other: { ...policy.companies.acme!, company: 'other' } } });
      const mine = prepared({ journal: 'shared' }).data;
      const theirs = prepared({ journal: 'shared', company: 'other', lines: moving(7) }).data;
      await post(opened().target, [mine]);
      assert.deepEqual(await look(opened().target, 'shared', 'other'), [{ is: 'done', value: { journal: null } }]);
      await post(opened().target, [theirs]);
      assert.deepEqual(await look(opened().target, 'shared'), [{ is: 'done', value: { journal: mine } }]);
      assert.deepEqual(await look(opened().target, 'shared', 'other'), [{ is: 'done', value: { journal: theirs } }]);
    });
    it('posts the rest of a batch when some are refused, and says why for each', async () => {
      const answers = await post(opened().target, [
        prepared({ journal: 'good 1' }).data,
        prepared({ journal: 'off', lines: moving(1000, 999) }).data,
        prepared({ journal: 'no account', lines: moving(1000, 1000, '9999') }).data,
        prepared({ journal: 'zero', lines: moving(0) }).data,
        prepared({ journal: 'bare', lines: [] }).data,
        prepared({ journal: 'good 2' }).data,
      ]);
      assert.deepEqual(kinds(answers), ['done', 'failure', 'failure', 'failure', 'failure', 'done']);
      const failures = answers.slice(1, 5).map(failureIn);
      for (const { kind, code, scope } of failures) assert.deepEqual([kind, code, scope], ['poison', 'LEDGER_REFUSED', 'key']);
      assert.match(failures[0]!.message, /posting journal off of acme .*: 2 lines, debits 1000, credits 999/);
      assert.match(failures[1]!.message, /account 9999 of acme is not in the chart; name it in accounts\.json/);
      assert.match(failures[2]!.message, /amount_positive/);
      assert.match(failures[3]!.message, /0 lines/);
      for (const journal of ['good 1', 'good 2']) assert.ok(await ledgerShow(opened().books.db, 'acme', journal), journal);
      for (const journal of ['off', 'no account', 'zero', 'bare'])
        assert.equal(await ledgerShow(opened().books.db, 'acme', journal), undefined);
    });
    it('posts one of two that are the same, and calls both done', async () => {
      const { data } = prepared({ journal: 'twice' });
      assert.deepEqual(kinds(await post(opened().target, [data, data])), ['done', 'done']);
      assert.deepEqual(kinds(await post(opened().target, [data])), ['done']);
      assert.equal((await ledgerShow(opened().books.db, 'acme', 'twice'))?.lines.length, 2);
    });
    it('posts 500 journals in one batch', async () => {
      const many = Array.from({ length: 500 }, (_, index) => prepared({ journal: `many ${index}` }).data);
      assert.ok((await post(opened().target, many, 30_000)).every(answer => answer.is === 'done'));
      assert.ok(await ledgerShow(opened().books.db, 'acme', 'many 499'));
    }).timeout(60_000);
  });

  describe('ledger: faults', () => {
    let way: Proxy;
    let faulty: LedgerTarget;
    beforeEach(async () => {
      way = await proxyTo(opened().own.url);
      const secret = new URL(way.url);
      secret.password = 'hunter2';
      faulty = targetAt(secret.href);
    });
    afterEach(async () => {
      await faulty.close();
      await way.stop();
    });
    it('waits for a database that is not there, and names its address without the password', async () => {
      await way.stop();
      for (const answers of [await look(faulty, 'first'), await post(faulty, [prepared({ journal: 'down' }).data])]) {
        const failure = failureIn(answers[0]);
        assert.deepEqual([failure.kind, failure.code, failure.scope], ['transient', 'LEDGER_UNREACHABLE', 'target']);
        assert.match(failure.message, new RegExp(`at 127\\.0\\.0\\.1:${new URL(way.url).port}/\\w+: .*ECONNREFUSED`));
        assert.ok(!`${failure.message} ${JSON.stringify(failure)}`.includes('hunter2'));
      }
    });
    it('has not posted when the connection was lost before the commit', async () => {
      way.fault({ word: 'ledger.lines', how: 'before' });
      const failure = failureIn((await post(faulty, [prepared({ journal: 'lost early' }).data]))[0]);
      assert.deepEqual([failure.kind, failure.code], ['transient', 'LEDGER_UNREACHABLE']);
      assert.equal(await ledgerShow(opened().books.db, 'acme', 'lost early'), undefined);
    });
    for (const [how, posted] of [
      ['before', false],
      ['after', true],
    ] as const)
      it(`does not know what became of a commit that was lost ${how} it arrived, and finds out by looking`, async () => {
        const { data } = prepared({ journal: `lost ${how}` });
        way.fault({ word: 'commit', how });
        assert.deepEqual(kinds(await post(faulty, [data])), ['unknown']);
        way.fault(undefined);
        assert.deepEqual(await look(faulty, `lost ${how}`), [{ is: 'done', value: { journal: posted ? data : null } }]);
        assert.deepEqual(kinds(await post(faulty, [data])), ['done']);
        assert.deepEqual(await look(faulty, `lost ${how}`), [{ is: 'done', value: { journal: data } }]);
      });
    it('gives up at its deadline, and does not hold the database after it', async () => {
      way.fault({ word: 'ledger.lines', how: 'silent' });
      const begun = realClock.monotonic();
      const failure = failureIn((await post(faulty, [prepared({ journal: 'silent' }).data], 300))[0]);
      assert.equal(failure.code, 'LEDGER_UNREACHABLE');
      assert.ok(realClock.monotonic() - begun < 3_000);
      way.fault(undefined);
      assert.deepEqual(kinds(await post(faulty, [prepared({ journal: 'silent' }).data])), ['done']);
    });
    it('does not know what became of a commit that was not answered in time', async () => {
      way.fault({ word: 'commit', how: 'silent' });
      assert.deepEqual(kinds(await post(faulty, [prepared({ journal: 'late' }).data], 300)), ['unknown']);
    });
  });
});
