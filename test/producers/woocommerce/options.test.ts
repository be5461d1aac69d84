import assert from 'node:assert/strict';
import type { Shop } from '../../../runtime/model.ts';
import { checkShop } from '../../../producers/woocommerce/options.ts';
import { policy } from '../../support/policy.ts';

const problems = (with_: Partial<Shop>): readonly string[] => checkShop({ ...policy.shops.web!, ...with_ });

describe('a WooCommerce shop in the company file', () => {
  it('is fine with what the documentation names', () => {
    const options = {
      taxes: { '75': 'nl21' },
      statuses: { shipped: 'completed' },
      since: '2026-10-01',
      decimalQuantities: true,
      restockRefunds: false,
    };
    assert.deepEqual(problems({ url: 'https://shop.example.test/store/', options }), []);
    assert.deepEqual(problems({}), []);
  });
  it('has every problem named, all at once', () => {
    const options = {
      taxes: ['75'],
      statuses: { shipped: 'sent' },
      since: 'yesterday',
      decimalQuantities: 'yes',
      tax: {},
      restockRefunds: 1,
    };
    const found = problems({ url: null, options });
    assert.equal(found.length, 7, found.join('\n'));
    for (const part of [
      'url',
      'options.taxes',
      'sent',
      'options.since',
      'options.decimalQuantities',
      'options.tax:',
      'restockRefunds',
    ])
      assert.ok(
        found.some(one => one.includes(part)),
        part,
      );
  });
  it('must not hold credentials in its address', () => {
    assert.match(problems({ url: 'https://ck:cs@shop.example.test' }).join(), /WOO_API_KEYS/);
    assert.doesNotMatch(problems({ url: 'https://ck:cs@shop.example.test' }).join(), /ck:cs/);
    assert.match(problems({ url: 'ftp://shop.example.test' }).join(), /http/);
  });
  it('dates its beginning in UTC, so that no zone is guessed', () => {
    assert.deepEqual(problems({ options: { since: '2026-10-01T00:00:00Z' } }), []);
    assert.notDeepEqual(problems({ options: { since: '2026-10-01T00:00:00' } }), []);
    assert.notDeepEqual(problems({ options: { since: '2026-13-01' } }), []);
  });
});
