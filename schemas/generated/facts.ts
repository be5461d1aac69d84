/** Generated from the .avsc files by `make docs`; do not edit. */

import type { Fact, Sealed } from '../../runtime/model.ts';

/** What of a line is promised from where. */
export interface Allocation {
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** How much. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
}

/** What a line is made of. */
export interface Component {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** How much for the whole line. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
}

/** A name and what it was. */
export interface Detail {
  /** What is told. */
  readonly name: string;
  /** As the console would show it; no secret and no personal data. */
  readonly value: string;
}

/** One side of a journal. */
export interface JournalLine {
  /** By its name in the chart of accounts. */
  readonly account: string;
  /** Which side. */
  readonly side: 'debit' | 'credit';
  /** Always positive. Minor units. */
  readonly amountMinor: number;
  /** For people; no personal data. */
  readonly text: string;
  /** The id of the event that this line traces to. */
  readonly event: string;
}

/** A line of an order: what was agreed, in money and quantity. */
export interface Line {
  /** The channel's id of the order line. */
  readonly line: string;
  /** Goods move stock; shipping and fees do not. */
  readonly kind: 'goods' | 'shipping' | 'fee';
  /** What may name the product, in the order in which the catalogue is asked. */
  readonly codes: readonly string[];
  /** For people. */
  readonly description: string;
  /** How much. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** After discount, without tax. Minor units. */
  readonly netMinor: number;
  /** What was taken off, without tax. Minor units. */
  readonly discountMinor: number;
  /** Tax per code. */
  readonly taxes: readonly Tax[];
  /** Net and all taxes. Minor units. */
  readonly grossMinor: number;
  /** Whether the channel's price included tax. */
  readonly taxIncluded: boolean;
  /** As the channel shows it: information only. */
  readonly unitPrice: string | null;
}

/** One location of a product. */
export interface LocationStock {
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** On hand. Thousandths of the product's stock unit. */
  readonly onHandMilli: number;
  /** Promised by us. Thousandths of the product's stock unit. */
  readonly heldMilli: number;
  /** Held back in Odoo. Thousandths of the product's stock unit. */
  readonly externalMilli: number;
  /** Safety stock. Thousandths of the product's stock unit. */
  readonly safetyMilli: number;
  /** On hand less all of those; may be negative. Thousandths of the product's stock unit. */
  readonly availableMilli: number;
}

/** How much at one location. */
export interface Placement {
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** How much. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
}

/** What of a line is refunded. */
export interface RefundLine {
  /** The channel's id of the order line. */
  readonly line: string;
  /** How much comes back, 0 for money only. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** Without tax. Minor units. */
  readonly netMinor: number;
  /** Tax per code. */
  readonly taxes: readonly Tax[];
  /** Net and all taxes. Minor units. */
  readonly grossMinor: number;
}

/** A line with the components it was resolved to; frozen on the order. */
export interface ResolvedLine {
  /** The channel's id of the order line. */
  readonly line: string;
  /** Goods move stock; shipping and fees do not. */
  readonly kind: 'goods' | 'shipping' | 'fee';
  /** What may name the product. */
  readonly codes: readonly string[];
  /** For people. */
  readonly description: string;
  /** How much. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** After discount, without tax. Minor units. */
  readonly netMinor: number;
  /** What was taken off, without tax. Minor units. */
  readonly discountMinor: number;
  /** Tax per code. */
  readonly taxes: readonly Tax[];
  /** Net and all taxes. Minor units. */
  readonly grossMinor: number;
  /** Whether the channel's price included tax. */
  readonly taxIncluded: boolean;
  /** As the channel shows it: information only. */
  readonly unitPrice: string | null;
  /** What it is made of; empty for shipping and fees. */
  readonly components: readonly Component[];
}

/** What one shop may promise. */
export interface ShopStock {
  /** One installation of a channel. */
  readonly shop: string;
  /** Never below 0. Thousandths of the product's stock unit. */
  readonly availableMilli: number;
}

/** Tax of one line under one code. */
export interface Tax {
  /** The tax as the company file names it, mapped from the channel's rate. */
  readonly code: string;
  /** What is due under this code. Minor units. */
  readonly amountMinor: number;
}

/** A way of payment that the order names. */
export interface Tender {
  /** The channel's word for the method. */
  readonly tender: string;
  /** The gateway whose payment it is, when one is named. */
  readonly gateway: string | null;
  /** The gateway's reference. */
  readonly paymentReference: string | null;
  /** What it covers. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** The channel says it is paid: a claim, not money. */
  readonly reportedPaid: boolean;
}

/** A person is about to act by the console: written before the act, which is refused when this cannot be written. */
export interface OperationBegun {
  /** Names the act: an id of its own, of a replay the plan's. An act that goes on after an interrupt keeps it. */
  readonly operation: string;
  /** 1 when it was begun, higher each time it went on after an interrupt. */
  readonly attempt: number;
  /** The command: `parked skip`, `replay run`. */
  readonly action: string;
  /** What it acts on: a unit and key, an order, a customer's id. */
  readonly subject: string;
  /** Who decided: as stated by `--actor`, else the user. */
  readonly actor: string;
  /** The user of the operating system under which the command ran. */
  readonly user: string;
  /** Why, in the words of who decided. */
  readonly reason: string;
  /** The release of the console. */
  readonly release: string;
  /** When. Epoch ms UTC. */
  readonly startedAt: number;
  /** What the command was told. */
  readonly told: readonly Detail[];
  /** How it stood, as far as the act changes it. */
  readonly before: readonly Detail[];
}

