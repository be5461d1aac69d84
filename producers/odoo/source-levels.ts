/**
 * From time to time, what Odoo says is there, as evidence. Only of products at rest: what moved lately may still be on its way through
 * the orders, and would be stated as a drift that is none.
 */
import type { Intake } from '../../runtime/model.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { lineFields, quantFields, readLine, readQuant } from './contract.ts';
import type { Deliver } from './source-deliver.ts';
import { inChunks } from './source-pickings.ts';
import { doneLines, named, readAll, since, type Locations } from './source-read.ts';

const restMs = 15 * 60_000;

export const lookForLevels =
  (rpc: OdooRpc, intake: Intake, deliver: Deliver, everyMs: number) =>
  async (readAt: number, products: readonly number[], locations: Locations): Promise<number> => {
    const last = await intake.cursor('levels');
    // The first time is a whole interval after the ledger began.
    if (last !== undefined && readAt - Number(last) < everyMs) return 0;
    let count = 0;
    if (last !== undefined) {
      await inChunks(products, async some => {
        const quants = await readAll(
          rpc,
          'stock.quant',
          [
            ['product_id', 'in', some],
            ['location_id.usage', '=', 'internal'],
          ],
          quantFields,
          readQuant,
        );
        const lately = await readAll(
          rpc,
          'stock.move.line',
          [['product_id', 'in', some], since('write_date', readAt - restMs), ...doneLines],
          lineFields,
          readLine,
        );
        const moving = new Set(lately.map(one => one.row.product_id));
        const says = some
          .filter(id => !moving.has(id))
          .map(product => {
            const own = quants.filter(one => one.row.product_id === product);
            const body = { product, readAt, quants: own.map(one => one.raw) };
            const places = named(
              locations,
              own.map(one => one.row.location_id),
            );
            return { about: 'level' as const, product, object: 'level', body, also: { locations: places } };
          });
        count += await deliver.all(says);
        return [];
      });
    }
    await intake.keepCursor('levels', String(readAt));
    return count;
  };
