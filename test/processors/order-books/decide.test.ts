import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import { orderBooks } from '../../../processors/order-books/index.ts';
import { orderWithdrawn } from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { books } from '../../support/journals.ts';
import { confirmed, dispatched, money, order, paid, refundOwed } from '../../support/order-money.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';

const given = examplesOf(orderBooks, policy);
const at = (time: string): number => Date.parse(time);

const book = money('1', 1000, 210);
const food = money('2', 500, 45, 'nl9');
const shipping = money('ship', 400, 84);
const all = [book, food, shipping];
const start = [confirmed(1, all), paid(2, 2239)];
const half = money('1', 500, 105);

describe('order-books: a dispatch', () => {
  it('turns deposits into revenue, shipping revenue and tax per code', () =>
    books(given(...start).when(dispatched(3, all)), {
      journal: 'dispatch:web:1:WH/OUT/1:3',
      description: 'dispatch WH/OUT/1 of order web:1',
      lines: [
        ['1700', 'deposits', 2239],
        ['8000', 'revenue', -1500],
        ['1521', 'tax:nl21', -294],
        ['1509', 'tax:nl9', -45],
        ['8100', 'shippingRevenue', -400],
      ],
    }));
  it('is booked once', () => books(given(...start, dispatched(3, all)).when(dispatched(3, all))));
  it('books each product of one picking, which is decided by itself', () =>
    books(given(...start, dispatched(3, [book])).when(dispatched(4, [food])), {
      journal: 'dispatch:web:1:WH/OUT/1:4',
      description: 'dispatch WH/OUT/1 of order web:1',
      lines: [
        ['1700', 'deposits', 545],
        ['8000', 'revenue', -500],
        ['1509', 'tax:nl9', -45],
      ],
    }));
  it('is booked though it is paid on delivery: deposits are then a claim', () =>
    books(given(confirmed(1, [book])).when(dispatched(2, [book])), {
      journal: 'dispatch:web:1:WH/OUT/1:2',
      description: 'dispatch WH/OUT/1 of order web:1',
      lines: [
        ['1700', 'deposits', 1210],
        ['8000', 'revenue', -1000],
        ['1521', 'tax:nl21', -210],
      ],
    }));
  it('of nothing books nothing', () => books(given(...start).when(dispatched(3, [money('1', 0, 0)]))));
});

describe('order-books: a refund', () => {
  const refund = { journal: 'refund-owed:web:1:726:4', description: 'refund owed 726 of order web:1' };
  it('of what was shipped takes back revenue and tax', () =>
    books(given(...start, dispatched(3, all)).when(refundOwed(4, [book])), {
      ...refund,
      lines: [
        ['1521', 'tax:nl21', 210],
        ['8090', 'returns', 1000],
        ['1710', 'refundsPayable', -1210],
      ],
    }));
  it('of what was not shipped comes out of deposits: it was never revenue', () =>
    books(given(...start, dispatched(3, [food])).when(refundOwed(4, [book])), {
      ...refund,
      lines: [
        ['1700', 'deposits', 1210],
        ['1710', 'refundsPayable', -1210],
      ],
    }));
  it('of one of two, then dispatch of the other, takes back no revenue', () =>
    books(given(confirmed(1, [book]), paid(2, 1210), refundOwed(3, [half])).when(dispatched(4, [half])), {
      journal: 'dispatch:web:1:WH/OUT/1:4',
      description: 'dispatch WH/OUT/1 of order web:1',
      lines: [
        ['1700', 'deposits', 605],
        ['8000', 'revenue', -500],
        ['1521', 'tax:nl21', -105],
      ],
    }));
  it('of one of two, then dispatch of both, takes revenue back with the dispatch', () =>
    books(given(confirmed(1, [book]), paid(2, 1210), refundOwed(3, [half])).when(dispatched(4, [book])), {
      journal: 'dispatch:web:1:WH/OUT/1:4',
      description: 'dispatch WH/OUT/1 of order web:1',
      lines: [
        ['1700', 'deposits', 605],
        ['8090', 'returns', 500],
        ['8000', 'revenue', -1000],
        ['1521', 'tax:nl21', -105],
      ],
    }));
  it('of money only, after the dispatch, is returns without tax', () =>
    books(given(...start, dispatched(3, all)).when(refundOwed(4, [], 300)), {
      ...refund,
      lines: [
        ['8090', 'returns', 300],
        ['1710', 'refundsPayable', -300],
      ],
    }));
  it('of money that was paid too much comes out of deposits', () =>
    books(given(confirmed(1, [book]), paid(2, 1500), dispatched(3, [book])).when(refundOwed(4, [], 290)), {
      ...refund,
      lines: [
        ['1700', 'deposits', 290],
        ['1710', 'refundsPayable', -290],
      ],
    }));
  it('of an order that was never confirmed comes out of deposits', () =>
    books(given().when(refundOwed(4, [book])), {
      ...refund,
      lines: [
        ['1700', 'deposits', 1210],
        ['1710', 'refundsPayable', -1210],
      ],
    }));
  it('of less than its lines keeps the rest as a gain', () =>
    books(given(...start, dispatched(3, all)).when(refundOwed(4, [book], 1110)), {
      ...refund,
      lines: [
        ['1521', 'tax:nl21', 210],
        ['8090', 'returns', 900],
        ['1710', 'refundsPayable', -1110],
      ],
    }));
  it('of a line that was dropped by a change comes out of deposits', () =>
    books(given(...start, confirmed(3, [food, shipping])).when(refundOwed(4, [book])), {
      ...refund,
      lines: [
        ['1700', 'deposits', 1210],
        ['1710', 'refundsPayable', -1210],
      ],
    }));
  it('of a quantity that a change took off comes out of deposits, by line or as money', () => {
    const changed = [confirmed(1, [book]), confirmed(2, [half]), dispatched(3, [half])];
    const out = {
      ...refund,
      lines: [
        ['1700', 'deposits', 605],
        ['1710', 'refundsPayable', -605],
      ],
    } as const;
    books(given(...changed).when(refundOwed(4, [half])), out);
    books(given(...changed).when(refundOwed(4, [], 605)), out);
  });
  it('is booked once', () => {
    books(given(...start, dispatched(3, all), refundOwed(4, [book])).when(refundOwed(4, [book])));
    books(given(...start, dispatched(3, all), refundOwed(4, [book])).when(refundOwed(5, [book])));
  });
  it('that is decided again with other figures books the difference', () =>
    books(given(...start, dispatched(3, all), refundOwed(4, [], 605)).when(refundOwed(5, [half])), {
      journal: 'refund-owed:web:1:726:5',
      description: 'refund owed 726 of order web:1',
      lines: [
        ['1521', 'tax:nl21', 105],
        ['8090', 'returns', -105],
      ],
    }));
});

