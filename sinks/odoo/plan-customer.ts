/** The customer of an order in Odoo, and where it is delivered. Who is there is not changed: people keep contacts in Odoo. */
import { opened } from '../../runtime/model.ts';
import type { Address, Contact } from '../../schemas/contact.ts';
import type { OrderConfirmed } from '../../schemas/generated/facts.ts';
import { addressFields, type Call, type Found, type NewPartner, type PostalAddress } from './contract.ts';
import { nameOf } from './plan-names.ts';

export const partnerId = (data: OrderConfirmed): string => nameOf('customer', data.company, data.customer);
const deliveryId = (data: OrderConfirmed): string => nameOf('delivery', data.company, data.order);

export const countriesOf = (data: OrderConfirmed): readonly string[] => {
  const contact = opened<Contact>(data.sealed);
  return [contact?.billing.country, contact?.shipping.country].filter(code => typeof code === 'string');
};

const postal = (name: string, address: Address, found: Found): PostalAddress => ({
  name,
  company_name: address.company === null || address.company === name ? '' : address.company,
  street: address.street ?? '',
  street2: address.street2 ?? '',
  city: address.city ?? '',
  zip: address.postcode ?? '',
  'country_id/.id': String((address.country === null ? undefined : found.countries[address.country]) ?? ''),
});
const isPlace = (address: PostalAddress): boolean => address.street !== '' || address.city !== '' || address.zip !== '';
const same = (a: PostalAddress, b: PostalAddress): boolean => addressFields.every(field => a[field] === b[field]);
const without = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

export interface Customer {
  /** Makes who is not there yet. */
  readonly calls: readonly Call[];
  /** External ids. */
  readonly partner: string;
  readonly delivery: string;
}
/** The customer is shown by its id: what is shown holds no personal data. */
export const customerOf = (data: OrderConfirmed, found: Found): Customer => {
  const partner = partnerId(data);
  const contact = opened<Contact>(data.sealed);
  const anonymous = `Customer ${data.customer}`;
  if (contact === undefined) {
    const unknown = { externalId: partner, values: { name: anonymous } };
    return { calls: found.partner === null ? [creating(data, unknown)] : [], partner, delivery: partner };
  }
  const { billing, shipping, email, phone } = contact;
  const name = contact.name ?? billing.company ?? email ?? anonymous;
  const home = found.partner?.address ?? postal(name, billing, found);
  const values = without({ ...home, email: email ?? '', phone: phone ?? '' });
  const customer = found.partner === null ? [creating(data, { externalId: partner, values })] : [];
  const there = postal(shipping.name ?? shipping.company ?? name, shipping, found);
  if (!isPlace(there) || same(there, home)) return { calls: customer, partner, delivery: partner };
  const known = found.partner?.deliveries.find(one => same(one.address, there));
  if (known !== undefined) return { calls: customer, partner, delivery: known.externalId };
  const delivery = deliveryId(data);
  const address: NewPartner = {
    externalId: delivery,
    values: { ...without(there), 'parent_id/id': partner, type: 'delivery' },
  };
  const show = `create a delivery address of the customer ${data.customer}`;
  return { calls: [...customer, { kind: 'create', show, do: 'address', address }], partner, delivery };
};
const creating = (data: OrderConfirmed, partner: NewPartner): Call => ({
  kind: 'create',
  show: `create the customer ${data.customer}`,
  do: 'partner',
  partner,
});
