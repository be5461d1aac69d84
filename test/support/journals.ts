/** Journals as tests say them: postings as signed amounts by account, debit positive; lines trace to the event at hand. */
import assert from 'node:assert/strict';
import { isAlarm, type Alarm, type Fact } from '../../runtime/model.ts';
import { journalPrepared, type JournalPrepared } from '../../schemas/generated/facts.ts';

type Journal = Fact<'JournalPrepared', JournalPrepared>;
/** Account, role as it is shown, signed minor units. */
export type Posted = readonly [account: string, role: string, minor: number];
export interface Said extends Partial<Omit<JournalPrepared, 'lines'>> {
  readonly journal: string;
  readonly description: string;
  readonly lines: readonly Posted[];
}
export interface Outcome {
  readonly outputs: readonly (Journal | Alarm)[];
  readonly then: (...expected: readonly Journal[]) => void;
}

export const journalsOf = (outputs: Outcome['outputs']): readonly Journal[] =>
  outputs.filter((one): one is Journal => !isAlarm(one));
/** Exactly these journals; `given` gives each event its own id, so it is read from what was said and must be the same in all lines. */
export const books = (outcome: Outcome, ...expected: readonly Said[]): void => {
  const event = journalsOf(outcome.outputs)[0]?.data.lines[0]?.event ?? 'none';
  assert.match(event, expected.length === 0 ? /^none$/ : /^e\d+$/, 'the event that lines trace to');
  outcome.then(
    ...expected.map(({ lines, ...said }) =>
      journalPrepared({
        company: 'acme',
        book: 'journals',
        businessDay: '2026-10-05',
        originalDay: '2026-10-05',
        currency: 'EUR',
        ...said,
        lines: lines.map(([account, text, minor]) => ({
          account,
          side: minor > 0 ? 'debit' : 'credit',
          amountMinor: Math.abs(minor),
          text,
          event,
        })),
      }),
    ),
  );
};

/** Debits less credits by role and currency over many journals. */
export const balances = (journals: readonly Journal[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const { data } of journals)
    for (const { text, side, amountMinor } of data.lines) {
      const key = `${text} ${data.currency}`;
      sums[key] = (sums[key] ?? 0) + (side === 'debit' ? amountMinor : -amountMinor);
    }
  return sums;
};
/** What is wrong with a journal, in words. */
export const unbalanced = ({ data }: Journal): string | undefined => {
  const sum = data.lines.reduce((all, one) => all + (one.side === 'debit' ? one.amountMinor : -one.amountMinor), 0);
  if (sum !== 0) return `${data.journal} is off by ${sum}`;
  if (data.lines.length < 2) return `${data.journal} has ${data.lines.length} lines`;
  const odd = data.lines.find(one => one.amountMinor <= 0 || !Number.isSafeInteger(one.amountMinor));
  return odd === undefined ? undefined : `${data.journal} posts ${odd.amountMinor} on ${odd.account}`;
};

/** A journal that balances, for those who post it: 1000 from clearing to deposits unless named. */
export const prepared = (data: Partial<JournalPrepared> & { readonly journal: string }): Journal =>
  journalPrepared({
    company: 'acme',
    book: 'journals',
    businessDay: '2026-10-05',
    originalDay: '2026-10-05',
    currency: 'EUR',
    description: 'a capture',
    lines: moving(1000),
    ...data,
  });
export const moving = (amountMinor: number, credit = amountMinor, account = '1110'): JournalPrepared['lines'] => [
  { account, side: 'debit', amountMinor, text: 'clearing:stripe', event: 'e1' },
  { account: '1700', side: 'credit', amountMinor: credit, text: 'deposits', event: 'e1' },
];
