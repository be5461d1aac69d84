/** Wrong settings and company files stop the start with every problem listed, whoever declares them. */
import assert from 'node:assert/strict';
import { isFailure, type Failure } from '../../runtime/failure.ts';
import { checkedStart } from '../../runtime/start-checks.ts';
import { nameOf } from '../../runtime/topology.ts';
import { units } from '../../runtime/units.ts';
import { changed, example, set } from '../support/company.ts';
import { fine, onhand } from './support/cli.ts';

const canary = 'canary-of-a-secret';
const refused = (environment: Readonly<Record<string, string>>, run = units.map(nameOf)): Failure => {
  try {
    checkedStart({ environment: { ...fine, ONHAND_COMPANY: example, ...environment }, units, run });
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  return assert.fail('the start was not refused');
};
const problemsOf = ({ message }: Failure): readonly string[] =>
  message
    .split('\n')
    .slice(1)
    .map(line => line.trim());

describe('bad input: settings and company files', function () {
  this.timeout(60_000);
  it('stop `onhand run` with every problem of all of them in one list', async () => {
    const company = changed({
      'policy.json': set('currency')('XXQ'),
      'shops.json': set('shops', 'till')({ channel: 'posbox' }),
      'authority.json': set('tenders')([{ shop: 'web', tender: 'stripe', author: 'nobody' }]),
    });
    const { code, out, lines } = await onhand(
      {
        ...fine,
        ONHAND_COMPANY: company,
        KAFKA_BROKERS: 'nowhere',
        KAFKA_USERNAME: 'me',
        SCHEMA_REGISTRY_URL: 'ftp://registry',
        KEYS_URL: `mysql://${canary}`,
        LEDGER_URL: `https://${canary}`,
        ONHAND_HASH_KEY: '',
        ONHAND_MASTER_KEY: canary,
        ONHAND_HTTP_PORT: '70000',
        ONHAND_LOG_LEVEL: 'loud',
        ONHAND_CALL_SECONDS: '29',
        WOO_WEBHOOK_SECRETS: canary,
        WOO_POLL_SECONDS: 'often',
        STRIPE_WEBHOOK_SECRETS: '',
        STRIPE_API_KEYS: `other=${canary}`,
        ODOO_URL: '',
        ODOO_API_KEY_FILE: '/nowhere/key',
        ONHAND_PREFX: 'a',
        WOO_POLL_SECOND: '9',
      },
      'run',
    );
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      `reading the settings and the company files in ${company}: 21 problem(s)`,
      '  KAFKA_BROKERS: "nowhere" is not host:port',
      '  SCHEMA_REGISTRY_URL: it is not an http or https address',
      '  ONHAND_HASH_KEY is not set (Key of keyed hashes (guest customers, remembered content); never changes)',
      '  ONHAND_MASTER_KEY: it is not 32 bytes in base64 (make some with `openssl rand -base64 32`)',
      '  KEYS_URL: it is not an address that begins with postgres://',
      '  ONHAND_HTTP_PORT: "70000" is not an integer of at least 0 and at most 65535',
      '  ONHAND_LOG_LEVEL: "loud" is none of trace, debug, info, warn, error, silent',
      '  KAFKA_PASSWORD is not set, and KAFKA_USERNAME is',
      '  ONHAND_CALL_SECONDS: a call may take 29 s, which is more than 60 % of the session of 30 s; lower it, or raise ONHAND_SESSION_SECONDS',
      '  WOO_WEBHOOK_SECRETS: each entry is shop=secret, separated by white space',
      '  WOO_POLL_SECONDS: "often" is not an integer of at least 1',
      '  ODOO_URL is not set (Where Odoo answers)',
      '  ODOO_API_KEY and ODOO_API_KEY_FILE are both set; take one away',
      '  LEDGER_URL: it is not an address that begins with postgres://',
      '  STRIPE_WEBHOOK_SECRETS has nothing for the shop stripe; add stripe=… (Signing secrets of the webhook endpoints, by shop)',
      '  STRIPE_API_KEYS has nothing for the shop stripe; add stripe=… (Restricted API keys that may read charges and events, by shop)',
      '  ONHAND_PREFX is no setting; did you mean ONHAND_PREFIX?',
      '  WOO_POLL_SECOND is no setting; did you mean WOO_POLL_SECONDS?',
      '  authority.json tenders[0].author: names shop "nobody"; there are web, outlet, stripe, odoo, till',
      '  policy.json currency: is "XXQ", which is no currency; expected ISO 4217, such as EUR',
      '  shops.json shops.till: there is no channel posbox; there are woocommerce, stripe, odoo',
      '  SETTINGS_INVALID: Correct what is listed and start again.',
    ]);
    assert.equal(`${out}${lines.join()}`.includes(canary), false, 'a secret was shown');
  });
  it('are all found fine, or the list names the whole of what is wrong', () => {
    assert.doesNotThrow(() => checkedStart({ environment: { ...fine, ONHAND_COMPANY: example }, units, run: units.map(nameOf) }));
    assert.deepEqual(problemsOf(refused({ KAFKA_PASSWORD: canary })), ['KAFKA_USERNAME is not set, and KAFKA_PASSWORD is']);
  });
  it('are asked for the units that run here only', () => {
    const { ODOO_URL: _, STRIPE_API_KEYS: __, LEDGER_URL: ___, ...rest } = fine;
    const environment = { ...rest, ONHAND_COMPANY: example };
    assert.doesNotThrow(() => checkedStart({ environment, units, run: ['stock', 'orders'] }));
    assert.deepEqual(problemsOf(refused({ ODOO_URL: '', STRIPE_API_KEYS: '' }, ['stripe-intake', 'stock'])), [
      'STRIPE_API_KEYS has nothing for the shop stripe; add stripe=… (Restricted API keys that may read charges and events, by shop)',
    ]);
  });
  it('name two authors of one thing by a code of its own when nothing else is wrong', () => {
    const twice = changed({
      'authority.json': (file: { readonly tenders: readonly object[] }) => ({
        ...file,
        tenders: [...file.tenders, { shop: 'web', tender: 'stripe', author: 'web' }],
      }),
    });
    assert.equal(refused({ ONHAND_COMPANY: twice }).code, 'AUTHORITY_CONFLICT');
    assert.equal(refused({ ONHAND_COMPANY: twice, ONHAND_HTTP_PORT: 'x' }).code, 'SETTINGS_INVALID');
  });
  it('stop commands that read them too', async () => {
    const company = changed({ 'policy.json': set('currency')('XXQ'), 'shops.json': set('shops', 'web', 'url')('ftp://web') });
    const { code, lines } = await onhand({ ONHAND_COMPANY: company }, 'policy', 'check');
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      `reading the company files in ${company}: 3 problem(s)`,
      '  policy.json currency: is "XXQ", which is no currency; expected ISO 4217, such as EUR',
      '  shops.json shops.web.url: is not an http or https address',
      '  shops.json shops.web: url: polls need the http or https address of the shop',
      '  SETTINGS_INVALID: Correct what is listed and start again.',
    ]);
  });
});
