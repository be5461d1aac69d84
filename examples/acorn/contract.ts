/** Acorn's words, and the only place where they are checked: what does not fit is poison that names the place. */
import { atLeast, flag, list, orNone, record, text } from '../../producers/json.ts';

const item = record({ id: text, sku: text, pieces: atLeast(1), netCents: atLeast(0), taxCents: atLeast(0), tax: text });
export const readOrder = record({
  id: text,
  /** Rises with every change: a true version. */
  version: atLeast(1),
  state: text,
  placedAt: atLeast(0),
  currency: text,
  email: text,
  items: list(item),
  method: text,
  reference: orNone(text),
  paid: flag,
});
export type AcornOrder = ReturnType<typeof readOrder>;
