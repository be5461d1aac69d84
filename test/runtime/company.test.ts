import assert from 'node:assert/strict';
import { checkCompany, loadCompany } from '../../runtime/company.ts';
import { problemText } from '../../runtime/company-files.ts';
import { changed, codeOf, example, problems, set, type AuthorityFile, type Json } from '../support/company.ts';
import { policy } from '../support/policy.ts';

describe('company files: the example', () => {
  it('is the company that the rules are tested with', () => {
    const { companies, shops } = loadCompany(example);
    assert.deepEqual(companies, policy.companies);
    // The tests' shops live at an address where nobody answers.
    const withoutAddress = (all: typeof shops) => Object.values(all).map(shop => ({ ...shop, url: null }));
    assert.deepEqual(withoutAddress(shops), withoutAddress(policy.shops));
  });
  it('is named by its content, not by its layout', () => {
    const { hash } = loadCompany(example);
    assert.match(hash, /^[0-9a-f]{64}$/);
    const reversed = (file: Json): Json => Object.fromEntries(Object.entries(file).toReversed());
    assert.equal(loadCompany(changed({ 'policy.json': reversed, 'accounts.json': reversed })).hash, hash);
    assert.notEqual(loadCompany(changed({ 'policy.json': set('orders', 'earlyMinutes')(5) })).hash, hash);
    assert.notEqual(loadCompany(changed({ 'shops.json': set('shops', 'web', 'url')(null) })).hash, hash);
  });
});

describe('company files: one author each', () => {
  it('refuses two authors of one location, naming both', () => {
    const files = {
      'authority.json': (file: AuthorityFile) => ({
        ...file,
        locations: [...file.locations, { ...file.locations[0], author: 'web', odooLocation: 'X' }],
      }),
    };
    assert.deepEqual(problems(files), [
      'authority.json locations[2]: location "main" is there twice: owned by acme, authored by odoo and owned by acme, authored by web; name one',
    ]);
    assert.equal(codeOf(files), 'fatal AUTHORITY_CONFLICT');
  });
  it("refuses two locations that are one of Odoo's: its stock would count twice", () => {
    const files = {
      'authority.json': (file: AuthorityFile) => ({
        ...file,
        locations: file.locations.map(one => ({ ...one, odooLocation: 'WH/Stock' })),
      }),
    };
    assert.deepEqual(problems(files), [
      'authority.json locations[1]: Odoo location "WH/Stock" of odoo is there twice: as main and as store; name one',
    ]);
    assert.equal(codeOf(files), 'fatal AUTHORITY_CONFLICT');
  });
  it('refuses two authors of one tender', () => {
    const files = {
      'authority.json': (file: AuthorityFile) => ({
        ...file,
        tenders: [...file.tenders, { shop: 'web', tender: 'stripe', author: 'web' }],
      }),
    };
    assert.deepEqual(problems(files), [
      'authority.json tenders[4]: tender "stripe" of shop "web" is there twice: authored by stripe and authored by web; name one',
    ]);
    assert.equal(codeOf(files), 'fatal AUTHORITY_CONFLICT');
  });
  it('refuses a location without an owner', () =>
    assert.deepEqual(
      problems({
        'authority.json': (file: AuthorityFile) => ({ ...file, locations: [{ ...file.locations[0], owner: undefined }] }),
      }),
      [
        'authority.json locations[0].owner: is missing (Who owns what lies there: a company, or a warehouse that companies share)',
      ],
    ));
  it('refuses an author that is no shop', () =>
    assert.deepEqual(
      problems({
        'authority.json': (file: AuthorityFile) => ({ ...file, tenders: [{ shop: 'wbe', tender: 'x', author: 'paypal' }] }),
      }),
      [
        'authority.json tenders[0].shop: names shop "wbe"; there are web, outlet, stripe, odoo',
        'authority.json tenders[0].author: names shop "paypal"; there are web, outlet, stripe, odoo',
      ],
    ));
});

