/** Random words of a gateway about one payment, for laws: few ids and few ranks, so that copies, ties and late ones are frequent. */
import fc from 'fast-check';
import type { FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import { authorized, captured, disputed, failed, refundCameBack, refunded, voided } from './money.ts';

export type GatewayFact = Exclude<FactsOn<typeof topics.payments>, { readonly type: 'PaymentExpected' }>;

/** The third id of each kind is in `other`, so that one id never has two currencies. */
export const gatewayFact = (orderHint: string | null, other = 'EUR'): fc.Arbitrary<GatewayFact> =>
  fc
    .record({
      which: fc.constantFrom(
        'authorized',
        'captured',
        'captured',
        'refunded',
        'refunded',
        'cameBack',
        'disputed',
        'failed',
        'voided',
      ),
      id: fc.integer({ min: 1, max: 3 }),
      version: fc.integer({ min: 1, max: 3 }),
      amountMinor: fc.integer({ min: 0, max: 500 }),
      feeMinor: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ which, id, version, amountMinor, feeMinor }): GatewayFact => {
      const said = { orderHint, version };
      const money = { ...said, currency: id === 3 ? other : 'EUR' };
      switch (which) {
        case 'authorized':
          return authorized(amountMinor, said);
        case 'captured':
          return captured(amountMinor, { ...money, capture: `ch_${id}`, feeMinor });
        case 'refunded':
          return refunded(amountMinor, { ...money, refund: `re_${id}` });
        case 'cameBack':
          return refundCameBack(amountMinor, { ...money, refund: `re_${id}` });
        case 'disputed':
          return disputed(amountMinor, { ...money, dispute: `dp_${id}` });
        case 'failed':
          return failed(said);
        default:
          return voided(said);
      }
    });

const rank = (...parts: readonly number[]): number => parts.reduce((all, part) => all * 1000 + part, 0);
/** Of what each is the word, and its rank among the words about that: version, then what outranks in a tie. */
export const rankOf = (fact: GatewayFact): { readonly subject: string; readonly revision: number } => {
  const { version } = fact.data;
  switch (fact.type) {
    case 'PaymentAuthorized':
      return { subject: 'authorization', revision: rank(version, 0, fact.data.amountMinor, 0) };
    case 'AuthorizationVoided':
      return { subject: 'authorization', revision: rank(version, 1, 0, 0) };
    case 'PaymentFailed':
      return { subject: 'failure', revision: version };
    case 'PaymentCaptured':
      return { subject: fact.data.capture, revision: rank(version, 0, fact.data.amountMinor, fact.data.feeMinor) };
    case 'RefundSucceeded':
      return { subject: fact.data.refund, revision: rank(version, 0, fact.data.amountMinor, 0) };
    case 'RefundFailed':
      return { subject: fact.data.refund, revision: rank(version, 1, fact.data.amountMinor, 0) };
    case 'DisputeOpened':
      return { subject: fact.data.dispute, revision: rank(version, 0, fact.data.amountMinor, 0) };
  }
};
