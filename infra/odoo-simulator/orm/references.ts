/** Who still points at a record, so that deleting it is refused as PostgreSQL's foreign keys would. */
import { constraintError } from '../errors.ts';
import { idOf } from '../store/row.ts';
import type { Env, Model } from './model.ts';

/** Relations whose rows lose the reference instead of standing in the way. */
const letsGo = new Set(['res.users.partner_id']);

export const checkReferences = (env: Env, model: Model, id: number): void => {
  for (const other of env.models.values()) {
    for (const [name, field] of Object.entries(other.fields)) {
      if (
        field.type !== 'many2one' ||
        field.model !== model.name ||
        field.compute ||
        field.kind === 'hidden' ||
        letsGo.has(`${other.name}.${name}`)
      )
        continue;
      const ids = env.tx.by(other.name, name, id) ?? [...env.tx.all(other.name)].filter(row => row[name] === id).map(idOf);
      const holder = ids.find(otherId => !(other.name === model.name && otherId === id));
      if (holder !== undefined)
        throw constraintError(
          `Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${other.label}' (${other.name})\nThanks to the following constraint: '${field.label}' (${name})\nHow about archiving the record instead?`,
        );
    }
  }
};
