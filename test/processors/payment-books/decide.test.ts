import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import { examplesOf } from '../../laws/returned.ts';
import { books } from '../../support/journals.ts';
import { authorized, captured, disputed, expected, failed, refundCameBack, refunded, voided } from '../../support/money.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';

const given = examplesOf(paymentBooks, policy);
const capture = { journal: 'capture:stripe:pi_1:ch_1', description: 'capture ch_1 of payment pi_1 at stripe' };
const fee = { journal: 'fee:stripe:pi_1:ch_1', description: 'fee ch_1 of payment pi_1 at stripe' };
const refund = { journal: 'refund:stripe:pi_1:re_1', description: 'refund re_1 of payment pi_1 at stripe' };

describe('payment-books: a capture', () => {
  it("moves money from the gateway's clearing to customer deposits", () =>
    books(given().when(captured(1000)), {
      ...capture,
      lines: [
        ['1110', 'clearing:stripe', 1000],
        ['1700', 'deposits', -1000],
      ],
    }));
  it('is booked once', () => books(given(captured(1000)).when(captured(1000))));
  it('books its fee beside it', () =>
    books(
      given().when(captured(1000, { feeMinor: 39 })),
      {
        ...capture,
        lines: [
          ['1110', 'clearing:stripe', 1000],
          ['1700', 'deposits', -1000],
        ],
      },
      {
        ...fee,
        lines: [
          ['4500', 'fees', 39],
          ['1110', 'clearing:stripe', -39],
        ],
      },
    ));
  it('books a fee that is told later, and only the fee', () =>
    books(given(captured(1000)).when(captured(1000, { feeMinor: 39 })), {
      ...fee,
      lines: [
        ['4500', 'fees', 39],
        ['1110', 'clearing:stripe', -39],
      ],
    }));
  it('books the difference when the gateway corrects it, under an id of its own', () =>
    books(given(captured(1000)).when(captured(900, { version: 2 })), {
      journal: 'capture:stripe:pi_1:ch_1:2',
      description: 'capture ch_1 of payment pi_1 at stripe, corrected',
      lines: [
        ['1700', 'deposits', 100],
        ['1110', 'clearing:stripe', -100],
      ],
    }));
  it('ignores a word of lower rank that arrives later', () =>
    books(given(captured(900, { version: 2 })).when(captured(1000, { version: 1 }))));
  it('of a gateway without an account of its own uses the general one', () =>
    books(given().when(captured(500, { gateway: 'web', paymentReference: 'web:1', capture: 'bacs' })), {
      journal: 'capture:web:web%3A1:bacs',
      description: 'capture bacs of payment web:1 at web',
      lines: [
        ['1100', 'clearing:web', 500],
        ['1700', 'deposits', -500],
      ],
    }));
  it('in another currency is booked in that currency', () =>
    books(given().when(captured(500, { currency: 'JPY' })), {
      ...capture,
      currency: 'JPY',
      lines: [
        ['1110', 'clearing:stripe', 500],
        ['1700', 'deposits', -500],
      ],
    }));
  it('keeps the currency that it was first told in', () =>
    books(given(captured(1000)).when(captured(900, { currency: 'USD', version: 2 }))));
  it('of nothing books nothing', () => books(given().when(captured(0))));
});

describe('payment-books: a refund', () => {
  it('pays what is owed out of clearing', () =>
    books(given(captured(1000)).when(refunded(300)), {
      ...refund,
      lines: [
        ['1710', 'refundsPayable', 300],
        ['1110', 'clearing:stripe', -300],
      ],
    }));
  it('is booked before its capture, too: the money left', () =>
    books(given().when(refunded(300)), {
      ...refund,
      lines: [
        ['1710', 'refundsPayable', 300],
        ['1110', 'clearing:stripe', -300],
      ],
    }));
  it('is booked once', () => books(given(refunded(300)).when(refunded(300))));
  it('that came back is reversed: it is owed again', () =>
    books(given(captured(1000), refunded(300)).when(refundCameBack(300)), {
      journal: 'refund:stripe:pi_1:re_1:2',
      description: 'refund re_1 of payment pi_1 at stripe, corrected',
      lines: [
        ['1110', 'clearing:stripe', 300],
        ['1710', 'refundsPayable', -300],
      ],
    }));
  it('whose failure is told first books nothing, then or later', () => {
    books(given().when(refundCameBack(300, { version: 2 })));
    books(given(refundCameBack(300, { version: 2 })).when(refunded(300)));
  });
});

describe('payment-books: the rest', () => {
  it('books money under dispute as a claim, out of clearing', () =>
    books(given(captured(1000)).when(disputed(1000)), {
      journal: 'dispute:stripe:pi_1:dp_1',
      description: 'dispute dp_1 of payment pi_1 at stripe',
      lines: [
        ['1150', 'disputes', 1000],
        ['1110', 'clearing:stripe', -1000],
      ],
    }));
  it('books nothing where no money moved', () => {
    for (const fact of [authorized(1000), voided(), failed(), expected('web:1', 1000)]) books(given().when(fact));
  });
  it('posts nothing for a company whose book is Odoo', () =>
    books(examplesOf(paymentBooks, policyWith({ books: { ...acme.books, book: 'odoo-documents' } }))().when(captured(1000))));
  it('books what happened on a closed day on the next open one', () =>
    books(given().when(captured(1000, { capturedAt: Date.parse('2026-08-14T12:00:00Z') })), {
      ...capture,
      originalDay: '2026-08-14',
      businessDay: '2026-10-01',
      lines: [
        ['1110', 'clearing:stripe', 1000],
        ['1700', 'deposits', -1000],
      ],
    }));
  it('sets aside money of a company that the files do not name', () =>
    assert.throws(
      () => given().when(captured(1000, { company: 'other' })),
      error => isFailure(error) && error.kind === 'poison' && error.code === 'SETTINGS_INVALID',
    ));
});