/** What came of an act. One that was begun and has none was killed, or could not write it: look at what it acts on. */
export interface OperationEnded {
  /** Names the act: an id of its own, of a replay the plan's. An act that goes on after an interrupt keeps it. */
  readonly operation: string;
  /** 1 when it was begun, higher each time it went on after an interrupt. */
  readonly attempt: number;
  /** The command: `parked skip`, `replay run`. */
  readonly action: string;
  /** What it acts on: a unit and key, an order, a customer's id. */
  readonly subject: string;
  /** Who decided: as stated by `--actor`, else the user. */
  readonly actor: string;
  /** Whether it was done. */
  readonly outcome: 'done' | 'failed' | 'interrupted';
  /** In words; of a failure its code too. */
  readonly detail: string;
  /** When. Epoch ms UTC. */
  readonly endedAt: number;
  /** How it stands now, as far as the act changed it. */
  readonly after: readonly Detail[];
}

/** What each location and shop may promise now. */
export interface AvailabilityComputed {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Per location. */
  readonly locations: readonly LocationStock[];
  /** Per shop with a share; others may promise what is available. */
  readonly shops: readonly ShopStock[];
}

/** A code names these components. */
export interface CodeDefined {
  /** The legal entity with books. */
  readonly company: string;
  /** `listing:<shop>:<id>`, `sku:<sku>` or `barcode:<ean>`. */
  readonly code: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Per 1.000 of the listing. */
  readonly components: readonly Component[];
}

/** A code names nothing any more. */
export interface CodeWithdrawn {
  /** The legal entity with books. */
  readonly company: string;
  /** `listing:<shop>:<id>`, `sku:<sku>` or `barcode:<ean>`. */
  readonly code: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
}

/** What a person must see. */
export interface ExceptionRaised {
  /** The legal entity with books. */
  readonly company: string;
  /** What it is about: an order, a payment, a product. */
  readonly subject: string;
  /** Its id: kind and what makes it one of several of a subject. */
  readonly exception: string;
  /** What is the matter. */
  readonly kind:
    | 'line_unknown'
    | 'short'
    | 'payment_unmatched'
    | 'payment_after_expiry'
    | 'refund_unmatched'
    | 'overpaid'
    | 'underpaid'
    | 'refund_due'
    | 'shipment_early'
    | 'refund_early'
    | 'shipment_unexpected'
    | 'changed_after_shipment'
    | 'promise_broken';
  /** Since when. Epoch ms UTC. */
  readonly raisedAt: number;
  /** Money at stake. Minor units. */
  readonly amountMinor: number | null;
  /** Of the amount. */
  readonly currency: string | null;
  /** What to do, in words. */
  readonly nextAction: string;
  /** The facts, in words; no personal data. */
  readonly detail: string;
}

/** It is no longer so. */
export interface ExceptionResolved {
  /** The legal entity with books. */
  readonly company: string;
  /** What it is about: an order, a payment, a product. */
  readonly subject: string;
  /** Its id: kind and what makes it one of several of a subject. */
  readonly exception: string;
  /** What or who resolved it. */
  readonly by: string;
}

/** Odoo's level and ours differ by more than what is on its way. */
export interface StockDriftFound {
  /** The legal entity with books. */
  readonly company: string;
  /** What it is about: an order, a payment, a product. */
  readonly subject: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Ours, less what Odoo has not confirmed. Thousandths of the product's stock unit. */
  readonly oursMilli: number;
  /** Odoo's. Thousandths of the product's stock unit. */
  readonly theirsMilli: number;
  /** When. Epoch ms UTC. */
  readonly seenAt: number;
}

/** Goods left for the customer. */
export interface ShipmentDispatched {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Odoo's picking; one fact per picking and product. */
  readonly shipment: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** What left. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When. Epoch ms UTC. */
  readonly dispatchedAt: number;
}

/** What a channel sent, raw, before anything is made of it. */
export interface DeliveryReceived {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** What its facts will be about. */
  readonly aggregate: string;
  /** The channel called, or we asked. */
  readonly via: 'webhook' | 'poll';
  /** The channel's own word for what the body is. */
  readonly about: string;
  /** When it reached us. Epoch ms UTC. */
  readonly receivedAt: number;
  /** The body as received, under the key of its day. */
  readonly sealed: Sealed;
}

/** A balanced journal, ready to be booked once. */
export interface JournalPrepared {
  /** The legal entity with books. */
  readonly company: string;
  /** Its id: what it books and of what; unique. */
  readonly journal: string;
  /** Which book of the company. */
  readonly book: string;
  /** YYYY-MM-DD in the shop's zone; open when this was decided. */
  readonly businessDay: string;
  /** The day it happened; differs for a late fact. */
  readonly originalDay: string;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** For people; no personal data. */
  readonly description: string;
  /** Debits and credits, equal in sum. */
  readonly lines: readonly JournalLine[];
}

