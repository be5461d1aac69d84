/** What an Odoo may say of itself in the company file. */
import type { Shop } from '../../runtime/model.ts';

export const checkShop = ({ options }: Shop): readonly string[] => {
  const { owner } = options;
  return owner === undefined || (typeof owner === 'string' && owner !== '')
    ? []
    : [`options.owner is ${JSON.stringify(owner)}, expected the owner of the goods that its product codes name`];
};
