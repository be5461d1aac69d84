/** Odoo as an author of stock. Says what codes name, where the ledger begins, what moved, and what is reserved for others. */
import { producer } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { tellStock } from '../tell/stock.ts';
import { checkShop } from './options.ts';
import { settings, source } from './source.ts';
import { translate } from './translate.ts';

export const odoo = producer({
  name: 'odoo',
  doc: 'Asks Odoo for product codes, done movements, dispatches, returns and foreign reservations.',
  intake: topics.intakeOdoo,
  writes: [topics.codes, topics.stockMovements, topics.fulfilments, topics.returns],
  settings,
  checkShop,
  translate,
  tell: tellStock,
  source,
});
