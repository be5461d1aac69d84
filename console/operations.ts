/** What a person decides: published as facts, each under its reader's key, with actor and reason, so that a rebuild knows it too. */
import { readFileSync } from 'node:fs';
import { fatal } from '../runtime/failure.ts';
import type { Fact } from '../runtime/model.ts';
import {
  codeDefined,
  codeWithdrawn,
  holdReleased,
  orderExceptionResolved,
  orderRetryRequested,
  orderWithdrawRequested,
  paymentLinked,
} from '../schemas/generated/facts.ts';
import type { Context } from './context.ts';

export interface Actor {
  readonly actor: string;
  readonly reason: string;
}
const source = '/onhand/console';
const publish = async (context: Context, facts: readonly Fact[], text: string): Promise<void> => {
  await context.client().publish(facts, source);
  context.output.show({ json: facts, text });
};
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
export const withdrawOrder = (context: Context, company: string, order: string, by: Actor): Promise<void> =>
  publish(context, [orderWithdrawRequested({ company, order, ...by })], `Asked to withdraw ${order}.`);
export const retryOrder = (context: Context, company: string, order: string, by: Actor): Promise<void> =>
  publish(context, [orderRetryRequested({ company, order, ...by })], `Asked to try ${order} again.`);
export const resolveException = (context: Context, company: string, order: string, exception: string, by: Actor): Promise<void> =>
  publish(
    context,
    [orderExceptionResolved({ company, order, exception, ...by })],
    `Said that ${exception} of ${order} is resolved.`,
  );
export const linkPayment = (
  context: Context,
  company: string,
  payment: { readonly gateway: string; readonly reference: string; readonly order: string },
  by: Actor,
): Promise<void> =>
  publish(
    context,
    [paymentLinked({ company, gateway: payment.gateway, paymentReference: payment.reference, order: payment.order, ...by })],
    `Said that ${payment.gateway} ${payment.reference} pays for ${payment.order}.`,
  );
export const releaseHold = (
  context: Context,
  company: string,
  hold: { readonly owner: string; readonly product: string; readonly order: string; readonly line: string },
  by: Actor,
): Promise<void> =>
  publish(
    context,
    [
      holdReleased({
        company,
        owner: hold.owner,
        product: hold.product,
        order: hold.order,
        line: hold.line,
        component: hold.product,
        ...by,
      }),
    ],
    `Asked to release the hold of ${hold.order} on ${hold.product}.`,
  );

interface Listing {
  readonly code: string;
  /** Absent: the code is withdrawn. Quantities per piece, in thousandths. */
  readonly components?: readonly { readonly owner: string; readonly product: string; readonly quantityMilli: number }[];
}
const listingProblems = (listings: readonly Listing[]): readonly string[] =>
  listings.flatMap((one, i) => [
    ...(typeof one.code === 'string' && /^(listing:[^:]+:.+|sku:.+|barcode:\d+)$/.test(one.code)
      ? []
      : [`entry ${i}: code is not listing:<shop>:<id>, sku:<sku> or barcode:<ean>`]),
    ...(one.components ?? []).flatMap((component, n) =>
      typeof component.owner === 'string' &&
      typeof component.product === 'string' &&
      Number.isSafeInteger(component.quantityMilli) &&
      component.quantityMilli > 0
        ? []
        : [`entry ${i} (${one.code}), component ${n}: owner, product and a positive integer quantityMilli are needed`],
    ),
  ]);
/** `onhand listings apply FILE`: what codes name, from a JSON file of entries `{code, components: [{owner, product, quantityMilli}]}`. */
export const applyListings = async (context: Context, company: string, path: string, dryRun: boolean): Promise<void> => {
  let listings: readonly Listing[];
  try {
    listings = JSON.parse(readFileSync(path, 'utf8')) as readonly Listing[];
  } catch (error) {
    throw fatal('SETTINGS_INVALID', `reading listings from ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const problems = Array.isArray(listings) ? listingProblems(listings) : ['it is not a list'];
  if (problems.length > 0)
    throw fatal('SETTINGS_INVALID', `reading listings from ${path}: ${problems.length} problem(s)\n  ${problems.join('\n  ')}`);
  const revision = context.clock.now();
  const facts = listings.map(one =>
    one.components === undefined
      ? codeWithdrawn({ company, code: one.code, revision })
      : codeDefined({ company, code: one.code, revision, components: one.components }),
  );
  if (dryRun)
    return context.output.show({
      json: facts,
      text: `${facts.length} code(s) would be defined or withdrawn; nothing was published.`,
    });
  await publish(context, facts, `${facts.length} code(s) published.`);
};
