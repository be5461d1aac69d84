/** Orders and refunds of WooCommerce shops. */
import { producer } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { tellOrders } from '../tell/orders.ts';
import { checkShop } from './options.ts';
import { settings } from './settings.ts';
import { source } from './source.ts';
import { translate } from './translate.ts';

export const woocommerce = producer({
  name: 'woocommerce',
  doc: 'Says what WooCommerce shops say of orders, of money that a shop itself takes, and of refunds.',
  intake: topics.intakeWoocommerce,
  writes: [topics.orders, topics.payments],
  settings,
  checkShop,
  translate,
  toldDays: 400,
  tell: tellOrders,
  source,
});