describe('order-books: days and companies', () => {
  const on = (time: string) => {
    const outcome = given(...start).when(dispatched(3, [book], 'WH/OUT/1', at(time)));
    const [journal] = outcome.outputs;
    return journal !== undefined && 'type' in journal ? [journal.data.originalDay, journal.data.businessDay] : undefined;
  };
  it("books on the day of the dispatch in the company's zone", () => {
    assert.deepEqual(on('2026-10-05T21:59:59.999Z'), ['2026-10-05', '2026-10-05']);
    assert.deepEqual(on('2026-10-05T22:00:00Z'), ['2026-10-06', '2026-10-06']);
  });
  it('books what happened on a closed day on the next open one, and keeps the day', () => {
    assert.deepEqual(on('2026-09-30T21:59:59Z'), ['2026-09-30', '2026-10-01']);
    assert.deepEqual(on('2026-09-30T22:00:00Z'), ['2026-10-01', '2026-10-01']);
  });
  it('posts nothing for a company whose book is Odoo, and does not post it later either', () => {
    const odoo = policyWith({ books: { ...acme.books, book: 'odoo-documents' } });
    books(examplesOf(orderBooks, odoo)(...start).when(dispatched(3, all)));
    const kept = [...start, dispatched(3, all)].reduce(orderBooks.evolve, orderBooks.initial);
    const later = { ...refundOwed(4, [book]), id: 'e1', key: 'k', at: 0, cause: 'e1' };
    const [journal] = orderBooks.decide(later, kept, policy);
    assert.ok(journal !== undefined && 'type' in journal);
    assert.deepEqual(
      journal.data.lines.map(line => line.text),
      ['tax:nl21', 'returns', 'refundsPayable'],
    );
  });
  it('sets aside what has no account, naming the role', () => {
    const poor = policyWith({ books: { ...acme.books, accounts: { deposits: '1700', revenue: '8000' } } });
    assert.throws(
      () => examplesOf(orderBooks, poor)(...start).when(dispatched(3, all)),
      error => isFailure(error) && error.kind === 'poison' && /company acme name none for "tax:nl21"/.test(error.message),
    );
  });
  it('books nothing for a withdrawal: no money moved', () =>
    books(
      given(...start).when(
        orderWithdrawn({ ...order, revision: 3, reason: 'cancelled', wasConfirmed: true, capturedMinor: 2239, currency: 'EUR' }),
      ),
    ));
});
