/** A company for rules' tests: two web shops, a gateway, two locations. Tests that need another spread over it. */
import type { CompanyPolicy, Policy } from '../../schemas/policy.ts';
import type { Shop } from '../../runtime/model.ts';

const shop = (name: string, channel: string, options: Readonly<Record<string, unknown>> = {}): Shop => ({
  shop: name,
  channel,
  company: 'acme',
  url: `http://127.0.0.1:1/${name}`,
  timeZone: 'Europe/Amsterdam',
  options,
});

export const acme: CompanyPolicy = {
  company: 'acme',
  currency: 'EUR',
  timeZone: 'Europe/Amsterdam',
  authority: {
    locations: {
      main: { owner: 'acme', author: 'odoo', odooLocation: 'WH/Stock', odooWarehouse: 'WH' },
      store: { owner: 'acme', author: 'odoo', odooLocation: 'SH/Stock', odooWarehouse: 'SH' },
    },
    // Card payments are the gateway's to tell; bank transfer and gift cards the shop's own; cash on delivery nobody's beforehand.
    tenders: { web: { stripe: 'stripe', bacs: 'web' }, outlet: { stripe: 'stripe', bacs: 'outlet' } },
  },
  orders: {
    holdMinutes: { default: 15, bacs: 4320 },
    sourcing: { default: ['main', 'store'] },
    shortage: { default: 'withdraw', outlet: 'person' },
    earlyMinutes: 1440,
  },
  stock: { safetyMilli: { default: 0 }, sharePercent: {}, driftToleranceMilli: 0 },
  books: {
    book: 'journals',
    closedThrough: '2026-09-30',
    accounts: {
      clearing: '1100',
      'clearing:stripe': '1110',
      deposits: '1700',
      revenue: '8000',
      shippingRevenue: '8100',
      tax: '1500',
      'tax:nl21': '1521',
      'tax:nl9': '1509',
      returns: '8090',
      refundsPayable: '1710',
      fees: '4500',
      disputes: '1150',
      bank: '1000',
      rounding: '4990',
    },
  },
  odoo: {
    companyId: 1,
    shippingProduct: 'SHIP',
    feeProduct: 'FEE',
    taxes: {
      nl21: { excluded: '21% S', included: '21% S incl' },
      nl9: { excluded: '9% S', included: '9% S incl' },
      nl0: { excluded: '0% S', included: '0% S incl' },
    },
    roundingMinor: 1,
  },
};
export const policy: Policy = {
  hash: 'test-policy',
  companies: { acme },
  shops: {
    web: shop('web', 'woocommerce', { taxes: { '75': 'nl21', '76': 'nl9' }, restockRefunds: false }),
    outlet: shop('outlet', 'woocommerce', { taxes: { '1': 'nl21', '2': 'nl9' } }),
    stripe: shop('stripe', 'stripe'),
    odoo: shop('odoo', 'odoo'),
  },
};
/** The test company with parts replaced. */
export const policyWith = (part: Partial<CompanyPolicy>): Policy => ({ ...policy, companies: { acme: { ...acme, ...part } } });
