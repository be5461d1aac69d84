/** Sales taxes in percent, and the pricelists that give an order its currency. */
import { notCovered, validationError } from '../errors.ts';
import { behind, nameOf, rowOf } from '../orm/fields.ts';
import { boolean, char, float, html, integer, many2one, selection, type Env, type Model } from '../orm/model.ts';
import type { Tax } from '../sale/amounts.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { theCompany } from './base.ts';

const isIncluded = (env: Env, row: Row): boolean => {
  const own = textOf(row, 'price_include_override');
  return (own || textOf(theCompany(env), 'account_price_include')) === 'tax_included';
};

export const taxOf = (env: Env, id: number): Tax => {
  const row = rowOf(env, 'account.tax', id);
  return { id, sequence: refOf(row, 'sequence') ?? 0, percent: exactOf(row, 'amount'), included: isIncluded(env, row) };
};

export const tax: Model = {
  name: 'account.tax',
  label: 'Tax',
  order: 'sequence,id',
  firstId: 301,
  fields: {
    name: char('Tax Name', { required: true }),
    amount: float('Amount', { digits: 4, required: true }),
    amount_type: selection(
      'Tax Computation',
      [
        ['group', 'Group of Taxes'],
        ['fixed', 'Fixed'],
        ['percent', 'Percentage'],
        ['division', 'Percentage Tax Included'],
      ],
      { required: true },
    ),
    type_tax_use: selection(
      'Tax Type',
      [
        ['sale', 'Sales'],
        ['purchase', 'Purchases'],
        ['none', 'None'],
      ],
      { required: true },
    ),
    price_include_override: selection('Included in Price', [
      ['tax_included', 'Tax Included'],
      ['tax_excluded', 'Tax Excluded'],
    ]),
    price_include: boolean('Price Include', { compute: isIncluded }),
    include_base_amount: boolean('Affect Base of Subsequent Taxes'),
    is_base_affected: boolean('Base Affected by Previous Taxes'),
    sequence: integer('Sequence', { required: true }),
    active: boolean('Active'),
    description: html('Description'),
    invoice_label: char('Label on Invoices'),
    company_id: many2one('Company', 'res.company', { required: true, kind: 'guarded' }),
    country_id: many2one('Country', 'res.country', { kind: 'guarded' }),
  },
  display: (_env, row) => nameOf(row),
  prepare: (env, given) => ({
    amount_type: 'percent',
    type_tax_use: 'sale',
    is_base_affected: true,
    sequence: 1,
    active: true,
    company_id: idOf(theCompany(env)),
    country_id: refOf(theCompany(env), 'country_id'),
    ...given,
  }),
  check: (env, row) => {
    if (row['amount_type'] !== 'percent') throw notCovered(`taxes of type ${textOf(row, 'amount_type')}`);
    if (flagOf(row, 'include_base_amount')) throw notCovered('taxes that change the base of the next ones (include_base_amount)');
    const twin = [...env.tx.all('account.tax')].some(
      other => idOf(other) !== idOf(row) && nameOf(other) === nameOf(row) && other['type_tax_use'] === row['type_tax_use'],
    );
    if (twin) throw validationError(`Tax names must be unique!\n- ${nameOf(row)} in ${nameOf(theCompany(env))}`);
  },
};

export const pricelist: Model = {
  name: 'product.pricelist',
  label: 'Pricelist',
  order: 'sequence, id, name',
  firstId: 401,
  fields: {
    name: char('Pricelist Name', { required: true }),
    sequence: integer('Sequence'),
    currency_id: many2one('Currency', 'res.currency', { required: true }),
    company_id: many2one('Company', 'res.company'),
    active: boolean('Active'),
  },
  display: (env, row) => `${nameOf(row)} (${nameOf(behind(env, 'res.currency', row, 'currency_id'))})`,
  prepare: (env, given) => ({
    sequence: 16,
    active: true,
    currency_id: refOf(theCompany(env), 'currency_id'),
    ...given,
  }),
};
