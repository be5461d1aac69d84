/** The topic catalogue: where each fact travels, under which key, how long. Written down once; deployment, runtime and docs read it. */
import type { Topic } from '../runtime/model.ts';

/** Chosen when a topic is first made and never changed after; growth is a new topic version and a migration. */
export const defaultPartitions = 6;

type Options = Partial<Pick<Topic, 'retentionDays' | 'table'>>;
const topic = <const F extends readonly string[]>(
  name: string,
  key: readonly string[],
  facts: F,
  doc: string,
  options: Options = {},
) => ({
  name,
  doc,
  key,
  facts,
  partitions: defaultPartitions,
  retentionDays: 'forever' as Topic['retentionDays'],
  table: false,
  ...options,
});

const order = ['company', 'order'] as const;
const product = ['owner', 'product'] as const;
const payment = ['company', 'gateway', 'paymentReference'] as const;

/** Raw deliveries of one channel; encrypted, kept for a bounded time. */
const intake = (channel: string) =>
  topic(
    `intake.${channel}.v1`,
    ['shop', 'aggregate'],
    ['DeliveryReceived'],
    `What ${channel} sent, raw and encrypted, before anything is made of it.`,
    { retentionDays: 30 },
  );

export const topics = {
  intakeWoocommerce: intake('woocommerce'),
  intakeStripe: intake('stripe'),
  intakeOdoo: intake('odoo'),
  codes: topic('codes.v1', ['company', 'code'], ['CodeDefined', 'CodeWithdrawn'], 'What a listing, SKU or barcode names.'),
  lineRequests: topic('line-requests.v1', ['company', 'code'], ['LineAsked'], 'Orders ask the catalogue.', { retentionDays: 90 }),
  resolvedLines: topic('resolved-lines.v1', order, ['LineResolved', 'LineUnknown'], 'The catalogue answers.', {
    retentionDays: 90,
  }),
  orders: topic(
    'orders.v1',
    order,
    ['OrderPlaced', 'OrderChanged', 'OrderCancelled', 'OrderReinstated', 'TenderReported', 'RefundReported'],
    'What channels say of orders.',
  ),
  payments: topic(
    'payments.v1',
    payment,
    [
      'PaymentExpected',
      'PaymentAuthorized',
      'PaymentCaptured',
      'PaymentFailed',
      'AuthorizationVoided',
      'RefundSucceeded',
      'RefundFailed',
      'DisputeOpened',
    ],
    'What gateways say of money, and which payments orders expect.',
  ),
  orderPayments: topic('order-payments.v1', order, ['PaymentApplied', 'RefundApplied'], 'Money applied to orders: totals.'),
  fulfilments: topic('fulfilments.v1', order, ['ShipmentDispatched'], 'Goods that left for customers.'),
  returns: topic('returns.v1', order, ['ReturnReceived'], 'Goods that came back.'),
  stockMovements: topic(
    'stock-movements.v1',
    product,
    ['StockBaselineSet', 'StockAdjusted', 'StockCounted', 'MovementConfirmed', 'ExternalHoldSet', 'StockLevelSeen'],
    'The ledger of what is on hand.',
  ),
  stockRequests: topic(
    'stock-requests.v1',
    product,
    ['ReservationSet', 'StockShipped', 'StockReturned'],
    'What orders want of stock.',
  ),
  reservations: topic(
    'reservations.v1',
    order,
    ['StockReserved', 'ReservationRefused', 'ReservationRevoked'],
    'What stock promises to orders.',
  ),
  orderDecisions: topic(
    'order-decisions.v1',
    order,
    [
      'OrderConfirmed',
      'OrderShort',
      'OrderWithdrawn',
      'PaymentAccepted',
      'ShipmentAccepted',
      'ReturnAccepted',
      'RefundAccepted',
      'OrderClosed',
    ],
    'What is decided of an order, whole: sinks read this.',
  ),
  stockDecisions: topic('stock-decisions.v1', product, ['StockCorrected'], 'Changes of stock that no order carries.'),
  journals: topic('journals.v1', ['company', 'journal'], ['JournalPrepared'], 'Balanced journals, ready to be booked once.'),
  availability: topic('availability.v1', product, ['AvailabilityComputed'], 'What may be promised now; for readers outside.', {
    table: true,
  }),
  exceptions: topic(
    'exceptions.v1',
    ['company', 'subject'],
    ['ExceptionRaised', 'ExceptionResolved', 'StockDriftFound'],
    'What a person must see.',
  ),
  orderOperations: topic(
    'order-operations.v1',
    order,
    ['OrderWithdrawRequested', 'OrderRetryRequested', 'OrderExceptionResolved'],
    'What a person decided of an order.',
  ),
  paymentOperations: topic('payment-operations.v1', payment, ['PaymentLinked'], 'What a person decided of a payment.'),
  stockOperations: topic('stock-operations.v1', product, ['HoldReleased'], 'What a person decided of stock.'),
  audit: topic(
    'audit.v1',
    ['operation'],
    ['OperationBegun', 'OperationEnded'],
    'Who acted by the console, why, and what came of it. No unit reads it.',
  ),
} as const satisfies Readonly<Record<string, Topic>>;

export const allTopics: readonly Topic[] = Object.values(topics);
/** The topic that a type of fact travels on. Raw deliveries have one per channel and name theirs. */
export const topicOf = (type: string): Topic | undefined => (type === 'DeliveryReceived' ? undefined : byFact.get(type));
const byFact = new Map(allTopics.flatMap(one => one.facts.map(type => [type, one] as const)));
