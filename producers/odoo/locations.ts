/** Which of our locations an Odoo location is: the authority file names it by its complete name, shelves below it are it too. */
import { poison } from '../../runtime/failure.ts';
import type { ShopContext } from '../../runtime/model.ts';
import type { Location } from './contract.ts';

/** A location of ours whose movements this Odoo authors. */
export interface Mapped {
  readonly location: string;
  readonly owner: string;
  readonly odooLocation: string;
}
export const mappedLocations = ({ shop, policy }: ShopContext): readonly Mapped[] => {
  const company = Object.hasOwn(policy.companies, shop.company) ? policy.companies[shop.company] : undefined;
  return Object.entries(company?.authority.locations ?? {})
    .filter(([, one]) => one.author === shop.shop)
    .map(([location, { owner, odooLocation }]) => ({ location, owner, odooLocation }))
    .sort((a, b) => (a.location < b.location ? -1 : 1));
};

/**
 * The mapped location that holds each Odoo location: the one with the longest name at its beginning. Only where goods really lie:
 * below a warehouse there may be places of loss and transit. Others are not ours to count, and ignored on purpose.
 */
export const placeIn = (mapped: readonly Mapped[], locations: readonly Location[]): ((id: number) => Mapped | undefined) => {
  const holds = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  const places = new Map(
    locations.map(({ id, complete_name, usage }) => {
      const within = usage === 'internal' ? mapped.filter(one => holds(one.odooLocation, complete_name)) : [];
      return [id, within.sort((a, b) => b.odooLocation.length - a.odooLocation.length)[0]] as const;
    }),
  );
  return id => {
    if (!places.has(id))
      throw poison('DELIVERY_UNTRANSLATABLE', `reading Odoo location ${id}: the delivery does not say what it is`);
    return places.get(id);
  };
};

/** Who owns what the codes name: one owner per Odoo, or a code could not say whose goods it means. */
export const ownerOf = (mapped: readonly Mapped[], { shop }: ShopContext): string => {
  const { owner } = shop.options;
  if (typeof owner === 'string') return owner;
  const [first = shop.company, ...others] = new Set(mapped.map(one => one.owner));
  if (others.length === 0) return first;
  throw poison(
    'DELIVERY_UNTRANSLATABLE',
    `reading a product of shop ${shop.shop}: its locations have several owners, and options.owner does not say whose goods its codes are`,
  );
};
