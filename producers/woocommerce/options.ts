/** What a company file says of one WooCommerce shop: checked when the process starts, read by translate and source. */
import type { Shop } from '../../runtime/model.ts';
import { phases } from './status.ts';

export interface Options {
  /** The shop's tax rate id → our tax code. */
  readonly taxes: ReadonlyMap<string, string>;
  /** A status that a plugin of the shop made → the one of WooCommerce that it means. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Epoch ms UTC: orders created before are not ours, and the first poll begins here. Undefined: all that we hear of. */
  readonly since: number | undefined;
  /** Whether the shop sells parts of a unit, as 1.5 m. */
  readonly decimalQuantities: boolean;
  /** Whether refunded goods are said to come back. */
  readonly restockRefunds: boolean;
}

const words = (value: unknown): ReadonlyMap<string, string> | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const pairs = Object.entries(value);
  return pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
    ? new Map(pairs)
    : undefined;
};
const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';
const zoned = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/;
const isMoment = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && zoned.test(value) && !Number.isNaN(Date.parse(value)));
const known: Readonly<Record<keyof Options, (value: unknown) => string | undefined>> = {
  taxes: value => (value === undefined || words(value) !== undefined ? undefined : 'is not a table of rate ids to tax codes'),
  statuses: value => {
    if (value === undefined) return undefined;
    const table = words(value);
    if (table === undefined) return 'is not a table of statuses';
    const unknown = [...table.values()].filter(status => !Object.hasOwn(phases, status));
    return unknown.length === 0 ? undefined : `names ${unknown.join(', ')}, none of ${Object.keys(phases).join(', ')}`;
  },
  since: value => (isMoment(value) ? undefined : 'is neither a day (2026-10-01) nor a moment in UTC (2026-10-01T00:00:00Z)'),
  decimalQuantities: value => (isFlag(value) ? undefined : 'is neither true nor false'),
  restockRefunds: value => (isFlag(value) ? undefined : 'is neither true nor false'),
};

/** All problems of a shop, in words; empty when it is fine. */
export const checkShop = (shop: Shop): readonly string[] => {
  const address = shop.url !== null && URL.canParse(shop.url) ? new URL(shop.url) : undefined;
  return [
    ...(address !== undefined && /^https?:$/.test(address.protocol)
      ? []
      : ['url: polls need the http or https address of the shop']),
    ...(address !== undefined && address.username + address.password + address.search + address.hash !== ''
      ? ['url: it must hold no credentials, query or fragment; keys belong in WOO_API_KEYS']
      : []),
    ...Object.entries(shop.options).flatMap(([name, value]) => {
      if (!Object.hasOwn(known, name)) return [`options.${name}: unknown; there are ${Object.keys(known).join(', ')}`];
      const problem = known[name as keyof Options](value);
      return problem === undefined ? [] : [`options.${name}: ${problem}`];
    }),
  ];
};

/** Of a shop that `checkShop` found fine; what is absent or unreadable is as if it were not said. */
export const optionsOf = ({ options }: Shop): Options => ({
  taxes: words(options.taxes) ?? new Map<string, string>(),
  statuses: words(options.statuses) ?? new Map<string, string>(),
  since: typeof options.since === 'string' && isMoment(options.since) ? Date.parse(options.since) : undefined,
  decimalQuantities: options.decimalQuantities === true,
  restockRefunds: options.restockRefunds !== false,
});
