/** Traffic in the shape that channels send: signed webhooks of WooCommerce shops and of Stripe. For the demo and for tests of processes. */
import { createHmac } from 'node:crypto';

export interface TrafficLine {
  readonly sku: string;
  readonly quantity: number;
  /** Net of the whole line in minor units; a multiple of 100, so that 21 % of it is whole. */
  readonly netMinor: number;
}
export interface TrafficOrder {
  readonly id: number;
  readonly status: 'checkout-draft' | 'pending' | 'on-hold' | 'processing' | 'completed' | 'cancelled' | 'failed' | 'refunded';
  /** Epoch ms UTC; whole seconds, as WooCommerce writes them. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly lines: readonly TrafficLine[];
  readonly shippingMinor?: number;
  readonly method?: 'stripe' | 'bacs' | 'cod';
  /** Stripe's PaymentIntent. */
  readonly intent?: string;
  readonly paid?: boolean;
  /** The shop's rate id of 21 %. */
  readonly rate: number;
  /** Which of the synthetic customers. */
  readonly customer: number;
}
const text = (minor: number): string =>
  `${minor < 0 ? '-' : ''}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`;
const gmt = (at: number): string => new Date(at).toISOString().slice(0, 19);
const taxOf = (netMinor: number): number => (netMinor * 21) / 100;

export const totalOf = (order: TrafficOrder): number => {
  const net = order.lines.reduce((sum, line) => sum + line.netMinor, 0) + (order.shippingMinor ?? 0);
  return net + taxOf(net);
};
/** An order as WooCommerce's REST API and webhooks give it. */
export const wooOrder = (order: TrafficOrder): object => {
  const shipping = order.shippingMinor ?? 0;
  const goods = order.lines.reduce((sum, line) => sum + line.netMinor, 0);
  const taxes = (net: number) => [{ id: order.rate, total: text(taxOf(net)), subtotal: text(taxOf(net)) }];
  const address = {
    first_name: 'Sample',
    last_name: `Buyer ${order.customer}`,
    company: '',
    address_1: `Voorbeeldstraat ${order.customer}`,
    address_2: '',
    city: 'Utrecht',
    state: '',
    postcode: '3511 AA',
    country: 'NL',
  };
  return {
    id: order.id,
    parent_id: 0,
    number: String(order.id),
    order_key: `wc_order_${order.id}`,
    created_via: 'checkout',
    version: '10.2.0',
    status: order.status,
    currency: 'EUR',
    date_created: gmt(order.createdAt),
    date_created_gmt: gmt(order.createdAt),
    date_modified: gmt(order.modifiedAt),
    date_modified_gmt: gmt(order.modifiedAt),
    discount_total: '0.00',
    discount_tax: '0.00',
    shipping_total: text(shipping),
    shipping_tax: text(taxOf(shipping)),
    cart_tax: text(taxOf(goods)),
    total: text(totalOf(order)),
    total_tax: text(taxOf(goods + shipping)),
    prices_include_tax: false,
    customer_id: order.customer,
    customer_ip_address: '203.0.113.10',
    customer_user_agent: '',
    customer_note: '',
    billing: { ...address, email: `buyer${order.customer}@example.test`, phone: '' },
    shipping: address,
    payment_method: order.method ?? 'stripe',
    payment_method_title: 'Payment',
    transaction_id: order.intent ?? '',
    date_paid: order.paid === true ? gmt(order.modifiedAt) : null,
    date_paid_gmt: order.paid === true ? gmt(order.modifiedAt) : null,
    date_completed: null,
    date_completed_gmt: null,
    cart_hash: '0',
    meta_data: order.intent === undefined ? [] : [{ id: 1, key: '_stripe_intent_id', value: order.intent }],
    line_items: order.lines.map((line, i) => ({
      id: order.id * 10 + i,
      name: `Sample ${line.sku}`,
      product_id: 1000 + i,
      variation_id: 0,
      quantity: line.quantity,
      tax_class: '',
      subtotal: text(line.netMinor),
      subtotal_tax: text(taxOf(line.netMinor)),
      total: text(line.netMinor),
      total_tax: text(taxOf(line.netMinor)),
      taxes: taxes(line.netMinor),
      meta_data: [],
      sku: line.sku,
      price: line.netMinor / 100 / line.quantity,
    })),
    tax_lines: [
      {
        id: 1,
        rate_code: 'NL-21',
        rate_id: order.rate,
        label: 'VAT',
        compound: false,
        tax_total: text(taxOf(goods)),
        shipping_tax_total: text(taxOf(shipping)),
        meta_data: [],
      },
    ],
    shipping_lines:
      shipping === 0
        ? []
        : [
            {
              id: order.id * 10 + 9,
              method_title: 'Parcel',
              method_id: 'flat_rate',
              total: text(shipping),
              total_tax: text(taxOf(shipping)),
              taxes: taxes(shipping),
              meta_data: [],
            },
          ],
    fee_lines: [],
    coupon_lines: [],
    refunds: [],
  };
};