/** An order asks what a code names. */
export interface LineAsked {
  /** The legal entity with books. */
  readonly company: string;
  /** `listing:<shop>:<id>`, `sku:<sku>` or `barcode:<ean>`. */
  readonly code: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** Of the line. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
}

/** Nothing more is expected: shipped whole, or withdrawn and settled. */
export interface OrderClosed {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
}

/** The order stands: reserved, and paid or trusted. A change is a higher revision; whole each time. */
export interface OrderConfirmed {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** When the customer ordered. Epoch ms UTC. */
  readonly placedAt: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** Whose order. */
  readonly customer: string;
  /** Name, addresses, e-mail, phone. */
  readonly sealed: Sealed | null;
  /** All lines. */
  readonly lines: readonly ResolvedLine[];
  /** What the customer owes. Minor units. */
  readonly totalMinor: number;
  /** What is promised from where. */
  readonly allocations: readonly Allocation[];
  /** How it is paid. */
  readonly tenders: readonly Tender[];
  /** Held by gateways. Minor units. */
  readonly authorizedMinor: number;
  /** Taken. Minor units. */
  readonly capturedMinor: number;
}

/** Stock does not suffice; the shortage policy says what now. */
export interface OrderShort {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** What is held at this moment. */
  readonly lines: readonly Allocation[];
  /** What the policy says. */
  readonly action: 'withdraw' | 'person';
  /** What is missing. */
  readonly missing: readonly Component[];
}

/** We do not deliver this order. */
export interface OrderWithdrawn {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Why. */
  readonly reason: 'cancelled' | 'hold_expired' | 'short' | 'payment_failed';
  /** Systems may know it. */
  readonly wasConfirmed: boolean;
  /** What must go back. Minor units. */
  readonly capturedMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
}

/** Money of this order, when due: totals of one payment. */
export interface PaymentAccepted {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** Taken. Minor units. */
  readonly capturedMinor: number;
  /** Given back. Minor units. */
  readonly refundedMinor: number;
}

/** A refund of this order, when due: lines and taxes. */
export interface RefundAccepted {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** The shop's id, or the gateway's where the shop told none. */
  readonly refund: string;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** Positive. Minor units. */
  readonly amountMinor: number;
  /** What for; empty for money only. */
  readonly lines: readonly RefundLine[];
  /** When. Epoch ms UTC. */
  readonly refundedAt: number;
}

/** Goods of this order came back. */
export interface ReturnAccepted {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Odoo's picking. */
  readonly return: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** What came back. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When. Epoch ms UTC. */
  readonly receivedAt: number;
}

/** A dispatch of this order with its share of the money; the last one carries the rest. */
export interface ShipmentAccepted {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Odoo's picking; one fact per picking, product and location. `none` where nothing of the order can leave. */
  readonly shipment: string;
  /** What left: Odoo's product.product id; null where nothing can leave. */
  readonly product: string | null;
  /** From where, by its name in the authority file; null where nothing can leave. */
  readonly location: string | null;
  /** When. Epoch ms UTC. */
  readonly dispatchedAt: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** What left, with its share of net and taxes. */
  readonly lines: readonly RefundLine[];
  /** Nothing is left to ship. */
  readonly final: boolean;
}

