/** `onhand settings`: what is set and from where, and never a secret. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fine } from '../bad-input/support/cli.ts';
import { say } from '../docs/support/commands.ts';
import { example } from '../support/company.ts';
import { temporaryFolder } from '../support/folder.ts';

const canary = 'canary-of-a-secret';

describe('onhand settings', () => {
  const folder = temporaryFolder();
  it('shows each value with where it is from, and of secrets only that they are set', async () => {
    const path = join(folder(), 'hash');
    writeFileSync(path, canary, { mode: 0o600 });
    const { ONHAND_HASH_KEY: _, ...rest } = fine;
    const environment = {
      ...rest,
      ONHAND_COMPANY: example,
      ONHAND_HASH_KEY_FILE: path,
      ODOO_API_KEY: canary,
      WOO_WEBHOOK_SECRETS: `web=${canary} outlet=b`,
      KEYS_URL: `postgres://me:${canary}@127.0.0.1/keys`,
    };
    const { code, out, err } = await say(['--json', 'settings'], environment);
    assert.equal(code, 0, err);
    const { settings, problems } = JSON.parse(out) as {
      readonly settings: readonly Readonly<Record<string, unknown>>[];
      readonly problems: readonly string[];
    };
    const of = (name: string) => settings.find(one => one['setting'] === name);
    assert.deepEqual(problems, []);
    assert.deepEqual(of('ONHAND_HASH_KEY'), {
      setting: 'ONHAND_HASH_KEY',
      secret: true,
      value: null,
      from: 'file',
      where: path,
      readableByAll: false,
      units: [],
    });
    assert.deepEqual(
      [of('WOO_POLL_SECONDS')?.['value'], of('WOO_POLL_SECONDS')?.['from'], of('WOO_POLL_SECONDS')?.['units']],
      ['60', 'default', ['woocommerce-intake']],
    );
    assert.deepEqual([of('ODOO_DB')?.['value'], of('ODOO_DB')?.['where']], ['test', 'ODOO_DB']);
    const shown = await say(['settings', 'odoo'], environment);
    assert.match(shown.out, new RegExp(`ONHAND_HASH_KEY +│ set, not shown +│ the file ${path}`));
    assert.doesNotMatch(shown.out, /WOO_/);
    for (const said of [out, err, shown.out, shown.err]) assert.ok(!said.includes(canary), 'a secret was shown');
  });
  it('ends with every problem that would refuse the start, and shows no value that is not fine', async () => {
    const { code, out, err } = await say(['settings'], {
      ...fine,
      ONHAND_COMPANY: example,
      ODOO_URL: `https://me:${canary}@odoo.example`,
      STRIPE_API_KEYS: '',
      ONHAND_PREFX: 'a',
      WOO_POLL_SECOND: '1',
    });
    assert.equal(code, 1);
    assert.match(out, /ODOO_URL +│ WRONG/);
    assert.deepEqual(err.trimEnd().split('\n').slice(1), [
      '  ODOO_URL: an address must not hold a password; use the setting for it',
      '  STRIPE_API_KEYS has nothing for the shop stripe; add stripe=… (Restricted API keys that may read charges and events, by shop)',
      '  ONHAND_PREFX is no setting; did you mean ONHAND_PREFIX?',
      '  WOO_POLL_SECOND is no setting; did you mean WOO_POLL_SECONDS?',
      '  SETTINGS_INVALID: Correct what is listed and start again.',
    ]);
    assert.ok(!`${out}${err}`.includes(canary), 'a secret was shown');
  });
});