export interface TrafficPayment {
  readonly intent: string;
  readonly amountMinor: number;
  /** Epoch ms UTC. */
  readonly at: number;
  readonly kind: 'captured' | 'failed' | 'refunded';
}
const seconds = (at: number): number => Math.floor(at / 1000);
/** An event as Stripe delivers it. */
export const stripeEvent = ({ intent, amountMinor, at, kind }: TrafficPayment): object => {
  const charge = {
    id: intent.replace('pi_', 'ch_'),
    object: 'charge',
    amount: amountMinor,
    amount_captured: amountMinor,
    amount_refunded: 0,
    balance_transaction: null,
    captured: true,
    created: seconds(at),
    currency: 'eur',
    disputed: false,
    livemode: false,
    metadata: {},
    paid: true,
    payment_intent: intent,
    refunded: false,
    status: 'succeeded',
  };
  const failed = {
    id: intent,
    object: 'payment_intent',
    amount: amountMinor,
    amount_capturable: 0,
    amount_received: 0,
    capture_method: 'automatic',
    created: seconds(at),
    currency: 'eur',
    last_payment_error: { code: 'card_declined' },
    latest_charge: null,
    livemode: false,
    metadata: {},
    status: 'requires_payment_method',
  };
  const refund = {
    id: intent.replace('pi_', 're_'),
    object: 'refund',
    amount: amountMinor,
    balance_transaction: null,
    charge: charge.id,
    created: seconds(at),
    currency: 'eur',
    metadata: {},
    payment_intent: intent,
    status: 'succeeded',
  };
  const [type, object] =
    kind === 'captured'
      ? ['charge.succeeded', charge]
      : kind === 'failed'
        ? ['payment_intent.payment_failed', failed]
        : ['refund.created', refund];
  return {
    id: `evt_${kind}_${intent}`,
    object: 'event',
    api_version: '2024-06-20',
    created: seconds(at),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
};

export interface Post {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
export const wooPost = (shop: string, secret: string, body: object, topic = 'order.updated'): Post => {
  const text = JSON.stringify(body);
  return {
    path: `/hooks/woocommerce/${shop}`,
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-resource': topic.split('.')[0]!,
      'x-wc-webhook-event': topic.split('.')[1]!,
      'x-wc-webhook-id': '1',
      'x-wc-webhook-signature': createHmac('sha256', secret).update(text).digest('base64'),
      'x-wc-webhook-source': `https://${shop}.acme.example/`,
    },
  };
};
export const stripePost = (account: string, secret: string, body: object, now: number): Post => {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', secret)
    .update(`${seconds(now)}.${text}`)
    .digest('hex');
  return {
    path: `/hooks/stripe/${account}`,
    body: text,
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${seconds(now)},v1=${signature}` },
  };
};
/** Answers the status; 0 when nothing answered. */
export const send = async (base: string, post: Post): Promise<number> => {
  try {
    const response = await fetch(base + post.path, {
      method: 'POST',
      body: post.body,
      headers: { ...post.headers },
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};