describe('company files: what is refused', () => {
  const refused = (file: string, change: (file: Json) => Json, ...expected: readonly string[]): void => {
    assert.deepEqual(
      problems({ [file]: change }),
      expected.map(one => `${file} ${one}`),
    );
    assert.equal(codeOf({ [file]: change }), 'fatal SETTINGS_INVALID');
  };
  it('a shop in the sourcing order, the shortage policy or the shares that there is not', () =>
    refused(
      'policy.json',
      file =>
        set('stock', 'sharePercent')({ nobody: 50 })(
          set('orders', 'shortage', 'nobody')('person')(set('orders', 'sourcing', 'nobody')(['main'])(file)),
        ),
      'orders.sourcing.nobody: no shop has that name; there are web, outlet, stripe, odoo',
      'orders.shortage.nobody: no shop has that name; there are web, outlet, stripe, odoo',
      'stock.sharePercent.nobody: no shop has that name; there are web, outlet, stripe, odoo',
    ));
  it('a location to source from that the authority file does not name', () =>
    refused(
      'policy.json',
      set('orders', 'sourcing', 'web')(['main', 'mian']),
      'orders.sourcing.web[1]: names location "mian", which the authority file does not; there are main, store',
    ));
  it('a currency, a time zone and a day that do not exist', () =>
    refused(
      'policy.json',
      file => set('currency')('EUX')(set('timeZone')('Europe/Amsterdm')(set('books', 'closedThrough')('2026-02-30')(file))),
      'currency: is "EUX", which is no currency; expected ISO 4217, such as EUR',
      'timeZone: is "Europe/Amsterdm", which is no time zone; expected a name such as Europe/Amsterdam',
      'books.closedThrough: is "2026-02-30", which is no day; expected YYYY-MM-DD',
    ));
  it('figures that are no whole numbers in their range, and words that are not among those expected', () =>
    refused(
      'policy.json',
      file =>
        set('orders', 'earlyMinutes')(-1)(
          set('orders', 'holdMinutes', 'default')('15')(
            set('stock', 'sharePercent', 'web')(101)(set('books', 'book')('paper')(file)),
          ),
        ),
      'orders.holdMinutes.default: is "15", expected a whole number',
      'orders.earlyMinutes: is -1, expected at least 0',
      'stock.sharePercent.web: is 101, expected at most 100',
      'books.book: is "paper", expected odoo-documents or journals',
    ));
  it('what is not known, listing what is', () =>
    refused(
      'policy.json',
      set('stock', 'safety')(1),
      'stock.safety: is not known; there are safetyMilli, sharePercent, driftToleranceMilli',
    ));
  it('a tax code without an account', () =>
    refused(
      'accounts.json',
      set('accounts', 'tax')(undefined),
      'accounts.tax:nl0: tax code "nl0" has no account; name one for it, or "tax" for all',
    ));
  it('a gateway without an account', () =>
    refused(
      'accounts.json',
      set('accounts', 'clearing')(undefined),
      'accounts.clearing:web: gateway "web" has no account; name one for it, or "clearing" for all',
      'accounts.clearing:outlet: gateway "outlet" has no account; name one for it, or "clearing" for all',
    ));
  it('a role that will be booked and has no account, and accounts of what there is not', () =>
    refused(
      'accounts.json',
      file =>
        set('accounts', 'deposits')(undefined)(set('accounts', 'tax:nl6')('1506')(set('accounts', 'clearing:adyen')('1')(file))),
      'accounts.clearing:adyen: no shop has the name "adyen"; there are web, outlet, stripe, odoo',
      'accounts.tax:nl6: no tax has the code "nl6"; there are nl21, nl9, nl0',
      'accounts.deposits: has no account, and it will be booked',
    ));
  it('needs no accounts where Odoo keeps the books', () =>
    assert.deepEqual(
      problems({ 'accounts.json': () => ({ accounts: {} }), 'policy.json': set('books', 'book')('odoo-documents') }),
      [],
    ));
  it('a tax of a shop that Odoo has no name for', () =>
    refused(
      'shops.json',
      set('shops', 'web', 'options', 'taxes', '77')('nl6'),
      'shops.web.options.taxes.77: names tax code "nl6", for which policy.json odoo.taxes has none; there are nl21, nl9, nl0',
    ));
  it('an address with credentials in it, without showing them', () =>
    refused(
      'shops.json',
      set('shops', 'web', 'url')('https://ck:hunter2@web.example'),
      'shops.web.url: holds credentials; secrets belong in settings',
    ));
  it('a shop whose name would not fit into an id', () =>
    refused(
      'shops.json',
      set('shops', 'Web:1')({ channel: 'stripe' }),
      'shops.Web:1: is no name here, expected a name of small letters, digits and hyphens',
    ));
  it("what the shop's channel finds wrong", () => {
    const checked = checkCompany(example, shop => (shop.channel === 'stripe' ? ['options.livemode is missing'] : []));
    assert.deepEqual('problems' in checked && checked.problems.map(problemText), [
      'shops.json shops.stripe: options.livemode is missing',
    ]);
  });
});
