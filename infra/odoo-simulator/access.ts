/** Who may read, change, create and delete which model, by groups, and what Odoo says to the others. */
import { readFileSync } from 'node:fs';
import { accessError } from './errors.ts';
import { idsOf, textOf } from './store/row.ts';
import type { Env, Model } from './orm/model.ts';

export type Operation = 'read' | 'write' | 'create' | 'unlink';

interface AccessFile {
  readonly access: Readonly<Record<string, Readonly<Record<Operation, readonly string[]>>>>;
}
const { access } = JSON.parse(readFileSync(new URL('./access.json', import.meta.url), 'utf8')) as AccessFile;

/** Groups that come with another one. */
const implied: Readonly<Record<string, readonly string[]>> = {
  'Sales / User: Own Documents Only': ['Role / User'],
  'Sales / User: All Documents': ['Sales / User: Own Documents Only', 'Role / User'],
  'Sales / Administrator': ['Sales / User: All Documents', 'Sales / User: Own Documents Only', 'Role / User'],
  'Inventory / User': ['Role / User'],
  'Inventory / Administrator': ['Inventory / User', 'Role / User'],
  'Accounting / Invoicing': ['Role / User'],
  'Accounting / Administrator': ['Accounting / Invoicing', 'Role / User'],
  'Access Rights': ['Role / User'],
  'Role / Administrator': ['Role / User', 'Access Rights', 'Contact / Creation', 'Products / Create'],
};

/** The groups that the simulator has; administrators get all of them. */
export const groupNames: readonly string[] = [...Object.keys(implied), 'Role / User', 'Contact / Creation', 'Products / Create'];

const groupsOf = (env: Env): ReadonlySet<string> => {
  const user = env.tx.get('res.users', env.uid);
  const own = (user ? idsOf(user, 'group_ids') : []).flatMap(id => {
    const group = env.tx.get('res.groups', id);
    return group ? [textOf(group, 'name')] : [];
  });
  return new Set(own.flatMap(name => [name, ...(implied[name] ?? [])]));
};

export const hasGroup = (env: Env, group: string): boolean => groupsOf(env).has(group);

const verbs: Readonly<Record<Operation, string>> = { read: 'access', write: 'modify', create: 'create', unlink: 'delete' };

export const checkAccess = (env: Env, model: Model, operation: Operation): void => {
  const allowed = access[model.name]?.[operation] ?? [];
  const own = groupsOf(env);
  if (allowed.some(group => own.has(group))) return;
  const opening = `You are not allowed to ${verbs[operation]} '${model.label}' (${model.name}) records.`;
  const list = allowed.map(group => `\t- ${group.replace(' / ', '/')}`).join('\n');
  const groups =
    allowed.length > 0
      ? `This operation is allowed for the following groups:\n${list}`
      : 'No group currently allows this operation.';
  throw accessError(`${opening}\n\n${groups}\n\nContact your administrator to request access if necessary.`);
};
