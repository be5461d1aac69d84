/** What may be promised: on hand less holds, external holds and safety stock, per location; a shop with a share gets that part of it. */
import type { LocationStock, Placement, ShopStock } from '../../schemas/generated/facts.ts';
import type { CompanyPolicy, Policy } from '../../schemas/policy.ts';
import { own } from './ids.ts';
import { onHandOf, placeOf, type Place, type Places } from './place.ts';

/** Which product of whom. */
export interface Product {
  readonly owner: string;
  readonly product: string;
}
const sorted = <V>(record: Readonly<Record<string, V>>): readonly (readonly [string, V])[] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whose rules hold for stock: the company of the owner's name, else the first that names a location of a shared warehouse. */
export const companyOf = (policy: Policy, owner: string): CompanyPolicy | undefined =>
  own(policy.companies, owner) ??
  sorted(policy.companies)
    .map(([, company]) => company)
    .find(company => Object.values(company.authority.locations).some(location => location.owner === owner));

/** Whether Odoo authors the movements at a location, so that they are done there before we hear of them. */
export const isOdoos = (policy: Policy, owner: string, location: string): boolean =>
  sorted(policy.companies).some(([, company]) => {
    const named = own(company.authority.locations, location);
    return named?.owner === owner && own(policy.shops, named.author)?.channel === 'odoo';
  });

const safetyOf = (policy: Policy, { owner, product }: Product): number => {
  const stock = companyOf(policy, owner)?.stock;
  return stock === undefined ? 0 : (own(stock.safetyMilli, product) ?? stock.safetyMilli.default);
};
const stockOf = (location: string, place: Place, safetyMilli: number): LocationStock => ({
  location,
  onHandMilli: onHandOf(place),
  heldMilli: place.heldMilli,
  externalMilli: place.externalMilli,
  safetyMilli,
  availableMilli: onHandOf(place) - place.heldMilli - place.externalMilli - safetyMilli,
});

/** What a location may still promise: never below 0, and nothing where nothing is known. */
export const freeAt = (places: Places, product: Product, policy: Policy, location: string): number =>
  Math.max(0, stockOf(location, placeOf(places, location), safetyOf(policy, product)).availableMilli);
/** Every location that has something to do with the product, by name. */
const known = (places: Places): readonly (readonly [string, Place])[] =>
  sorted(places).filter(([, place]) => place.baselineAt !== null || place.heldMilli !== 0 || place.externalMilli !== 0);
export const freeOf = (places: Places, product: Product, policy: Policy): readonly Placement[] =>
  known(places).map(([location]) => ({ location, quantityMilli: freeAt(places, product, policy, location) }));

/** The part of what is free at these locations that a shop may promise. */
export const shareOf = (company: CompanyPolicy | undefined, shop: string, freeMilli: number): number => {
  const percent = company === undefined ? undefined : own(company.stock.sharePercent, shop);
  return percent === undefined ? freeMilli : Math.floor((freeMilli * percent) / 100);
};

const shopsOf = (places: Places, product: Product, policy: Policy): readonly ShopStock[] =>
  sorted(policy.companies).flatMap(([, company]) =>
    sorted(company.stock.sharePercent).flatMap(([shop]) => {
      const locations = (own(company.orders.sourcing, shop) ?? company.orders.sourcing.default).filter(one =>
        Object.hasOwn(places, one),
      );
      const freeMilli = locations.reduce((sum, location) => sum + freeAt(places, product, policy, location), 0);
      return locations.length === 0 ? [] : [{ shop, availableMilli: shareOf(company, shop, freeMilli) }];
    }),
  );

/** The table's row. */
export const availabilityOf = (
  places: Places,
  product: Product,
  policy: Policy,
): { readonly locations: readonly LocationStock[]; readonly shops: readonly ShopStock[] } => ({
  locations: known(places).map(([location, place]) => stockOf(location, place, safetyOf(policy, product))),
  shops: shopsOf(places, product, policy),
});
