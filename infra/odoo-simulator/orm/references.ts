/** Who still points at a record: who needs it stands in the way of its deletion, others let go, as PostgreSQL's foreign keys do. */
import { constraintError, notCovered } from '../errors.ts';
import { idOf, idsOf, type Row } from '../store/row.ts';
import type { Env, Field, Model } from './model.ts';

/** Relations that may be empty, but once set keep their target (ondelete restrict). */
const keeps = new Set(['sale.order.line.product_id', 'sale.order.line.product_uom_id', 'sale.order.pricelist_id']);

const holders = (env: Env, other: Model, name: string, id: number): readonly Row[] => env.tx.rows(other.name, name, id);

const letGoOf = (env: Env, other: Model, name: string, field: Field, id: number): void => {
  const rows = holders(env, other, name, id);
  if (rows.length === 0) return;
  if (field.required || keeps.has(`${other.name}.${name}`))
    throw constraintError(
      `Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${other.label}' (${other.name})\nThanks to the following constraint: '${field.label}' (${name})\nHow about archiving the record instead?`,
    );
  for (const row of rows) env.tx.replace(other.name, idOf(row), { ...row, [name]: null });
};

export const checkReferences = (env: Env, model: Model, id: number): void => {
  for (const other of env.models.values()) {
    for (const [name, field] of Object.entries(other.fields)) {
      if (field.model !== model.name || field.compute || field.kind === 'hidden') continue;
      if (field.type === 'many2one') letGoOf(env, other, name, field, id);
      else if (field.type === 'many2many' && [...env.tx.all(other.name)].some(row => idsOf(row, name).includes(id)))
        throw notCovered(`deleting ${model.name} that ${other.name}.${name} holds`);
    }
  }
};
