import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkCompany, loadCompany } from '../../runtime/company.ts';
import { problemText } from '../../runtime/company-files.ts';
import { changed, problems, set, type AuthorityFile, type Json } from '../support/company.ts';

describe('company files: as files', () => {
  it('tells the problems of all files at once', () =>
    assert.deepEqual(
      problems({
        'authority.json': (file: AuthorityFile) => ({ ...file, tenders: [{ shop: 'web', tender: 'stripe', author: 'adyen' }] }),
        'policy.json': set('currency')('EUX'),
        'accounts.json': set('accounts', 'fees')(''),
      }),
      [
        'accounts.json accounts.fees: is empty',
        'authority.json tenders[0].author: names shop "adyen"; there are web, outlet, stripe, odoo',
        'policy.json currency: is "EUX", which is no currency; expected ISO 4217, such as EUR',
      ],
    ));
  it('refuses a name that is there twice, of which JSON keeps the last without a word', () =>
    assert.deepEqual(
      problems({
        'shops.json':
          '{"shops": {"web": {"channel": "woocommerce", "options": {"a": [1, {"b": "x, y"}]}}, "stripe": {"channel": "stripe"}, "web": {"channel": "stripe"}}}',
      }).slice(0, 1),
      ['shops.json shops.web: is there twice; JSON would keep only the last'],
    ));
  it('names the file that is not JSON, and the one that is not there', () => {
    const folder = changed({ 'policy.json': '{ "company": }' });
    rmSync(join(folder, 'shops.json'));
    const checked = checkCompany(folder);
    const found = 'problems' in checked ? checked.problems.map(problemText) : [];
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /^policy\.json: is not JSON: /);
    assert.match(found[1] ?? '', /^shops\.json: cannot be read: ENOENT/);
  });
  it('lists every problem in one failure, with the folder', () =>
    assert.throws(
      () => loadCompany(changed({ 'policy.json': file => set('currency')('EUX')(set('timeZone')('Mars')(file)) })),
      /reading the company files in .*: 2 problem\(s\)\n {2}policy\.json currency: .*\n {2}policy\.json timeZone: /,
    ));
});

describe('company files: their schemas', () => {
  const described = (schema: Json, path: string): readonly string[] => {
    const below = [
      ...['properties', 'patternProperties', '$defs'].flatMap(part => Object.entries((schema[part] ?? {}) as Json)),
      ...['items', 'additionalProperties'].flatMap((part): [string, unknown][] =>
        typeof schema[part] === 'object' ? [[part, schema[part]]] : [],
      ),
    ];
    return [
      ...(typeof schema['description'] === 'string' && schema['description'] !== '' ? [] : [path]),
      ...below.flatMap(([name, one]) => described(one as Json, `${path}.${name}`)),
    ];
  };
  for (const name of ['authority', 'policy', 'accounts', 'shops'])
    it(`describe every property: ${name}`, () => {
      const path = join(import.meta.dirname, `../../schemas/company/${name}.schema.json`);
      assert.deepEqual(described(JSON.parse(readFileSync(path, 'utf8')) as Json, name), []);
    });
});
