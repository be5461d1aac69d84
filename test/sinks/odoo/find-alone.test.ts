/** A batch in which Odoo holds something against one record: the others are found all the same. */
import assert from 'node:assert/strict';
import { fatal, isFailure, poison, transient, type Failure } from '../../../runtime/failure.ts';
import type { OdooRpc } from '../../../runtime/odoo-rpc.ts';
import { realClock } from '../../../runtime/clock.ts';
import { odooTarget } from '../../../sinks/odoo/target.ts';
import type { Lookup } from '../../../sinks/odoo/contract.ts';

const lookup: Lookup = {
  companyId: 1,
  order: '',
  partner: null,
  products: [],
  services: [],
  taxes: [],
  countries: [],
  warehouse: null,
  currency: 'EUR',
};
/** Refuses every call that names the order `bad`; answers others with nothing found. */
const odooWith = (failure: Failure): OdooRpc => ({
  call: (model, method, args) => {
    if (JSON.stringify(args).includes('bad')) return Promise.reject(failure);
    if (model === 'res.company') return Promise.resolve([{ id: 1, currency_id: [1, 'EUR'] }]);
    return Promise.resolve(method === 'fields_get' ? {} : []);
  },
});
const find = (failure: Failure) => {
  const lookups: readonly Lookup[] = ['order_acme_good', 'order_acme_bad', 'order_acme_other'].map(order => ({
    ...lookup,
    order,
  }));
  return odooTarget(odooWith(failure), realClock, 1_000).find(
    lookups.map(one => [one]),
    realClock.monotonic() + 5_000,
  );
};

describe('looking for a batch of orders', () => {
  for (const failure of [poison('ODOO_REFUSED', 'refused'), transient('UNKNOWN_ERROR', 'never heard of')])
    it(`finds the others when one alone fails with ${failure.code}, which is its key's`, async () => {
      const answers = await find(failure);
      assert.deepEqual(
        answers.map(one => one.is),
        ['done', 'failure', 'done'],
      );
      const [, bad] = answers;
      assert.ok(bad?.is === 'failure' && isFailure(bad.failure));
      assert.equal(bad.failure.scope, 'key');
    });
  it('fails for all when Odoo as a whole refuses', async () => {
    const answers = await find(fatal('ODOO_CREDENTIALS', 'no'));
    assert.deepEqual(
      answers.map(one => one.is),
      ['failure', 'failure', 'failure'],
    );
  });
});
