/** The laws of every producer, for Stripe: any events of two payments, in any order. */
import fc from 'fast-check';
import { stripe } from '../../../producers/stripe/index.ts';
import { charge, delivered, dispute, event, intent, refund } from '../../fixtures/stripe/events.ts';
import { producerLaws } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';

const seconds = fc.integer({ min: 0, max: 4 }).map(offset => 1_790_000_000 + offset);
const payments = fc.constantFrom('1', '2');
const amounts = fc.constantFrom(1000, 2599, 4000);
const intents = fc
  .record({
    n: payments,
    at: seconds,
    type: fc.constantFrom('amount_capturable_updated', 'succeeded', 'payment_failed', 'canceled'),
    amount: amounts,
    received: amounts,
  })
  .map(({ n, at, type, amount, received }) =>
    delivered(
      event(
        `payment_intent.${type}`,
        intent({
          id: `pi_${n}`,
          amount,
          amount_capturable: type === 'amount_capturable_updated' ? amount : 0,
          amount_received: type === 'succeeded' ? received : 0,
          latest_charge: `ch_${n}`,
        }),
        at,
      ),
      `pi_${n}`,
    ),
  );
const charges = fc
  .record({
    n: payments,
    at: seconds,
    type: fc.constantFrom('succeeded', 'captured', 'expired'),
    taken: amounts,
    alone: fc.boolean(),
  })
  .map(({ n, at, type, taken, alone }) =>
    delivered(
      event(
        `charge.${type}`,
        charge({ id: `ch_${n}`, amount_captured: taken, captured: type !== 'expired', payment_intent: alone ? null : `pi_${n}` }),
        at,
      ),
      `pi_${n}`,
    ),
  );
const refunds = fc
  .record({
    n: payments,
    at: seconds,
    type: fc.constantFrom('refund.created', 'refund.updated', 'charge.refund.updated'),
    status: fc.constantFrom('pending', 'succeeded', 'failed'),
  })
  .map(({ n, at, type, status }) => delivered(event(type, refund({ id: `re_${n}`, status }), at), 'pi_1'));
const disputes = fc
  .record({
    at: seconds,
    type: fc.constantFrom('created', 'funds_withdrawn'),
    status: fc.constantFrom('needs_response', 'warning_closed'),
  })
  .map(({ at, type, status }) => delivered(event(`charge.dispute.${type}`, dispute({ status }), at)));

producerLaws(stripe, fc.oneof(intents, charges, refunds, disputes), policy, 200);
