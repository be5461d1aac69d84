/** What the files of a company must say together: every name that one uses, another defines; one author of each thing. */
import { isDay, isTimeZone } from './business-day.ts';
import type { AccountsFile, AuthorityFile, CompanyFiles, PolicyFile, Problem, ShopsFile } from './company-files.ts';

const listed = (names: Iterable<string>): string => [...names].join(', ') || 'none';
const at =
  (file: string) =>
  (path: string, problem: string): Problem => ({ file: `${file}.json`, path, problem });
const inAuthority = at('authority');
const inPolicy = at('policy');
const inAccounts = at('accounts');
const inShops = at('shops');
const shopNames = (shops: ShopsFile | undefined): readonly string[] => Object.keys(shops?.shops ?? {});

export const checkTogether = ({ authority, policy, accounts, shops }: CompanyFiles): readonly Problem[] => [
  ...(authority === undefined ? [] : conflicts(authority)),
  ...(authority === undefined || shops === undefined ? [] : authors(authority, shops)),
  ...(policy === undefined ? [] : plain(policy)),
  ...(policy === undefined || shops === undefined ? [] : namesOfShops(policy, shops)),
  ...(policy === undefined || authority === undefined ? [] : sources(policy, authority)),
  ...(shops === undefined ? [] : eachShop(shops)),
  ...(policy === undefined || shops === undefined ? [] : taxesOfShops(policy, shops)),
  ...(accounts === undefined || policy === undefined || shops === undefined ? [] : suffixes(accounts, policy, shops)),
  ...(accounts === undefined || policy === undefined || policy.books.book !== 'journals'
    ? []
    : missingAccounts(accounts, policy, { authority, shops })),
];

/** One author each: the second one is the problem, and both are named. */
const conflicts = ({ locations, tenders }: AuthorityFile): readonly Problem[] => {
  const seconds = <T>(path: string, all: readonly T[], what: (one: T) => string, whose: (one: T) => string): readonly Problem[] =>
    all.flatMap((one, index) => {
      const first = all.findIndex(other => what(other) === what(one));
      return first === index
        ? []
        : [
            {
              ...inAuthority(
                `${path}[${index}]`,
                `${what(one)} is there twice: ${whose(all[first]!)} and ${whose(one)}; name one`,
              ),
              conflict: true,
            },
          ];
    });
  return [
    ...seconds(
      'locations',
      locations,
      one => `location "${one.location}"`,
      one => `owned by ${one.owner}, authored by ${one.author}`,
    ),
    ...seconds(
      'locations',
      locations,
      one => `Odoo location "${one.odooLocation}" of ${one.author}`,
      one => `as ${one.location}`,
    ),
    ...seconds(
      'tenders',
      tenders,
      one => `tender "${one.tender}" of shop "${one.shop}"`,
      one => `authored by ${one.author}`,
    ),
  ];
};
const authors = ({ locations, tenders }: AuthorityFile, shops: ShopsFile): readonly Problem[] => {
  const known = shopNames(shops);
  const unknown = (path: string, name: string): readonly Problem[] =>
    known.includes(name) ? [] : [inAuthority(path, `names shop "${name}"; there are ${listed(known)}`)];
  return [
    ...locations.flatMap(({ author }, index) => unknown(`locations[${index}].author`, author)),
    ...tenders.flatMap(({ shop, author }, index) => [
      ...unknown(`tenders[${index}].shop`, shop),
      ...unknown(`tenders[${index}].author`, author),
    ]),
  ];
};

const currencies = new Set(Intl.supportedValuesOf('currency'));
const zone = (make: (path: string, problem: string) => Problem, path: string, name: string): readonly Problem[] =>
  isTimeZone(name) ? [] : [make(path, `is "${name}", which is no time zone; expected a name such as Europe/Amsterdam`)];
