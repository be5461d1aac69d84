import fc from 'fast-check';
import { ledger } from '../../../sinks/ledger/index.ts';
import { ledgerBalance, ledgerShow } from '../../../sinks/ledger/target-queries.ts';
import type { AnyTarget } from '../../../runtime/task/converge.ts';
import { sinkLaws } from '../../laws/sinks.ts';
import { moving, prepared } from '../../support/journals.ts';
import { openedLedger } from '../../support/ledger.ts';
import { policy } from '../../support/policy.ts';

describe('ledger: at its database', () => {
  const opened = openedLedger();
  const amounts = fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 5 });
  sinkLaws<ReturnType<typeof prepared>>({
    sink: ledger,
    // A sink's calls are its own; the runtime knows of them only that they are shown.
    target: () => opened().target as unknown as AnyTarget,
    policy: () => policy,
    history: amounts.map(all => run => all.map((minor, n) => prepared({ journal: `${run} ${n}`, lines: moving(minor) }))),
    holds: async history => ({
      journals: await Promise.all(history.map(fact => ledgerShow(opened().books.db, 'acme', fact.data.journal))),
      balance: await ledgerBalance(opened().books.db, 'acme'),
    }),
  });
});
