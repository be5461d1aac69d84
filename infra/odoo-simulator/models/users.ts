/** Users, what they log in with, and external ids. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { jsonText } from '../json.ts';
import { constraintError, keyError, notCovered, valueError } from '../errors.ts';
import { checkExternalId, findExternalId } from '../orm/external-ids.ts';
import { behind, nameOf } from '../orm/fields.ts';
import { modelOf } from '../orm/model.ts';
import { boolean, char, many2many, many2one, selection, type Env, type Model } from '../orm/model.ts';
import { createFrom, insertRow } from '../orm/write.ts';
import { externalName } from '../orm/read.ts';
import { idOf, refOf, textOf, type Row } from '../store/row.ts';

const partnerOf = (env: Env, row: Row): Row | undefined => behind(env, 'res.partner', row, 'partner_id');

/** Secrets are kept as their hash, also in the file. */
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const matches = (secret: string, kept: string): boolean => {
  const [a, b] = [Buffer.from(hash(secret)), Buffer.from(kept)];
  return a.length === b.length && timingSafeEqual(a, b);
};

export const users: Model = {
  name: 'res.users',
  label: 'User',
  order: 'login',
  firstId: 2,
  indexed: ['login'],
  fields: {
    login: char('Login', { required: true }),
    password: char('Password', { kind: 'action', compute: () => null }),
    name: char('Name', { kind: 'action', compute: (env, row) => nameOf(partnerOf(env, row)) }),
    email: char('Email', { kind: 'action', compute: (env, row) => textOf(partnerOf(env, row) ?? {}, 'email') || null }),
    active: boolean('Active'),
    partner_id: many2one('Related Partner', 'res.partner', { kind: 'guarded' }),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    lang: selection('Language', [['en_US', 'English (US)']], { compute: () => 'en_US' }),
    tz: char('Timezone', { compute: () => null }),
    group_ids: many2many('Groups', 'res.groups'),
  },
  display: (env, row) => nameOf(partnerOf(env, row)),
  prepare: (env, given) => {
    const name = given['name'];
    if (typeof name !== 'string') throw constraintError('Contacts require a name');
    const partnerId = createFrom(env, modelOf(env, 'res.partner'), {
      name,
      email: typeof given['email'] === 'string' ? given['email'] : false,
    });
    return { active: true, company_id: 1, group_ids: [], ...given, partner_id: partnerId };
  },
  created: (env, id, given) => {
    if (typeof given['password'] === 'string') addSecret(env, id, given['password'], true);
  },
  write: (_env, _ids, given, apply) => {
    const foreign = ['name', 'email', 'password'].find(name => name in given);
    if (foreign !== undefined) throw notCovered(`writing res.users.${foreign}`);
    apply(given);
  },
  check: (env, row) => {
    if ((env.tx.by('res.users', 'login', textOf(row, 'login')) ?? []).length > 1)
      throw constraintError('You can not have two users with the same login!');
  },
};

/** Passwords and API keys. Not a model of Odoo's, so no call can reach it. */
export const secrets: Model = {
  name: 'simulator.secret',
  label: 'Secret',
  order: 'id',
  firstId: 1,
  indexed: ['user_id'],
  fields: { user_id: many2one('User', 'res.users'), hash: char('Hash'), is_password: boolean('Is a password') },
  display: () => '',
};

export const addSecret = (env: Env, userId: number, secret: string, isPassword: boolean): void => {
  insertRow(env, secrets, { user_id: userId, hash: hash(secret), is_password: isPassword });
};

/** An API key works as the password of execute_kw; so does the password itself. */
export const knowsSecret = (env: Env, userId: number, secret: string): boolean =>
  (env.tx.by('simulator.secret', 'user_id', userId) ?? []).some(id => {
    const row = env.tx.get('simulator.secret', id);
    return row !== undefined && matches(secret, textOf(row, 'hash'));
  });

/** The user of a login whose password or key it is. */
export const authenticate = (env: Env, login: string, secret: string): number | false => {
  const id = (env.tx.by('res.users', 'login', login) ?? [])[0];
  const row = id === undefined ? undefined : env.tx.get('res.users', id);
  return id !== undefined && row?.['active'] === true && knowsSecret(env, id, secret) ? id : false;
};

export const externalIds: Model = {
  name: 'ir.model.data',
  label: 'Model Data',
  order: 'module, model, name',
  firstId: 40001,
  indexed: ['name', 'res_id'],
  fields: {
    module: char('Module', { required: true }),
    name: char('External Identifier', { required: true }),
    complete_name: char('Complete ID', { compute: (_env, row) => externalName(row) }),
    model: char('Model Name', { required: true }),
    res_id: { type: 'many2one_reference', label: 'Record ID' },
    noupdate: boolean('Non Updatable'),
  },
  display: () => {
    throw notCovered('the display name of ir.model.data');
  },
  prepare: (_env, given) => ({ module: '', res_id: 0, ...given }),
  check: (env, row) => {
    if (!env.models.has(textOf(row, 'model'))) throw notCovered(`an external id for ${textOf(row, 'model')}`);
    checkExternalId(env, row);
  },
  methods: {
    check_object_reference: {
      parameters: ['module', 'xml_id'],
      onModel: true,
      reads: true,
      run: (env, _ids, args) => {
        const xmlid = `${jsonText(args['module'])}.${jsonText(args['xml_id'])}`;
        const row = findExternalId(env, xmlid);
        const id = row ? refOf(row, 'res_id') : null;
        if (!row || id === null) throw valueError(`External ID not found in the system: ${xmlid}`);
        if (!env.tx.get(textOf(row, 'model'), id)) throw keyError(textOf(row, 'model'));
        return [textOf(row, 'model'), id];
      },
    },
  },
};

export const groupIdsByName = (env: Env, names: readonly string[]): readonly number[] =>
  [...env.tx.all('res.groups')].filter(row => names.includes(textOf(row, 'name'))).map(idOf);
