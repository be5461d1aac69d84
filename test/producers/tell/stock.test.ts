import assert from 'node:assert/strict';
import { correctionOf, phases, tellStock, type StockFact } from '../../../producers/tell/stock.ts';
import { isFailure } from '../../../runtime/failure.ts';
import type { Report, Told } from '../../../runtime/model.ts';
import {
  codeDefined,
  codeWithdrawn,
  shipmentDispatched,
  stockAdjusted,
  stockBaselineSet,
} from '../../../schemas/generated/facts.ts';

const report = (phase: string, facts: readonly StockFact[]): Report<StockFact> => ({
  object: 'shipment:18',
  version: 5000,
  settled: true,
  rank: 0,
  phase,
  facts,
});
const told = (phase: string): Told => ({ version: 0, settled: true, rank: 0, content: 'x', phase });
const here = { owner: 'acme', product: '7' };
const corrected = (location: string, deltaMilli: number): StockFact =>
  stockAdjusted({
    ...here,
    location,
    deltaMilli,
    reference: correctionOf('shipment:18', 5000),
    reason: 'changed',
    happenedAt: 5000,
  });
const shipped = shipmentDispatched({
  ...{ ...here, company: 'acme', order: 'web:1', shipment: 'OUT/1', location: 'main' },
  quantityMilli: 2000,
  dispatchedAt: 4000,
});
const moved = (main: number, store: number): string =>
  phases.moved(
    new Map([
      ['main', main],
      ['a store=1', store],
    ]),
  );

describe('what follows from a report about stock', () => {
  it('is the movement, the first time, without what would correct it', () => {
    assert.deepEqual(tellStock(report(moved(-2000, 0), [shipped, corrected('main', -2000)]), undefined), [shipped]);
  });
  it('is the difference per location, afterwards, whatever the location is called', () => {
    const facts = [shipped, corrected('main', -500), corrected('a store=1', -1500)];
    assert.deepEqual(
      tellStock(report(moved(-500, -1500), facts), told(moved(-2000, 0))).map(
        fact => 'deltaMilli' in fact.data && fact.data.deltaMilli,
      ),
      [1500, -1500],
    );
    assert.deepEqual(tellStock(report(moved(-2000, 0), facts), told(moved(-2000, 0))), []);
  });
  it('is the withdrawal of the code that was, and the definition of the one that is', () => {
    const define = codeDefined({ company: 'acme', code: 'sku:B', revision: 11, components: [] });
    const withdraw = codeWithdrawn({ company: 'acme', code: 'sku:B', revision: 10 });
    const tell = (before: string | undefined, now: string | undefined) =>
      tellStock(
        report(phases.code(now), now === undefined ? [withdraw] : [withdraw, define]),
        before === 'never' ? undefined : told(phases.code(before)),
      );
    const gone = codeWithdrawn({ company: 'acme', code: 'sku:A', revision: 10 });
    assert.deepEqual(
      [
        tell('never', undefined),
        tell('never', 'sku:B'),
        tell('sku:A', 'sku:B'),
        tell('sku:A', undefined),
        tell(undefined, 'sku:B'),
      ],
      [[], [define], [gone, define], [gone], [define]],
    );
    // Another owner, say: defined again, nothing withdrawn.
    assert.deepEqual(tell('sku:B', 'sku:B'), [define]);
  });
  it('is one baseline', () => {
    const baseline = stockBaselineSet({ ...here, location: 'main', quantityMilli: 1, takenAt: 1, source: 'odoo' });
    assert.deepEqual(tellStock(report(phases.baseline, [baseline]), undefined), [baseline]);
    assert.deepEqual(tellStock(report(phases.baseline, [baseline]), told(phases.baseline)), []);
  });
  it('is poison for a phase that no stock has', () => {
    assert.throws(
      () => tellStock(report('open', []), undefined),
      error => isFailure(error) && error.kind === 'poison',
    );
  });
});
