/** What reserves goods in Odoo, by the name under which it is told. */
import type { MoveLine } from './contract.ts';

/** A picking, else the move, else the line alone. */
export const reserver = (line: Pick<MoveLine, 'id' | 'picking_id' | 'move_id'>): string =>
  line.picking_id !== null ? `picking:${line.picking_id}` : line.move_id !== null ? `move:${line.move_id}` : `line:${line.id}`;
