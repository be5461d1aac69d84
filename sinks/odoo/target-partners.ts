/** Reads customers that we made in Odoo, with the delivery addresses that we made for them. */
import type { FoundPartner, PostalAddress } from './contract.ts';
import { claimed, claimsOn, idOf, search, searchAll, textOf, type Ask, type Row } from './target-ask.ts';

const fields = ['name', 'company_name', 'street', 'street2', 'city', 'zip', 'country_id'];
const addressOf = (row: Row): PostalAddress => ({
  name: textOf(row['name']),
  company_name: textOf(row['company_name']),
  street: textOf(row['street']),
  street2: textOf(row['street2']),
  city: textOf(row['city']),
  zip: textOf(row['zip']),
  'country_id/.id': Array.isArray(row['country_id']) ? String(idOf(row['country_id'])) : '',
});

/** By external id, those that are there. Archived customers too; archived addresses are not used again. */
export const partnersOf = async (ask: Ask, names: readonly string[]): Promise<ReadonlyMap<string, FoundPartner>> => {
  const ids = await claimed(ask, 'res.partner', names);
  if (ids.size === 0) return new Map();
  const [of, under] = [
    ['id', 'in', [...ids.values()]],
    ['parent_id', 'in', [...ids.values()]],
  ];
  const partners = await searchAll(ask, 'res.partner', [of], fields);
  const rows = await search(ask, 'res.partner', [under, ['type', '=', 'delivery']], [...fields, 'parent_id']);
  const addressNames = await claimsOn(
    ask,
    'res.partner',
    rows.map(row => Number(row['id'])),
  );
  const found = new Map(
    partners.map((row): [number, FoundPartner] => {
      const id = Number(row['id']);
      const deliveries = rows.flatMap(one => {
        const externalId = addressNames.get(Number(one['id']));
        return externalId === undefined || idOf(one['parent_id']) !== id ? [] : [{ externalId, address: addressOf(one) }];
      });
      return [id, { address: addressOf(row), deliveries }];
    }),
  );
  return new Map(
    [...ids].flatMap(([name, id]) => {
      const partner = found.get(id);
      return partner === undefined ? [] : [[name, partner] as const];
    }),
  );
};
