import { given, held } from './given.ts';
import {
  asked,
  component,
  expected,
  holdOf,
  line,
  lineOf,
  minute,
  order,
  placed,
  placedOnCash,
  raised,
  resolved,
  settled,
  shipping,
  tender,
  tendersReported,
  unknown,
  wish,
} from './words.ts';

describe('orders: placing and lines', () => {
  it('asks for each goods line, announces its payment and holds for the time of its tender', () =>
    given()
      .when(placed({ lines: [line(), shipping(), lineOf('2', 'B')] }), 1000)
      .then(expected(), asked(), asked('2', 'sku:B'), ...holdOf(1000)));
  it('holds for the longest of its tenders, and waits for the shop that authors the money', () =>
    given()
      .when(placed({ tenders: [tender(), tender({ tender: 'bacs', gateway: null, paymentReference: null })] }), 7)
      .then(
        expected(),
        expected({ gateway: 'web', paymentReference: order }),
        asked(),
        ...holdOf(7, 4320, 1, ['stripe', 'woocommerce', 'payments']),
      ));
  it('says nothing of a placing that is repeated or lower', () => {
    given(placed({ revision: 5 }))
      .when(placed({ revision: 5 }))
      .then();
    given(placed({ revision: 5 }))
      .when(placed({ revision: 4, totalMinor: 9 }))
      .then();
  });
  it('announces a payment that the channel names later, and no payment twice', () => {
    given(placed())
      .when(tendersReported([tender(), tender({ paymentReference: 'pi_2' })]))
      .then(expected({ paymentReference: 'pi_2' }));
    given(placed(), tendersReported([tender({ paymentReference: 'pi_2' })], 3))
      .when(tendersReported([tender()], 2))
      .then();
  });
  it('counts the hold anew when the tender that is waited for has another hold time', () => {
    const bacs = tender({ tender: 'bacs', gateway: 'web', paymentReference: order });
    given(placed())
      .when(tendersReported([bacs]), 3 * minute)
      .then(expected({ gateway: 'web', paymentReference: order }), ...holdOf(3 * minute, 4320, 2, ['woocommerce', 'payments']));
  });
  it('asks the next code when one is unknown, under the same number', () =>
    given(placed({ lines: [line({ codes: ['listing:web:9', 'sku:A', 'barcode:1'] })] }))
      .when(unknown('1', 'listing:web:9'))
      .then(asked()));
  it('waits by name after three unknown codes, and a person sees it', () => {
    const codes = ['listing:web:9', 'sku:A', 'barcode:1', 'sku:Z'];
    given(placed({ lines: [line({ codes })] }), unknown('1', 'listing:web:9'), unknown('1', 'sku:A'))
      .when(unknown('1', 'barcode:1'), 77)
      .then(
        raised({
          exception: 'line_unknown:1',
          kind: 'line_unknown',
          raisedAt: 77,
          amountMinor: 1210,
          nextAction: 'Define one of its codes, or correct the listing: listing:web:9, sku:A, barcode:1.',
          detail: 'line 1 (A thing) names no known product',
        }),
      );
  });
  it('goes on when the catalogue answers a line that waited by name, by whichever of its codes', () =>
    given(placed({ lines: [line({ codes: ['listing:web:9', 'sku:A'] })] }), unknown('1', 'listing:web:9'), unknown())
      .when(resolved('1', [component('A')], 1, 'listing:web:9'))
      .then(settled('line_unknown:1', 'the line is resolved, or no longer wanted'), wish('1', 'A', 1000, 1)));
  it('says at once that a line without a code is unknown', () =>
    given()
      .when(placedOnCash({ lines: [line({ codes: [] })] }))
      .then(
        raised({
          exception: 'line_unknown:1',
          kind: 'line_unknown',
          amountMinor: 1210,
          nextAction: 'Define one of its codes, or correct the listing: the line names no code.',
          detail: 'line 1 (A thing) names no known product',
        }),
      ));
  it('asks stock when the last line is resolved, components of one product as one', () => {
    const two = [line(), lineOf('2', 'B')];
    given(placed({ lines: two }))
      .when(resolved())
      .then();
    given(placed({ lines: two }), resolved())
      .when(resolved('2', [component('B'), component('C', 500), component('B', 250)]))
      .then(wish('1', 'A', 1000, 1), wish('2', 'B', 1250, 1), wish('2', 'C', 500, 1));
  });
  it('takes an answer once, and only to its last question', () => {
    given(...held)
      .when(resolved('1', [component('Z')]))
      .then();
    given(placed())
      .when(resolved('1', [component('A')], 9))
      .then();
    given(placed()).when(unknown('1', 'sku:other')).then();
  });
});
