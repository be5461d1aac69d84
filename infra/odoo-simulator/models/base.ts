/** Countries, currencies, units, groups, the company: what everything else points at. */
import { notCovered } from '../errors.ts';
import { nameOf } from '../orm/fields.ts';
import { boolean, char, date, float, integer, many2one, selection, type Env, type Model } from '../orm/model.ts';
import { textOf, type Row } from '../store/row.ts';
import { exactOf } from '../store/row.ts';
import type { Exact } from '../exact.ts';

const named = (_env: Env, row: Row): string => nameOf(row);

export const country: Model = {
  name: 'res.country',
  label: 'Country',
  order: 'name, id',
  firstId: 1,
  fields: { name: char('Country Name', { required: true }), code: char('Country Code', { required: true }) },
  display: named,
};

export const currency: Model = {
  name: 'res.currency',
  label: 'Currency',
  order: 'active desc, name',
  firstId: 1,
  fields: {
    name: char('Currency', { required: true }),
    full_name: char('Name'),
    symbol: char('Symbol', { required: true }),
    rounding: float('Rounding Factor', { digits: 6, kind: 'guarded' }),
    decimal_places: integer('Decimal Places', { kind: 'guarded' }),
    active: boolean('Active'),
  },
  display: named,
};

export const stepOf = (currencyRow: Row): Exact => exactOf(currencyRow, 'rounding');

export const unit: Model = {
  name: 'uom.uom',
  label: 'Product Unit of Measure',
  order: 'id',
  firstId: 1,
  fields: { name: char('Unit Name', { required: true, kind: 'guarded' }), active: boolean('Active', { kind: 'guarded' }) },
  display: named,
};

export const group: Model = {
  name: 'res.groups',
  label: 'Access Groups',
  order: 'name, id',
  firstId: 1,
  fields: {
    name: char('Name', { required: true, kind: 'guarded' }),
    full_name: char('Group Name', { compute: (_env, row) => textOf(row, 'name') }),
  },
  display: named,
};

export const company: Model = {
  name: 'res.company',
  label: 'Companies',
  order: 'name',
  firstId: 1,
  fields: {
    name: char('Company Name', { required: true }),
    partner_id: many2one('Partner', 'res.partner', { kind: 'guarded' }),
    currency_id: many2one('Currency', 'res.currency', { required: true, kind: 'guarded' }),
    country_id: many2one('Country', 'res.country', { kind: 'guarded' }),
    tax_calculation_rounding_method: selection('Tax Calculation Rounding Method', [
      ['round_globally', 'Round per Tax'],
      ['round_per_line', 'Round per Line'],
    ]),
    account_price_include: selection('Default Sales Price Include', [
      ['tax_included', 'Tax Included'],
      ['tax_excluded', 'Tax Excluded'],
    ]),
    fiscalyear_lock_date: date('Global Lock Date', { kind: 'guarded' }),
    tax_lock_date: date('Tax Return Lock Date', { kind: 'guarded' }),
    sale_lock_date: date('Sales Lock Date', { kind: 'guarded' }),
    hard_lock_date: date('Hard Lock Date', { kind: 'guarded' }),
  },
  display: named,
  prepare: () => {
    throw notCovered('a second company');
  },
};

/** The one company. */
export const theCompany = (env: Env): Row => {
  const [row] = [...env.tx.all('res.company')];
  if (!row) throw new Error('the database has no company: was it seeded?');
  return row;
};
