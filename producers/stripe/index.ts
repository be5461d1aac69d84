/** Stripe, one account per shop. Says what happened to money: authorized, captured, voided, failed, refunded, disputed. */
import { producer } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { tellPayments } from '../tell/payments.ts';
import { checkShop } from './options.ts';
import { settings, source } from './source.ts';
import { translate } from './translate.ts';

export const stripe = producer({
  name: 'stripe',
  doc: 'Takes signed events of Stripe, and looks for those that were lost.',
  intake: topics.intakeStripe,
  writes: [topics.payments],
  settings,
  checkShop,
  translate,
  toldDays: 400,
  tell: tellPayments,
  source,
});