const plain = ({ currency, timeZone, books }: PolicyFile): readonly Problem[] => [
  ...(currencies.has(currency)
    ? []
    : [inPolicy('currency', `is "${currency}", which is no currency; expected ISO 4217, such as EUR`)]),
  ...zone(inPolicy, 'timeZone', timeZone),
  ...(isDay(books.closedThrough)
    ? []
    : [inPolicy('books.closedThrough', `is "${books.closedThrough}", which is no day; expected YYYY-MM-DD`)]),
];
const namesOfShops = ({ orders, stock }: PolicyFile, shops: ShopsFile): readonly Problem[] => {
  const known = shopNames(shops);
  const unknown = (path: string, byShop: object): readonly Problem[] =>
    Object.keys(byShop)
      .filter(name => name !== 'default' && !known.includes(name))
      .map(name => inPolicy(`${path}.${name}`, `no shop has that name; there are ${listed(known)}`));
  return [
    ...unknown('orders.sourcing', orders.sourcing),
    ...unknown('orders.shortage', orders.shortage),
    ...unknown('stock.sharePercent', stock.sharePercent),
  ];
};
const sources = ({ orders }: PolicyFile, { locations }: AuthorityFile): readonly Problem[] => {
  const known = locations.map(one => one.location);
  return Object.entries(orders.sourcing).flatMap(([shop, names]) =>
    names.flatMap((name, index) =>
      known.includes(name)
        ? []
        : [
            inPolicy(
              `orders.sourcing.${shop}[${index}]`,
              `names location "${name}", which the authority file does not; there are ${listed(known)}`,
            ),
          ],
    ),
  );
};

const eachShop = ({ shops }: ShopsFile): readonly Problem[] =>
  Object.entries(shops).flatMap(([name, { url, timeZone }]) => [
    ...(timeZone === undefined ? [] : zone(inShops, `shops.${name}.timeZone`, timeZone)),
    ...(url === undefined || url === null ? [] : address(`shops.${name}.url`, url)),
  ]);
const address = (path: string, url: string): readonly Problem[] => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return [inShops(path, 'is not an http or https address')];
  return parsed.username + parsed.password === '' ? [] : [inShops(path, 'holds credentials; secrets belong in settings')];
};

/** Tax codes that shops map their rates to, with where that stands. */
const taxesIn = (shops: ShopsFile): readonly { readonly path: string; readonly code: string }[] =>
  Object.entries(shops.shops).flatMap(([shop, { options }]) => {
    const taxes = options?.['taxes'];
    if (typeof taxes !== 'object' || taxes === null) return [];
    return Object.entries(taxes).flatMap(([rate, code]: [string, unknown]) =>
      typeof code === 'string' ? [{ path: `shops.${shop}.options.taxes.${rate}`, code }] : [],
    );
  });
const taxesOfShops = ({ odoo }: PolicyFile, shops: ShopsFile): readonly Problem[] =>
  taxesIn(shops)
    .filter(({ code }) => !Object.hasOwn(odoo.taxes, code))
    .map(({ path, code }) =>
      inShops(
        path,
        `names tax code "${code}", for which policy.json odoo.taxes has none; there are ${listed(Object.keys(odoo.taxes))}`,
      ),
    );

const suffixes = ({ accounts }: AccountsFile, { odoo }: PolicyFile, shops: ShopsFile): readonly Problem[] =>
  Object.keys(accounts).flatMap(role => {
    const [kind, name] = [role.slice(0, role.indexOf(':')), role.slice(role.indexOf(':') + 1)];
    if (kind === 'clearing' && !shopNames(shops).includes(name))
      return [inAccounts(`accounts.${role}`, `no shop has the name "${name}"; there are ${listed(shopNames(shops))}`)];
    if (kind === 'tax' && !Object.hasOwn(odoo.taxes, name))
      return [inAccounts(`accounts.${role}`, `no tax has the code "${name}"; there are ${listed(Object.keys(odoo.taxes))}`)];
    return [];
  });
const alwaysBooked = ['deposits', 'revenue', 'shippingRevenue', 'returns', 'refundsPayable', 'fees', 'disputes'];
/** What would be found missing only when the first such journal is due. */
const missingAccounts = (
  { accounts }: AccountsFile,
  { odoo }: PolicyFile,
  { authority, shops }: { readonly authority: AuthorityFile | undefined; readonly shops: ShopsFile | undefined },
): readonly Problem[] => {
  const has = (role: string): boolean => Object.hasOwn(accounts, role);
  const codes = new Set([...Object.keys(odoo.taxes), ...(shops === undefined ? [] : taxesIn(shops).map(one => one.code))]);
  const gateways = new Set(authority?.tenders.map(one => one.author) ?? []);
  const orGeneral = (kind: string, names: Iterable<string>, what: string): readonly Problem[] =>
    has(kind)
      ? []
      : [...names]
          .filter(name => !has(`${kind}:${name}`))
          .map(name =>
            inAccounts(`accounts.${kind}:${name}`, `${what} "${name}" has no account; name one for it, or "${kind}" for all`),
          );
  return [
    ...alwaysBooked
      .filter(role => !has(role))
      .map(role => inAccounts(`accounts.${role}`, 'has no account, and it will be booked')),
    ...orGeneral('clearing', gateways, 'gateway'),
    ...orGeneral('tax', codes, 'tax code'),
  ];
};
