/** What a person decides: published as facts, each under its reader's key, with actor and reason, so that a rebuild knows it too. */
import { fatal } from '../runtime/failure.ts';
import { keyOf } from '../runtime/identity.ts';
import type { Fact } from '../runtime/model.ts';
import {
  holdReleased,
  orderExceptionResolved,
  orderRetryRequested,
  orderWithdrawRequested,
  paymentLinked,
} from '../schemas/generated/facts.ts';
import { topicOf } from '../schemas/topics.ts';
import { audited, auditSource, detail, type Act, type Actor } from './audited.ts';
import type { Context } from './context.ts';

/** Publishes what a person decided, between the two records of the audit. */
export const publish = (context: Context, act: Omit<Act, 'told'>, facts: readonly Fact[], text: string): Promise<void> =>
  audited(context, { ...act, told: toldOf(facts) }, async () => {
    await context.client().publish(facts, auditSource);
    context.output.show({ json: facts, text });
    return { detail: text };
  });
/** Where the first of them go; more are counted. */
const toldOf = (facts: readonly Fact[]) => [
  ...facts.slice(0, 20).map(fact => {
    const topic = topicOf(fact.type)!;
    return detail(fact.type, `${topic.name} ${keyOf(topic, fact)}`);
  }),
  ...(facts.length > 20 ? [detail('facts', `${facts.length} in all`)] : []),
];
/** The company named, or the only one. */
export const companyOf = (context: Context, named: string | undefined): string => {
  const known = Object.keys(context.policy().companies);
  if (named !== undefined && !known.includes(named))
    throw fatal('NOT_FOUND', `using the company ${named}: the company files name ${known.join(', ')}`);
  const [first, ...others] = known;
  if (named === undefined && (first === undefined || others.length > 0))
    throw fatal('USAGE', `there are several companies (${known.join(', ')}): name one with --company`);
  return named ?? first!;
};
const ofOrder = (action: string, order: string, by: Actor): Act => ({
  action: `order ${action}`,
  subject: `order ${order}`,
  ...by,
});
export const withdrawOrder = (context: Context, company: string, order: string, by: Actor): Promise<void> =>
  publish(
    context,
    ofOrder('withdraw', order, by),
    [orderWithdrawRequested({ company, order, ...by })],
    `Asked to withdraw ${order}.`,
  );
export const retryOrder = (context: Context, company: string, order: string, by: Actor): Promise<void> =>
  publish(context, ofOrder('retry', order, by), [orderRetryRequested({ company, order, ...by })], `Asked to try ${order} again.`);
export const resolveException = (context: Context, company: string, order: string, exception: string, by: Actor): Promise<void> =>
  publish(
    context,
    ofOrder('resolve', order, by),
    [orderExceptionResolved({ company, order, exception, ...by })],
    `Said that ${exception} of ${order} is resolved.`,
  );
export const linkPayment = (
  context: Context,
  company: string,
  { gateway, reference, order }: { readonly gateway: string; readonly reference: string; readonly order: string },
  by: Actor,
): Promise<void> =>
  publish(
    context,
    { action: 'payment link', subject: `payment ${gateway} ${reference}`, ...by },
    [paymentLinked({ company, gateway, paymentReference: reference, order, ...by })],
    `Said that ${gateway} ${reference} pays for ${order}.`,
  );
export const releaseHold = (
  context: Context,
  company: string,
  hold: { readonly owner: string; readonly product: string; readonly order: string; readonly line: string },
  by: Actor,
): Promise<void> =>
  publish(
    context,
    {
      action: 'stock release',
      subject: `order ${hold.order} line ${hold.line}, product ${hold.product} of ${hold.owner}`,
      ...by,
    },
    [holdReleased({ company, ...hold, component: hold.product, ...by })],
    `Asked to release the hold of ${hold.order} on ${hold.product}.`,
  );
