/**
 * Looks at what open lines reserve. All of it each time: a reservation that ends leaves nothing. Read before the movements and stored after
 * them, so that what is shipped in between is counted twice for a moment rather than not at all.
 */
import type { Intake } from '../../runtime/model.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { lineFields, readLine, type MoveLine } from './contract.ts';
import type { Deliver, Say } from './source-deliver.ts';
import { readPickings } from './source-pickings.ts';
import { named, readAll, type Domain, type Locations, type Row } from './source-read.ts';
import { reserver } from './reserver.ts';

const reserving: Domain = [
  ['state', 'in', ['assigned', 'partially_available']],
  ['location_id.usage', '=', 'internal'],
  ['quantity_product_uom', '!=', 0],
];
/** Product, reserver, location. */
type Kept = readonly [number, string, number];
const nameOf = (kept: Kept): string => kept.join('|');
const keptOf = ({ row }: Row<MoveLine>): Kept => [row.product_id, reserver(row), row.location_id];

export interface Reservations {
  readonly store: () => Promise<number>;
}
export const lookForHolds =
  (rpc: OdooRpc, intake: Intake, deliver: Deliver) =>
  async (readAt: number, locations: Locations): Promise<Reservations> => {
    const found = await readAll(rpc, 'stock.move.line', reserving, lineFields, readLine);
    const pickings = await readPickings(
      rpc,
      found.map(one => one.row.picking_id),
    );
    const now = new Map(found.map(one => [nameOf(keptOf(one)), keptOf(one)]));
    return {
      store: async () => {
        const cursor = await intake.cursor('holds');
        const before = cursor === undefined ? [] : (JSON.parse(cursor) as readonly Kept[]);
        const gone = before.filter(one => !now.has(nameOf(one)) && locations.has(one[2]));
        const byProduct = Map.groupBy(found, one => one.row.product_id);
        const goneBy = Map.groupBy(gone, ([product]) => product);
        const says = [...new Set([...byProduct.keys(), ...goneBy.keys()])]
          .sort((a, b) => a - b)
          .map((product): Say => {
            const lines = byProduct.get(product) ?? [];
            const ended = (goneBy.get(product) ?? []).map(([, reference, location_id]) => ({ reference, location_id }));
            const ids = new Set(lines.map(one => one.row.picking_id));
            const places = [
              ...lines.flatMap(({ row }) => [row.location_id, row.location_dest_id]),
              ...ended.map(one => one.location_id),
            ];
            const body = {
              product,
              lines: lines.map(one => one.raw),
              gone: ended,
              pickings: [...pickings.values()].filter(one => ids.has(one.id)),
            };
            return { about: 'holds', product, object: 'holds', body, also: { readAt, locations: named(locations, places) } };
          });
        // Before what is said, or a stop in between would forget what must be released later.
        const all = [...new Map([...before, ...now.values()].map(one => [nameOf(one), one])).values()];
        if (all.length > before.length) await intake.keepCursor('holds', JSON.stringify(all));
        const count = await deliver.all(says);
        const left = JSON.stringify([...now.values()]);
        if (left !== (cursor ?? '[]')) await intake.keepCursor('holds', left);
        return count;
      },
    };
  };
