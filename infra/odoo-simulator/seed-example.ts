/** What a seed says, and the company of the examples. */

export interface SeedTax {
  /** External id, with its module. */
  readonly id: string;
  readonly name: string;
  readonly percent: string;
  readonly included: boolean;
}
export interface SeedProduct {
  readonly id?: string;
  readonly name: string;
  readonly defaultCode: string;
  readonly barcode?: string;
  readonly listPrice: string;
  /** External ids of taxes. */
  readonly taxes: readonly string[];
  /** Goods whose stock is counted, or a service (shipping, fees). */
  readonly service?: boolean;
  /** On hand by warehouse code. */
  readonly stock?: Readonly<Record<string, string>>;
}
export interface SeedUser {
  readonly login: string;
  readonly name: string;
  readonly password?: string;
  readonly apiKey?: string;
  readonly groups: readonly string[];
}
export interface Seed {
  readonly company: {
    readonly name: string;
    readonly currency: string;
    readonly country: string;
    readonly taxRounding: 'round_globally' | 'round_per_line';
  };
  /** Besides the company's own: each gets a pricelist, so that an order can be in it. */
  readonly currencies: readonly string[];
  readonly warehouses: readonly { readonly code: string; readonly name: string }[];
  readonly taxes: readonly SeedTax[];
  readonly products: readonly SeedProduct[];
  readonly users: readonly SeedUser[];
}

const everyone = [
  'Role / Administrator',
  'Sales / Administrator',
  'Inventory / Administrator',
  'Accounting / Administrator',
  'Products / Create',
  'Contact / Creation',
  'Access Rights',
];
const integration = [
  'Sales / User: All Documents',
  'Inventory / User',
  'Accounting / Invoicing',
  'Contact / Creation',
  'Role / User',
];

/** The company of the examples. The keys are made up and open nothing but a simulator. */
export const exampleSeed: Seed = {
  company: { name: 'My Company', currency: 'EUR', country: 'BE', taxRounding: 'round_globally' },
  currencies: ['USD', 'JPY'],
  warehouses: [
    { code: 'WH', name: 'My Company' },
    { code: 'WHE', name: 'Warehouse East' },
    { code: 'SHA', name: 'Shop A' },
  ],
  taxes: [21, 9, 0].flatMap(percent => [
    { id: `onhand.vat${String(percent)}_incl`, name: `VAT ${String(percent)}% incl`, percent: String(percent), included: true },
    { id: `onhand.vat${String(percent)}_excl`, name: `VAT ${String(percent)}% excl`, percent: String(percent), included: false },
  ]),
  products: [
    {
      name: 'Tee S',
      defaultCode: 'TEE-S',
      barcode: '4000000000011',
      listPrice: '20',
      taxes: ['onhand.vat21_excl'],
      stock: { WH: '100', WHE: '30' },
    },
    {
      name: 'Tee M',
      defaultCode: 'TEE-M',
      barcode: '4000000000028',
      listPrice: '20',
      taxes: ['onhand.vat21_excl'],
      stock: { WH: '100' },
    },
    {
      name: 'Mug',
      defaultCode: 'MUG',
      barcode: '4000000000035',
      listPrice: '12.1',
      taxes: ['onhand.vat21_incl'],
      stock: { WH: '50' },
    },
    {
      name: 'Book',
      defaultCode: 'BOOK',
      barcode: '4000000000042',
      listPrice: '10.9',
      taxes: ['onhand.vat9_incl'],
      stock: { WH: '20', SHA: '5' },
    },
    { name: 'Gift box', defaultCode: 'BOX', listPrice: '5', taxes: ['onhand.vat0_excl'], stock: { WH: '5' } },
    { name: 'Shipping', defaultCode: 'SHIP', listPrice: '5', taxes: ['onhand.vat21_excl'], service: true },
    { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.vat21_excl'], service: true },
  ],
  users: [
    { login: 'admin', name: 'Administrator', password: 'admin', apiKey: 'simulator-admin-key', groups: everyone },
    {
      login: 'integration@example.test',
      name: 'Onhand integration',
      apiKey: 'simulator-integration-key',
      groups: [...integration, 'Access Rights'],
    },
    { login: 'limited@example.test', name: 'Onhand without Access Rights', apiKey: 'simulator-limited-key', groups: integration },
  ],
};
