import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import { ledger } from '../../../sinks/ledger/index.ts';
import { event } from '../../support/given.ts';
import { prepared } from '../../support/journals.ts';
import { policy } from '../../support/policy.ts';

const fact = prepared({ journal: 'capture:stripe:pi_1:ch_1' });
const plan = (posted: typeof fact.data | null) => ledger.plan(event(fact), { journal: posted }, policy);

describe('ledger: what is planned', () => {
  it('looks for the journal by company and id', () =>
    assert.deepEqual(ledger.find(event(fact), policy), [{ company: 'acme', journal: 'capture:stripe:pi_1:ch_1' }]));
  it('posts a journal that is not there', () =>
    assert.deepEqual(plan(null), [
      {
        kind: 'create',
        show: 'post journal capture:stripe:pi_1:ch_1 of acme: 1000 EUR (minor units) on 2026-10-05',
        journal: fact.data,
      },
    ]));
  it('does nothing when it is there', () => assert.deepEqual(plan(structuredClone(fact.data)), []));
  it('sets a journal aside when another is posted under its id, naming what differs', () => {
    const refused = (posted: typeof fact.data, what: RegExp) =>
      assert.throws(
        () => plan(posted),
        error => isFailure(error) && error.kind === 'poison' && error.code === 'LEDGER_REFUSED' && what.test(error.message),
      );
    const [debit, credit] = fact.data.lines;
    refused({ ...fact.data, currency: 'USD' }, /another currency;/);
    refused({ ...fact.data, businessDay: '2026-10-06', description: 'x' }, /another businessDay, description;/);
    refused({ ...fact.data, lines: [{ ...debit!, amountMinor: 999 }, credit!] }, /another lines;/);
    refused({ ...fact.data, lines: [debit!, { ...credit!, event: 'other' }] }, /another lines;/);
  });
});
