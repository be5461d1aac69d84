/** Who ordered: the customer's id, and what of the person travels sealed. */
import type { Address, Contact } from '../../schemas/contact.ts';
import type { Address as WooAddress, WooOrder } from './contract.ts';
import { decoded } from './entities.ts';

const said = (text: string): string | null => {
  const plain = decoded(text).trim();
  return plain === '' ? null : plain;
};
const country = (text: string): string | null => (/^[A-Z]{2}$/.test(text) ? text : null);
const addressOf = (address: WooAddress): Address => ({
  name: said(`${address.first_name} ${address.last_name}`),
  company: said(address.company),
  street: said(address.address_1),
  street2: said(address.address_2),
  city: said(address.city),
  state: said(address.state),
  postcode: said(address.postcode),
  country: country(address.country),
});
const isEmpty = (address: Address): boolean => Object.values(address).every(part => part === null);

export const contactOf = (order: WooOrder): Contact => {
  const billing = addressOf(order.billing);
  const shipping = addressOf(order.shipping);
  return {
    name: billing.name ?? shipping.name,
    email: said(order.billing.email),
    phone: said(order.billing.phone) ?? said(order.shipping.phone),
    billing,
    // The shop leaves it empty where it ships to the billing address.
    shipping: isEmpty(shipping) ? billing : shipping,
  };
};

/** A guest is who has the e-mail address; without one, each order is by somebody else. */
export const customerOf = (order: WooOrder, shop: string, hash: (text: string) => string): string => {
  if (order.customer_id !== 0) return `${shop}:c${order.customer_id}`;
  const email = order.billing.email.trim().normalize('NFC').toLowerCase();
  return `${shop}:g${hash(email === '' ? `${shop}|order|${order.id}` : `${shop}|${email}`)}`;
};
