/** `onhand exceptions`: what a person must see, with age, money and what to do next. */
import { decimalText } from '../schemas/money.ts';
import type { AnyFact, ExceptionRaised, StockDriftFound } from '../schemas/generated/facts.ts';
import type { Context } from './context.ts';
import { age } from './output.ts';

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
export const showExceptions = async (context: Context, company: string | undefined): Promise<void> => {
  const all = await openExceptions(context, company);
  context.output.show({
    json: all.map(one => one.raised ?? one.drift),
    head: ['since', 'subject', 'what', 'money', 'next action', 'detail'],
    rows: all.map(({ raised, drift, at }) => {
      const since = age(context.clock.now() - at);
      if (raised === undefined)
        return [
          since,
          drift!.subject,
          'drift',
          '',
          'count it',
          `${drift!.location}: ours ${drift!.oursMilli / 1000}, Odoo's ${drift!.theirsMilli / 1000}`,
        ];
      const money =
        raised.amountMinor === null || raised.currency === null
          ? ''
          : `${decimalText(raised.amountMinor, raised.currency)} ${raised.currency}`;
      return [since, raised.subject, raised.kind.replaceAll('_', ' '), money, raised.nextAction, raised.detail];
    }),
    empty: 'Nothing needs a person.',
  });
};