/** A person resolved an exception of an order. */
export interface OrderExceptionResolved {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Its id: kind and what makes it one of several of a subject. */
  readonly exception: string;
  /** Who decided. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** A person decided to ask again for stock for an order. */
export interface OrderRetryRequested {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Who decided. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** A person decided to withdraw an order. */
export interface OrderWithdrawRequested {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Who decided. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** What one payment now amounts to for an order: totals, the highest revision counts. */
export interface PaymentApplied {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** Held and not voided. Minor units. */
  readonly authorizedMinor: number;
  /** Taken. Minor units. */
  readonly capturedMinor: number;
  /** Given back. Minor units. */
  readonly refundedMinor: number;
  /** Under dispute. Minor units. */
  readonly disputedMinor: number;
  /** The last attempt failed and nothing was captured. */
  readonly failed: boolean;
}

/** One refund of the gateway, counted for its order. */
export interface RefundApplied {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The gateway's id of the refund. */
  readonly refund: string;
  /** Positive. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** When. Epoch ms UTC. */
  readonly refundedAt: number;
}

/** The channel cancelled the order. */
export interface OrderCancelled {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Why. */
  readonly reason: 'customer' | 'payment_failed' | 'deleted' | 'unknown';
}

/** The order now reads like this: whole, never a difference. */
export interface OrderChanged {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** When the customer ordered. Epoch ms UTC. */
  readonly placedAt: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** `<shop>:c<id>`, or for a guest `<shop>:g<keyed hash of the e-mail>`. */
  readonly customer: string;
  /** Name, addresses, e-mail, phone. */
  readonly sealed: Sealed | null;
  /** All lines. */
  readonly lines: readonly Line[];
  /** What the customer owes. Minor units. */
  readonly totalMinor: number;
  /** How it is to be paid. */
  readonly tenders: readonly Tender[];
  /** The channel still waits for payment: the promise is for the hold time only. */
  readonly awaitsPayment: boolean;
}

/** A customer ordered. */
export interface OrderPlaced {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** When the customer ordered. Epoch ms UTC. */
  readonly placedAt: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** `<shop>:c<id>`, or for a guest `<shop>:g<keyed hash of the e-mail>`. */
  readonly customer: string;
  /** Name, addresses, e-mail, phone. */
  readonly sealed: Sealed | null;
  /** All lines. */
  readonly lines: readonly Line[];
  /** What the customer owes. Minor units. */
  readonly totalMinor: number;
  /** How it is to be paid. */
  readonly tenders: readonly Tender[];
  /** The channel still waits for payment: the promise is for the hold time only. */
  readonly awaitsPayment: boolean;
}

/** An order that was cancelled is wanted again; it now reads like this. */
export interface OrderReinstated {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** When the customer ordered. Epoch ms UTC. */
  readonly placedAt: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** `<shop>:c<id>`, or for a guest `<shop>:g<keyed hash of the e-mail>`. */
  readonly customer: string;
  /** Name, addresses, e-mail, phone. */
  readonly sealed: Sealed | null;
  /** All lines. */
  readonly lines: readonly Line[];
  /** What the customer owes. Minor units. */
  readonly totalMinor: number;
  /** How it is to be paid. */
  readonly tenders: readonly Tender[];
  /** The channel still waits for payment: the promise is for the hold time only. */
  readonly awaitsPayment: boolean;
}

/** The shop's side of a refund: lines and tax. The money is the gateway's to tell. */
export interface RefundReported {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The shop's id of the refund. */
  readonly refund: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** Positive: what goes back to the customer. Minor units. */
  readonly amountMinor: number;
  /** Positive; empty for money only. */
  readonly lines: readonly RefundLine[];
  /** The gateway that pays it back, when named. */
  readonly gateway: string | null;
  /** The gateway's id of the refund. */
  readonly gatewayRefund: string | null;
  /** False: the shop only recorded it. */
  readonly movesMoney: boolean;
  /** When. Epoch ms UTC. */
  readonly refundedAt: number;
}

/** What the channel says of the payment: a claim that names references, not money. */
export interface TenderReported {
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** All tenders. */
  readonly tenders: readonly Tender[];
}

/** A person decided which order a payment is for. */
export interface PaymentLinked {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Who decided. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** The hold on the money ended without a capture of the rest. */
export interface AuthorizationVoided {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** When. Epoch ms UTC. */
  readonly voidedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** The customer's bank took the money back for now. */
export interface DisputeOpened {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** The gateway's id. */
  readonly dispute: string;
  /** Positive. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** When. Epoch ms UTC. */
  readonly openedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** Money is held for us. */
export interface PaymentAuthorized {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** Held. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** When. Epoch ms UTC. */
  readonly authorizedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** Money was taken. */
export interface PaymentCaptured {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** The gateway's id of the capture; counted once. */
  readonly capture: string;
  /** Taken by this capture. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** The gateway's fee, 0 when not told yet. Minor units. */
  readonly feeMinor: number;
  /** When. Epoch ms UTC. */
  readonly capturedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** An order expects this payment. */
export interface PaymentExpected {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** What the order wants of it. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
}

/** An attempt failed; a later one may succeed. */
export interface PaymentFailed {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** The gateway's code. */
  readonly reason: string;
  /** When. Epoch ms UTC. */
  readonly failedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** A refund did not happen, or came back. */
export interface RefundFailed {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** The gateway's id of the refund. */
  readonly refund: string;
  /** Positive. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** When. Epoch ms UTC. */
  readonly failedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** Money went back. */
export interface RefundSucceeded {
  /** The legal entity with books. */
  readonly company: string;
  /** One account at a gateway, by its shop name; where a channel is the authority, the shop itself. */
  readonly gateway: string;
  /** The gateway's: for Stripe the PaymentIntent, else the charge. */
  readonly paymentReference: string;
  /** The order that the gateway's metadata names. */
  readonly orderHint: string | null;
  /** The gateway's id of the refund; counted once. */
  readonly refund: string;
  /** Positive. Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case; amounts are in its minor unit. */
  readonly currency: string;
  /** When. Epoch ms UTC. */
  readonly refundedAt: number;
  /** The gateway's order of events; ranks decide, not arrival. */
  readonly version: number;
}

/** Not enough: nothing more is held for this wish. */
export interface ReservationRefused {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Wanted. Thousandths of the product's stock unit. */
  readonly askedMilli: number;
  /** What the asked locations could promise. Thousandths of the product's stock unit. */
  readonly freeMilli: number;
  /** What each location could still promise afterwards. */
  readonly free: readonly Placement[];
}

/** A hold was taken back. */
export interface ReservationRevoked {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Still held. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** From where. */
  readonly placements: readonly Placement[];
  /** What took it. */
  readonly by: string;
  /** What each location could still promise afterwards. */
  readonly free: readonly Placement[];
}

/** This is now held for the line: absolute. */
export interface StockReserved {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Held in all. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** From where. */
  readonly placements: readonly Placement[];
  /** As asked. */
  readonly firm: boolean;
  /** What each location could still promise afterwards. */
  readonly free: readonly Placement[];
}

/** The answer: what the line is made of. */
export interface LineResolved {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** `listing:<shop>:<id>`, `sku:<sku>` or `barcode:<ean>`. */
  readonly code: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** For the whole line. */
  readonly components: readonly Component[];
}

/** No such code; the catalogue answers again when it is defined. */
export interface LineUnknown {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** `listing:<shop>:<id>`, `sku:<sku>` or `barcode:<ean>`. */
  readonly code: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
}

/** Goods came back. */
export interface ReturnReceived {
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Odoo's picking; `return:<id>` is the order where none is named. */
  readonly return: string;
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** What came back. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When. Epoch ms UTC. */
  readonly receivedAt: number;
}

/** A count differed from what was on hand at that time: the correction, a delta. */
export interface StockCorrected {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Up or down. Thousandths of the product's stock unit. */
  readonly deltaMilli: number;
  /** The author's id of the movement; counted once. */
  readonly reference: string;
  /** When it was counted. Epoch ms UTC. */
  readonly countedAt: number;
}

/** Demand in Odoo that is not ours holds this much back: absolute. */
export interface ExternalHoldSet {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** The author's id of the movement; counted once. */
  readonly reference: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** 0 releases. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
}

/** Odoo did what we had already counted. */
export interface MovementConfirmed {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Up or down. Thousandths of the product's stock unit. */
  readonly deltaMilli: number;
  /** The author's id of the movement; counted once. */
  readonly reference: string;
  /** What of ours caused it. */
  readonly claim: string;
  /** When. Epoch ms UTC. */
  readonly happenedAt: number;
}

/** On hand changed by this much. */
export interface StockAdjusted {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Up or down. Thousandths of the product's stock unit. */
  readonly deltaMilli: number;
  /** The author's id of the movement; counted once. */
  readonly reference: string;
  /** The author's words. */
  readonly reason: string;
  /** When. Epoch ms UTC. */
  readonly happenedAt: number;
}

/** The count from which the ledger of this product and location starts; there is one. */
export interface StockBaselineSet {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** On hand then. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** As of when. Epoch ms UTC. */
  readonly takenAt: number;
  /** Who says so. */
  readonly source: string;
}

/** A person counted; compared with what was on hand at that time. */
export interface StockCounted {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Found. Thousandths of the product's stock unit. */
  readonly countedMilli: number;
  /** When it was counted. Epoch ms UTC. */
  readonly countedAt: number;
  /** The author's id of the movement; counted once. */
  readonly reference: string;
}

/** Evidence: what Odoo says is there. Never changes a figure. */
export interface StockLevelSeen {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** Seen. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When. Epoch ms UTC. */
  readonly seenAt: number;
}

/** A person released a hold. */
export interface HoldReleased {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Who decided. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** The absolute wish of an order line: what it wants held, from where. 0 releases. */
export interface ReservationSet {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** The legal entity with books. */
  readonly company: string;
  /** One installation of a channel. */
  readonly shop: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The channel's id of the order line. */
  readonly line: string;
  /** The product within a line: a kit has several. */
  readonly component: string;
  /** Absolute: the highest counts, a lower one is ignored. */
  readonly revision: number;
  /** Wanted in all. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** In order of priority; stock fills in this order. */
  readonly locations: readonly string[];
  /** Paid or authorized: never revoked for another. */
  readonly firm: boolean;
  /** Promised elsewhere already: held even below zero. */
  readonly mustAccept: boolean;
}

/** Goods came back to stock. */
export interface StockReturned {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** Odoo's picking; counted once. */
  readonly return: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** What came back. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When they came: on hand at the time of a count or a level is known by it. Epoch ms UTC. */
  readonly receivedAt: number;
}

/** Goods left: lowers on hand and hold in one. */
export interface StockShipped {
  /** Who owns the stock: a company or a shared warehouse. */
  readonly owner: string;
  /** Odoo's product.product id; the SKU is an attribute, never an id. */
  readonly product: string;
  /** The legal entity with books. */
  readonly company: string;
  /** `<shop>:<the channel's id>`. */
  readonly order: string;
  /** The line, when known. */
  readonly line: string | null;
  /** Odoo's picking; one fact per picking and product. */
  readonly shipment: string;
  /** Where it is, by its name in the authority file. */
  readonly location: string;
  /** What left. Thousandths of the product's stock unit. */
  readonly quantityMilli: number;
  /** When they left: on hand at the time of a count or a level is known by it. Epoch ms UTC. */
  readonly dispatchedAt: number;
}

/** Every fact there is. */
export type AnyFact =
  | Fact<'OperationBegun', OperationBegun>
  | Fact<'OperationEnded', OperationEnded>
  | Fact<'AvailabilityComputed', AvailabilityComputed>
  | Fact<'CodeDefined', CodeDefined>
  | Fact<'CodeWithdrawn', CodeWithdrawn>
  | Fact<'ExceptionRaised', ExceptionRaised>
  | Fact<'ExceptionResolved', ExceptionResolved>
  | Fact<'StockDriftFound', StockDriftFound>
  | Fact<'ShipmentDispatched', ShipmentDispatched>
  | Fact<'DeliveryReceived', DeliveryReceived>
  | Fact<'JournalPrepared', JournalPrepared>
  | Fact<'LineAsked', LineAsked>
  | Fact<'OrderClosed', OrderClosed>
  | Fact<'OrderConfirmed', OrderConfirmed>
  | Fact<'OrderShort', OrderShort>
  | Fact<'OrderWithdrawn', OrderWithdrawn>
  | Fact<'PaymentAccepted', PaymentAccepted>
  | Fact<'RefundAccepted', RefundAccepted>
  | Fact<'ReturnAccepted', ReturnAccepted>
  | Fact<'ShipmentAccepted', ShipmentAccepted>
  | Fact<'OrderExceptionResolved', OrderExceptionResolved>
  | Fact<'OrderRetryRequested', OrderRetryRequested>
  | Fact<'OrderWithdrawRequested', OrderWithdrawRequested>
  | Fact<'PaymentApplied', PaymentApplied>
  | Fact<'RefundApplied', RefundApplied>
  | Fact<'OrderCancelled', OrderCancelled>
  | Fact<'OrderChanged', OrderChanged>
  | Fact<'OrderPlaced', OrderPlaced>
  | Fact<'OrderReinstated', OrderReinstated>
  | Fact<'RefundReported', RefundReported>
  | Fact<'TenderReported', TenderReported>
  | Fact<'PaymentLinked', PaymentLinked>
  | Fact<'AuthorizationVoided', AuthorizationVoided>
  | Fact<'DisputeOpened', DisputeOpened>
  | Fact<'PaymentAuthorized', PaymentAuthorized>
  | Fact<'PaymentCaptured', PaymentCaptured>
  | Fact<'PaymentExpected', PaymentExpected>
  | Fact<'PaymentFailed', PaymentFailed>
  | Fact<'RefundFailed', RefundFailed>
  | Fact<'RefundSucceeded', RefundSucceeded>
  | Fact<'ReservationRefused', ReservationRefused>
  | Fact<'ReservationRevoked', ReservationRevoked>
  | Fact<'StockReserved', StockReserved>
  | Fact<'LineResolved', LineResolved>
  | Fact<'LineUnknown', LineUnknown>
  | Fact<'ReturnReceived', ReturnReceived>
  | Fact<'StockCorrected', StockCorrected>
  | Fact<'ExternalHoldSet', ExternalHoldSet>
  | Fact<'MovementConfirmed', MovementConfirmed>
  | Fact<'StockAdjusted', StockAdjusted>
  | Fact<'StockBaselineSet', StockBaselineSet>
  | Fact<'StockCounted', StockCounted>
  | Fact<'StockLevelSeen', StockLevelSeen>
  | Fact<'HoldReleased', HoldReleased>
  | Fact<'ReservationSet', ReservationSet>
  | Fact<'StockReturned', StockReturned>
  | Fact<'StockShipped', StockShipped>;

/** The facts of a topic, or of several. */
export type FactsOn<T extends { readonly facts: readonly string[] }> = Extract<AnyFact, { readonly type: T['facts'][number] }>;

/** A person is about to act by the console: written before the act, which is refused when this cannot be written. */
export const operationBegun = (data: OperationBegun): Fact<'OperationBegun', OperationBegun> => ({
  type: 'OperationBegun',
  data,
});

/** What came of an act. One that was begun and has none was killed, or could not write it: look at what it acts on. */
export const operationEnded = (data: OperationEnded): Fact<'OperationEnded', OperationEnded> => ({
  type: 'OperationEnded',
  data,
});

/** What each location and shop may promise now. */
export const availabilityComputed = (data: AvailabilityComputed): Fact<'AvailabilityComputed', AvailabilityComputed> => ({
  type: 'AvailabilityComputed',
  data,
});

/** A code names these components. */
export const codeDefined = (data: CodeDefined): Fact<'CodeDefined', CodeDefined> => ({ type: 'CodeDefined', data });

/** A code names nothing any more. */
export const codeWithdrawn = (data: CodeWithdrawn): Fact<'CodeWithdrawn', CodeWithdrawn> => ({ type: 'CodeWithdrawn', data });

/** What a person must see. */
export const exceptionRaised = (data: ExceptionRaised): Fact<'ExceptionRaised', ExceptionRaised> => ({
  type: 'ExceptionRaised',
  data,
});

/** It is no longer so. */
export const exceptionResolved = (data: ExceptionResolved): Fact<'ExceptionResolved', ExceptionResolved> => ({
  type: 'ExceptionResolved',
  data,
});

/** Odoo's level and ours differ by more than what is on its way. */
export const stockDriftFound = (data: StockDriftFound): Fact<'StockDriftFound', StockDriftFound> => ({
  type: 'StockDriftFound',
  data,
});

/** Goods left for the customer. */
export const shipmentDispatched = (data: ShipmentDispatched): Fact<'ShipmentDispatched', ShipmentDispatched> => ({
  type: 'ShipmentDispatched',
  data,
});

/** What a channel sent, raw, before anything is made of it. */
export const deliveryReceived = (data: DeliveryReceived): Fact<'DeliveryReceived', DeliveryReceived> => ({
  type: 'DeliveryReceived',
  data,
});

/** A balanced journal, ready to be booked once. */
export const journalPrepared = (data: JournalPrepared): Fact<'JournalPrepared', JournalPrepared> => ({
  type: 'JournalPrepared',
  data,
});

/** An order asks what a code names. */
export const lineAsked = (data: LineAsked): Fact<'LineAsked', LineAsked> => ({ type: 'LineAsked', data });

/** Nothing more is expected: shipped whole, or withdrawn and settled. */
export const orderClosed = (data: OrderClosed): Fact<'OrderClosed', OrderClosed> => ({ type: 'OrderClosed', data });

/** The order stands: reserved, and paid or trusted. A change is a higher revision; whole each time. */
export const orderConfirmed = (data: OrderConfirmed): Fact<'OrderConfirmed', OrderConfirmed> => ({
  type: 'OrderConfirmed',
  data,
});

/** Stock does not suffice; the shortage policy says what now. */
export const orderShort = (data: OrderShort): Fact<'OrderShort', OrderShort> => ({ type: 'OrderShort', data });

/** We do not deliver this order. */
export const orderWithdrawn = (data: OrderWithdrawn): Fact<'OrderWithdrawn', OrderWithdrawn> => ({
  type: 'OrderWithdrawn',
  data,
});

/** Money of this order, when due: totals of one payment. */
export const paymentAccepted = (data: PaymentAccepted): Fact<'PaymentAccepted', PaymentAccepted> => ({
  type: 'PaymentAccepted',
  data,
});

/** A refund of this order, when due: lines and taxes. */
export const refundAccepted = (data: RefundAccepted): Fact<'RefundAccepted', RefundAccepted> => ({
  type: 'RefundAccepted',
  data,
});

/** Goods of this order came back. */
export const returnAccepted = (data: ReturnAccepted): Fact<'ReturnAccepted', ReturnAccepted> => ({
  type: 'ReturnAccepted',
  data,
});

/** A dispatch of this order with its share of the money; the last one carries the rest. */
export const shipmentAccepted = (data: ShipmentAccepted): Fact<'ShipmentAccepted', ShipmentAccepted> => ({
  type: 'ShipmentAccepted',
  data,
});

/** A person resolved an exception of an order. */
export const orderExceptionResolved = (data: OrderExceptionResolved): Fact<'OrderExceptionResolved', OrderExceptionResolved> => ({
  type: 'OrderExceptionResolved',
  data,
});

/** A person decided to ask again for stock for an order. */
export const orderRetryRequested = (data: OrderRetryRequested): Fact<'OrderRetryRequested', OrderRetryRequested> => ({
  type: 'OrderRetryRequested',
  data,
});

/** A person decided to withdraw an order. */
export const orderWithdrawRequested = (data: OrderWithdrawRequested): Fact<'OrderWithdrawRequested', OrderWithdrawRequested> => ({
  type: 'OrderWithdrawRequested',
  data,
});

/** What one payment now amounts to for an order: totals, the highest revision counts. */
export const paymentApplied = (data: PaymentApplied): Fact<'PaymentApplied', PaymentApplied> => ({
  type: 'PaymentApplied',
  data,
});

/** One refund of the gateway, counted for its order. */
export const refundApplied = (data: RefundApplied): Fact<'RefundApplied', RefundApplied> => ({ type: 'RefundApplied', data });

/** The channel cancelled the order. */
export const orderCancelled = (data: OrderCancelled): Fact<'OrderCancelled', OrderCancelled> => ({
  type: 'OrderCancelled',
  data,
});

/** The order now reads like this: whole, never a difference. */
export const orderChanged = (data: OrderChanged): Fact<'OrderChanged', OrderChanged> => ({ type: 'OrderChanged', data });

/** A customer ordered. */
export const orderPlaced = (data: OrderPlaced): Fact<'OrderPlaced', OrderPlaced> => ({ type: 'OrderPlaced', data });

/** An order that was cancelled is wanted again; it now reads like this. */
export const orderReinstated = (data: OrderReinstated): Fact<'OrderReinstated', OrderReinstated> => ({
  type: 'OrderReinstated',
  data,
});

/** The shop's side of a refund: lines and tax. The money is the gateway's to tell. */
export const refundReported = (data: RefundReported): Fact<'RefundReported', RefundReported> => ({
  type: 'RefundReported',
  data,
});

/** What the channel says of the payment: a claim that names references, not money. */
export const tenderReported = (data: TenderReported): Fact<'TenderReported', TenderReported> => ({
  type: 'TenderReported',
  data,
});

/** A person decided which order a payment is for. */
export const paymentLinked = (data: PaymentLinked): Fact<'PaymentLinked', PaymentLinked> => ({ type: 'PaymentLinked', data });

/** The hold on the money ended without a capture of the rest. */
export const authorizationVoided = (data: AuthorizationVoided): Fact<'AuthorizationVoided', AuthorizationVoided> => ({
  type: 'AuthorizationVoided',
  data,
});

/** The customer's bank took the money back for now. */
export const disputeOpened = (data: DisputeOpened): Fact<'DisputeOpened', DisputeOpened> => ({ type: 'DisputeOpened', data });

/** Money is held for us. */
export const paymentAuthorized = (data: PaymentAuthorized): Fact<'PaymentAuthorized', PaymentAuthorized> => ({
  type: 'PaymentAuthorized',
  data,
});

/** Money was taken. */
export const paymentCaptured = (data: PaymentCaptured): Fact<'PaymentCaptured', PaymentCaptured> => ({
  type: 'PaymentCaptured',
  data,
});

/** An order expects this payment. */
export const paymentExpected = (data: PaymentExpected): Fact<'PaymentExpected', PaymentExpected> => ({
  type: 'PaymentExpected',
  data,
});

/** An attempt failed; a later one may succeed. */
export const paymentFailed = (data: PaymentFailed): Fact<'PaymentFailed', PaymentFailed> => ({ type: 'PaymentFailed', data });

/** A refund did not happen, or came back. */
export const refundFailed = (data: RefundFailed): Fact<'RefundFailed', RefundFailed> => ({ type: 'RefundFailed', data });

/** Money went back. */
export const refundSucceeded = (data: RefundSucceeded): Fact<'RefundSucceeded', RefundSucceeded> => ({
  type: 'RefundSucceeded',
  data,
});

/** Not enough: nothing more is held for this wish. */
export const reservationRefused = (data: ReservationRefused): Fact<'ReservationRefused', ReservationRefused> => ({
  type: 'ReservationRefused',
  data,
});

/** A hold was taken back. */
export const reservationRevoked = (data: ReservationRevoked): Fact<'ReservationRevoked', ReservationRevoked> => ({
  type: 'ReservationRevoked',
  data,
});

/** This is now held for the line: absolute. */
export const stockReserved = (data: StockReserved): Fact<'StockReserved', StockReserved> => ({ type: 'StockReserved', data });

/** The answer: what the line is made of. */
export const lineResolved = (data: LineResolved): Fact<'LineResolved', LineResolved> => ({ type: 'LineResolved', data });

/** No such code; the catalogue answers again when it is defined. */
export const lineUnknown = (data: LineUnknown): Fact<'LineUnknown', LineUnknown> => ({ type: 'LineUnknown', data });

/** Goods came back. */
export const returnReceived = (data: ReturnReceived): Fact<'ReturnReceived', ReturnReceived> => ({
  type: 'ReturnReceived',
  data,
});

/** A count differed from what was on hand at that time: the correction, a delta. */
export const stockCorrected = (data: StockCorrected): Fact<'StockCorrected', StockCorrected> => ({
  type: 'StockCorrected',
  data,
});

/** Demand in Odoo that is not ours holds this much back: absolute. */
export const externalHoldSet = (data: ExternalHoldSet): Fact<'ExternalHoldSet', ExternalHoldSet> => ({
  type: 'ExternalHoldSet',
  data,
});

/** Odoo did what we had already counted. */
export const movementConfirmed = (data: MovementConfirmed): Fact<'MovementConfirmed', MovementConfirmed> => ({
  type: 'MovementConfirmed',
  data,
});

/** On hand changed by this much. */
export const stockAdjusted = (data: StockAdjusted): Fact<'StockAdjusted', StockAdjusted> => ({ type: 'StockAdjusted', data });

/** The count from which the ledger of this product and location starts; there is one. */
export const stockBaselineSet = (data: StockBaselineSet): Fact<'StockBaselineSet', StockBaselineSet> => ({
  type: 'StockBaselineSet',
  data,
});

/** A person counted; compared with what was on hand at that time. */
export const stockCounted = (data: StockCounted): Fact<'StockCounted', StockCounted> => ({ type: 'StockCounted', data });

/** Evidence: what Odoo says is there. Never changes a figure. */
export const stockLevelSeen = (data: StockLevelSeen): Fact<'StockLevelSeen', StockLevelSeen> => ({
  type: 'StockLevelSeen',
  data,
});

/** A person released a hold. */
export const holdReleased = (data: HoldReleased): Fact<'HoldReleased', HoldReleased> => ({ type: 'HoldReleased', data });

/** The absolute wish of an order line: what it wants held, from where. 0 releases. */
export const reservationSet = (data: ReservationSet): Fact<'ReservationSet', ReservationSet> => ({
  type: 'ReservationSet',
  data,
});

/** Goods came back to stock. */
export const stockReturned = (data: StockReturned): Fact<'StockReturned', StockReturned> => ({ type: 'StockReturned', data });

/** Goods left: lowers on hand and hold in one. */
export const stockShipped = (data: StockShipped): Fact<'StockShipped', StockShipped> => ({ type: 'StockShipped', data });
