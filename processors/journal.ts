/** How a journal is made, by both units that keep books: roles become accounts, times become open business days. Pure. */
import { businessDay, dayAfter } from '../runtime/business-day.ts';
import { poison } from '../runtime/failure.ts';
import { journalPrepared, type JournalLine, type JournalPrepared } from '../schemas/generated/facts.ts';
import type { Fact } from '../runtime/model.ts';
import type { CompanyPolicy, Policy } from '../schemas/policy.ts';

/** A movement on one role of the chart of accounts. Debit is positive, credit negative; minor units. */
export interface Posting {
  /** `deposits`, or with what it is of: `clearing:stripe`, `tax:nl21`. */
  readonly role: string;
  readonly minor: number;
}
export interface Entry {
  /** What is booked and of what: see `journalId`. */
  readonly journal: string;
  /** When it happened, epoch ms UTC. */
  readonly at: number;
  readonly currency: string;
  /** For people; no personal data. */
  readonly description: string;
  /** The id of the event that it traces to. */
  readonly event: string;
  /** Equal in sum of debits and credits: their sum is 0. */
  readonly postings: readonly Posting[];
}

const escape = (part: string): string => part.replaceAll('%', '%25').replaceAll(':', '%3A');
/** Parts joined by `:`, so that no two things share an id. An order is two parts, its shop and the channel's id, and reads as it is. */
export const journalId = (...parts: readonly string[]): string => parts.map(escape).join(':');
/** `web:12` → `web`, `12`: a shop's name has no colon. */
export const orderParts = (order: string): readonly [string, string] => {
  const at = order.indexOf(':');
  return [order.slice(0, Math.max(at, 0)), order.slice(at + 1)];
};

/** The company's policy, where this book is kept by us; undefined where it is kept in Odoo's documents and nothing is posted. */
export const bookkeeping = (policy: Policy, company: string): CompanyPolicy | undefined => {
  const found = Object.hasOwn(policy.companies, company) ? policy.companies[company] : undefined;
  if (found === undefined) throw poison('SETTINGS_INVALID', `booking for company ${company}: the company files do not name it`);
  return found.books.book === 'journals' ? found : undefined;
};

/** `clearing:stripe` is its own account, else that of `clearing`. */
const accountOf = (role: string, journal: string, { company, books }: CompanyPolicy): string => {
  const general = role.split(':', 1)[0] ?? role;
  const named = [role, general].find(one => Object.hasOwn(books.accounts, one));
  const account = named === undefined ? undefined : books.accounts[named];
  if (account === undefined)
    throw poison('SETTINGS_INVALID', `booking ${journal}: the accounts of company ${company} name none for "${role}"`);
  return account;
};

/** A closed day is immutable: what comes late is booked on the first open one, and the day it happened is kept beside. */
const days = (at: number, { timeZone, books }: CompanyPolicy): Pick<JournalPrepared, 'businessDay' | 'originalDay'> => {
  const originalDay = businessDay(at, timeZone);
  return { originalDay, businessDay: originalDay > books.closedThrough ? originalDay : dayAfter(books.closedThrough) };
};

/** Debits first. Nothing when all amounts are 0. */
export const journalOf = (entry: Entry, company: CompanyPolicy): readonly Fact<'JournalPrepared', JournalPrepared>[] => {
  const moved = [...entry.postings.filter(posting => posting.minor > 0), ...entry.postings.filter(posting => posting.minor < 0)];
  if (moved.length === 0) return [];
  const lines = moved.map(({ role, minor }): JournalLine => ({
    account: accountOf(role, entry.journal, company),
    side: minor > 0 ? 'debit' : 'credit',
    amountMinor: Math.abs(minor),
    text: role,
    event: entry.event,
  }));
  const { journal, currency, description } = entry;
  const { company: name, books } = company;
  return [
    journalPrepared({ company: name, journal, book: books.book, ...days(entry.at, company), currency, description, lines }),
  ];
};
