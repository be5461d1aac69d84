/** All units there are. A unit that is not here does not run, is not drawn, and keeps no law. */
import { catalogue } from '../processors/catalogue/index.ts';
import { orderBooks } from '../processors/order-books/index.ts';
import { orders } from '../processors/orders/index.ts';
import { paymentBooks } from '../processors/payment-books/index.ts';
import { payments } from '../processors/payments/index.ts';
import { stock } from '../processors/stock/index.ts';
import { odoo as odooProducer } from '../producers/odoo/index.ts';
import { stripe } from '../producers/stripe/index.ts';
import { woocommerce } from '../producers/woocommerce/index.ts';
import { ledger } from '../sinks/ledger/index.ts';
import { odoo } from '../sinks/odoo/index.ts';
import type { Unit } from './topology.ts';

/** In flow order. */
export const units: readonly Unit[] = [
  ...[woocommerce, stripe, odooProducer].map(unit => ({ kind: 'producer', unit }) as const),
  ...[catalogue, orders, stock, payments, orderBooks, paymentBooks].map(unit => ({ kind: 'processor', unit }) as const),
  { kind: 'sink', unit: odoo },
  { kind: 'sink', unit: ledger },
];
