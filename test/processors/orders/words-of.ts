/** Which order the rules' tests speak of. */
export const company = 'acme';
export const shop = 'web';
export const order = 'web:1';
export const of = { company, order };
export const ours = { company, shop, order };
export const stockOf = (product: string) => ({ owner: 'acme', product });
export const minute = 60_000;
export const early = 1440 * minute;
export const sealed = { keyId: 'person/web:c7', bytes: 'c2VhbGVk' };
