/** Names of external ids, without the module. Odoo takes `: / | . -` in them, and no white space. */
export const nameOf = (what: 'order' | 'customer' | 'delivery', company: string, id: string): string =>
  `${what}_${company}_${id}`.replaceAll(/\s/g, '_');
export const orderId = (data: { readonly company: string; readonly order: string }): string =>
  nameOf('order', data.company, data.order);
