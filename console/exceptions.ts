/** `onhand exceptions`: what a person must see, with age, money and what to do next. */
import { decimalText } from '../schemas/money.ts';
import type { AnyFact, ExceptionRaised, StockDriftFound } from '../schemas/generated/facts.ts';
import type { Context } from './context.ts';
import { age, typed, withCommand } from './output.ts';

interface Open {
  readonly raised: ExceptionRaised | undefined;
  readonly drift: StockDriftFound | undefined;
  readonly at: number;
}
export const openExceptions = async (context: Context, company: string | undefined): Promise<readonly Open[]> => {
  const open = new Map<string, Open>();
  for (const { event } of await context.client().events('exceptions.v1')) {
    const fact = event as unknown as AnyFact;
    switch (fact.type) {
      case 'ExceptionRaised':
        open.set(`${event.key} ${fact.data.exception}`, { raised: fact.data, drift: undefined, at: fact.data.raisedAt });
        break;
      case 'ExceptionResolved':
        open.delete(`${event.key} ${fact.data.exception}`);
        break;
      case 'StockDriftFound':
        open.set(`${event.key} drift ${fact.data.location}`, { raised: undefined, drift: fact.data, at: fact.data.seenAt });
        break;
      default:
        break;
    }
  }
  return [...open.values()]
    .filter(one => company === undefined || (one.raised ?? one.drift)?.company === company)
    .sort((a, b) => a.at - b.at);
};
/** What a person types once the next action is taken; undefined where nothing but the world can end it. */
const commandOf = ({ kind, subject, exception }: ExceptionRaised): string | undefined => {
  const [what, rest] = [subject.slice(0, subject.indexOf(':')), subject.slice(subject.indexOf(':') + 1)];
  const why = ['--reason', 'WHY'];
  if (what === 'payment') {
    const [gateway, reference] = [rest.slice(0, rest.indexOf(':')), rest.slice(rest.indexOf(':') + 1)];
    return kind === 'payment_unmatched' ? typed('payment', 'link', gateway, reference, 'ORDER', ...why) : undefined;
  }
  if (what !== 'order') return undefined;
  switch (kind) {
    case 'line_unknown':
      return typed('listings', 'apply', 'FILE', ...why);
    case 'short':
    case 'promise_broken':
    case 'payment_after_expiry':
      return typed('order', 'retry', rest, ...why);
    case 'payment_unmatched':
      return typed('payment', 'link', 'GATEWAY', 'REFERENCE', rest, ...why);
    case 'refund_unmatched':
    case 'overpaid':
    case 'underpaid':
    case 'refund_due':
    case 'shipment_early':
    case 'refund_early':
    case 'shipment_unexpected':
    case 'changed_after_shipment':
      return typed('order', 'resolve', rest, exception, ...why);
  }
};

export const showExceptions = async (context: Context, company: string | undefined): Promise<void> => {
  const all = await openExceptions(context, company);
  context.output.show({
    json: all.map(({ raised, drift }) => (raised === undefined ? drift : { ...raised, command: commandOf(raised) ?? null })),
    head: ['since', 'subject', 'exception', 'money', 'next action', 'detail'],
    rows: all.map(({ raised, drift, at }) => {
      const since = age(context.clock.now() - at);
      if (raised === undefined)
        return [
          since,
          drift!.subject,
          'stock_drift',
          '',
          'count it',
          `${drift!.location}: ours ${drift!.oursMilli / 1000}, Odoo's ${drift!.theirsMilli / 1000}`,
        ];
      const money =
        raised.amountMinor === null || raised.currency === null
          ? ''
          : `${decimalText(raised.amountMinor, raised.currency)} ${raised.currency}`;
      return [since, raised.subject, raised.exception, money, withCommand(raised.nextAction, commandOf(raised)), raised.detail];
    }),
    empty: 'Nothing needs a person.',
  });
};
