/** Partners: customers and their addresses. */
import { constraintError, notCovered } from '../errors.ts';
import { behind } from '../orm/fields.ts';
import { boolean, char, html, integer, many2one, one2many, selection, type Env, type Model } from '../orm/model.ts';
import { flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';

const types = [
  ['contact', 'Contact'],
  ['invoice', 'Invoice'],
  ['delivery', 'Delivery'],
  ['other', 'Other'],
] as const;

const parentOf = (env: Env, row: Row): Row | undefined => behind(env, 'res.partner', row, 'parent_id');

const commercialOf = (env: Env, row: Row): number => {
  const parent = flagOf(row, 'is_company') ? undefined : parentOf(env, row);
  return parent ? commercialOf(env, parent) : idOf(row);
};

const completeName = (env: Env, row: Row): string => {
  const parent = parentOf(env, row);
  if (!parent && textOf(row, 'company_name') === '') return textOf(row, 'name');
  const label = types.find(([key]) => key !== 'contact' && key === row['type'])?.[1] ?? '';
  const name = textOf(row, 'name') || label;
  if (flagOf(row, 'is_company')) return name;
  const commercial = env.tx.get('res.partner', commercialOf(env, row)) ?? row;
  const company = flagOf(commercial, 'is_company') ? textOf(commercial, 'name') : textOf(row, 'company_name');
  return `${company || textOf(parent ?? {}, 'name')}, ${name}`;
};

/** Who stands under another has that one's company, and the tax number of the company above. */
const underParent = (given: Row): Row => (typeof given['parent_id'] === 'number' ? { ...given, company_name: null } : given);

const withCompanyType = (given: Row): Row => {
  const { company_type: companyType, ...rest } = given;
  return companyType === undefined ? rest : { ...rest, is_company: companyType === 'company' };
};

export const partner: Model = {
  name: 'res.partner',
  label: 'Contact',
  order: 'complete_name asc, id desc',
  firstId: 101,
  indexed: ['ref', 'email', 'name', 'parent_id'],
  fields: {
    name: char('Name'),
    complete_name: char('Complete Name', { kind: 'derived' }),
    active: boolean('Active'),
    type: selection('Address Type', types),
    is_company: boolean('Is a Company'),
    company_type: selection(
      'Company Type',
      [
        ['person', 'Person'],
        ['company', 'Company'],
      ],
      { kind: 'action', compute: (_env, row) => (flagOf(row, 'is_company') ? 'company' : 'person') },
    ),
    parent_id: many2one('Related Company', 'res.partner'),
    child_ids: one2many('Contact', 'res.partner', 'parent_id'),
    commercial_partner_id: many2one('Commercial Entity', 'res.partner', { kind: 'derived' }),
    company_id: many2one('Company', 'res.company'),
    company_name: char('Company Name'),
    ref: char('Reference'),
    email: char('Email'),
    phone: char('Phone'),
    street: char('Street'),
    street2: char('Street2'),
    zip: char('Zip'),
    city: char('City'),
    country_id: many2one('Country', 'res.country'),
    vat: char('Tax ID'),
    lang: selection('Language', [['en_US', 'English (US)']]),
    tz: char('Timezone', { kind: 'guarded' }),
    comment: html('Notes'),
    customer_rank: integer('Customer Rank'),
  },
  display: completeName,
  prepare: (_env, given) => {
    if (typeof given['parent_id'] === 'number' && (given['type'] ?? 'contact') === 'contact')
      throw notCovered('a contact person under a partner (parent_id with type contact)');
    return withCompanyType(underParent({ active: true, type: 'contact', lang: 'en_US', ...given }));
  },
  write: (env, ids, given, apply) => {
    const moved = (id: number): boolean => (env.tx.get('res.partner', id)?.['parent_id'] ?? null) !== given['parent_id'];
    if ('parent_id' in given && ids.some(moved)) throw notCovered('moving a partner under another one');
    apply(withCompanyType(underParent(given)));
  },
  check: (_env, row) => {
    if (row['type'] === 'contact' && textOf(row, 'name') === '') throw constraintError('Contacts require a name');
  },
  derive: (env, row) => {
    const commercial = commercialOf(env, row);
    return {
      complete_name: completeName(env, row),
      commercial_partner_id: commercial,
      vat: env.tx.get('res.partner', commercial)?.['vat'] ?? null,
    };
  },
  touches: (env, row) => (env.tx.by('res.partner', 'parent_id', idOf(row)) ?? []).map(id => ['res.partner', id] as const),
};

/** The address of that kind under the partner, else the partner. */
export const addressOf = (env: Env, partnerId: number, type: 'invoice' | 'delivery'): number => {
  const children = env.tx.by('res.partner', 'parent_id', partnerId) ?? [];
  return children.find(id => env.tx.get('res.partner', id)?.['type'] === type) ?? partnerId;
};

/** What sale lines and returns show of the customer: `(C1001)`. */
export const customerMark = (env: Env, partnerId: number | null): string => {
  const row = partnerId === null ? undefined : env.tx.get('res.partner', partnerId);
  const commercial = row && env.tx.get('res.partner', refOf(row, 'commercial_partner_id') ?? idOf(row));
  return commercial ? `(${textOf(commercial, 'ref') || textOf(commercial, 'name')})` : '';
};
