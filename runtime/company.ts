/**
 * The company files as one checked value. Called when a process starts and by `onhand policy check`; every problem of all files is told
 * at once, because an operator who corrects one after the other starts the process five times.
 */
import { hash } from 'node:crypto';
import { checkTogether } from './company-checks.ts';
import { problemText, readFiles, type AuthorityFile, type CompanyFiles, type Problem, type ShopsFile } from './company-files.ts';
import { fatal } from './failure.ts';
import type { Shop } from './model.ts';
import type { Authority, CompanyPolicy, Policy } from '../schemas/policy.ts';

/** What a channel says of a shop's options, in words; the producers know. */
export type CheckShop = (shop: Shop) => readonly string[];
export type Checked = { readonly policy: Policy } | { readonly problems: readonly Problem[] };

export const checkCompany = (folder: string, checkShop: CheckShop = () => []): Checked => {
  const { found, problems } = readFiles(folder);
  const { authority, policy, accounts, shops } = found;
  const company = policy?.company ?? '';
  const known = shops === undefined ? {} : shopsOf(shops, company, policy?.timeZone ?? 'UTC');
  const all = [...problems, ...checkTogether(found), ...Object.values(known).flatMap(shop => channelProblems(shop, checkShop))];
  if (all.length > 0 || authority === undefined || policy === undefined || accounts === undefined) return { problems: all };
  return { policy: policyOf({ authority, policy, accounts }, known) };
};

/** Throws one fatal failure that lists every problem: AUTHORITY_CONFLICT where two author one thing, else SETTINGS_INVALID. */
export const loadCompany = (folder: string, checkShop?: CheckShop): Policy => {
  const checked = checkCompany(folder, checkShop);
  if ('policy' in checked) return checked.policy;
  const { problems } = checked;
  throw fatal(
    problems.some(one => one.conflict) ? 'AUTHORITY_CONFLICT' : 'SETTINGS_INVALID',
    `reading the company files in ${folder}: ${problems.length} problem(s)\n  ${problems.map(problemText).join('\n  ')}`,
  );
};

const channelProblems = (shop: Shop, checkShop: CheckShop): readonly Problem[] =>
  checkShop(shop).map(problem => ({ file: 'shops.json', path: `shops.${shop.shop}`, problem }));

const shopsOf = ({ shops }: ShopsFile, company: string, zone: string): Readonly<Record<string, Shop>> =>
  Object.fromEntries(
    Object.entries(shops).map(([shop, { channel, url = null, timeZone = zone, options = {} }]) => [
      shop,
      { shop, channel, company, url, timeZone, options },
    ]),
  );
const authorityOf = ({ locations, tenders }: AuthorityFile): Authority => ({
  locations: Object.fromEntries(locations.map(({ location, ...rest }) => [location, rest])),
  tenders: Object.fromEntries(
    [...Map.groupBy(tenders, one => one.shop)].map(([shop, of]) => [
      shop,
      Object.fromEntries(of.map(({ tender, author }) => [tender, author])),
    ]),
  ),
});
const policyOf = (
  { authority, policy, accounts }: Required<Omit<CompanyFiles, 'shops'>>,
  shops: Readonly<Record<string, Shop>>,
): Policy => {
  const { company, currency, timeZone, orders, stock, books, odoo } = policy;
  const one: CompanyPolicy = {
    company,
    currency,
    timeZone,
    authority: authorityOf(authority),
    orders,
    stock,
    books: { ...books, accounts: accounts.accounts },
    odoo,
  };
  const companies = { [company]: one };
  return { hash: hash('sha256', canonical({ companies, shops })), companies, shops };
};
/** JSON with sorted names: layout and order in the files do not change the hash. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
