/** Brings the ledger to what was prepared: each journal once, balanced, never changed. */
import { sink, type Sink } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import type { FactsOn } from '../../schemas/generated/facts.ts';
import { ledgerSettings } from './contract.ts';
import type { Found, Insert } from './contract.ts';
import { find, plan } from './plan.ts';
import { ledgerTarget } from './target.ts';

type In = FactsOn<typeof topics.journals>;
export const ledger: Sink<In, Found, Insert> = sink<In, Found, Insert>({
  name: 'ledger',
  doc: 'Posts journals to the ledger in PostgreSQL.',
  reads: [topics.journals],
  settings: ledgerSettings,
  opens: false,
  // A journal is posted once and never revised, so nothing can supersede it.
  document: () => undefined,
  find,
  plan,
  // A commit that is late meets the journal's unique id, so there is nothing to wait out.
  maxInFlightMs: () => 0,
  batch: { size: 200, parallel: 1 },
  target: ledgerTarget,
});
