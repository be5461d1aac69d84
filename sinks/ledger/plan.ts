/** What is missing in the ledger for a prepared journal: all of it, or nothing. */
import { poison } from '../../runtime/failure.ts';
import type { Event } from '../../runtime/model.ts';
import type { FactsOn, JournalPrepared } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import type { Found, Insert, Lookup } from './contract.ts';

type In = FactsOn<typeof topics.journals>;

export const find = ({ data: { company, journal } }: Event<In>): readonly Lookup[] => [{ company, journal }];

/** What two journals of one id differ in, by field. */
const differences = (one: JournalPrepared, other: JournalPrepared): readonly string[] => {
  const fields = ['book', 'businessDay', 'originalDay', 'currency', 'description'] as const;
  const line = (journal: JournalPrepared): readonly string[] =>
    journal.lines.map(({ account, side, amountMinor, text, event }) => JSON.stringify([account, side, amountMinor, text, event]));
  return [
    ...fields.filter(field => one[field] !== other[field]),
    ...(JSON.stringify(line(one)) === JSON.stringify(line(other)) ? [] : ['lines']),
  ];
};

export const plan = ({ data }: Event<In>, found: Found): readonly Insert[] => {
  const { company, journal, currency, businessDay, lines } = data;
  if (found.journal === null) {
    const minor = lines.reduce((all, line) => all + (line.side === 'debit' ? line.amountMinor : 0), 0);
    return [
      {
        kind: 'create',
        show: `post journal ${journal} of ${company}: ${minor} ${currency} (minor units) on ${businessDay}`,
        journal: data,
      },
    ];
  }
  const different = differences(data, found.journal);
  if (different.length === 0) return [];
  throw poison(
    'LEDGER_REFUSED',
    `posting journal ${journal} of ${company}: it is posted already, with another ${different.join(', ')}; a posted journal is never changed`,
  );
};
