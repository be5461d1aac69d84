/** Orders of Acorn, a shop system that does not exist: the smallest whole producer, to be copied as `producers/<channel>/`. */
import { producer } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { tellOrders } from '../../producers/tell/orders.ts';
import { settings, source } from './source.ts';
import { translate } from './translate.ts';

export const acorn = producer({
  name: 'acorn',
  doc: 'Says what Acorn shops say of orders.',
  // A real one has its own in schemas/topics.ts: `intakeAcorn: intake('acorn')`.
  intake: { ...topics.intakeWoocommerce, name: 'intake.acorn.v1', doc: 'What acorn sent, raw and encrypted.' },
  writes: [topics.orders],
  settings,
  checkShop: ({ options }) => Object.keys(options).map(name => `options.${name}: unknown; Acorn shops have none`),
  translate,
  tell: tellOrders,
  source,
});
