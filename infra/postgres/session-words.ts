/**
 * Finds SQL that leaves something in a session. All connections of the gate share PGlite's one session, so such SQL would
 * quietly do nothing (a lock that everybody is granted) or reach everybody (a search path); it is refused instead.
 */

const refusals: readonly { readonly when: RegExp; readonly instead: string }[] = [
  {
    when: /\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i,
    instead: 'session locks are not kept apart: use pg_advisory_xact_lock',
  },
  {
    when: /(?:^|;)\s*set\s+(?!local\b|transaction\b|constraints\b)/i,
    instead: 'settings are shared: use SET LOCAL in a transaction',
  },
  { when: /(?:^|;)\s*listen\b/i, instead: 'notifications are not delivered: ask again instead' },
  {
    when: /(?:^|;)\s*create\s+(?:local\s+|global\s+)?temp(?:orary)?\b(?!.*\bon\s+commit\s+drop\b)/is,
    instead: 'temporary tables are shared: add ON COMMIT DROP',
  },
];

/** What to do instead, when `sql` may not pass. */
export const refusalOf = (sql: string): string | undefined => refusals.find(({ when }) => when.test(sql))?.instead;
