/** What follows from a report about codes, a baseline, a movement, external demand or a level: shared by all who author stock. */
import { poison } from '../../runtime/failure.ts';
import type { Report, Tell, Told } from '../../runtime/model.ts';
import { codeWithdrawn, stockAdjusted, type FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

/** What those who author stock say. */
export type StockFact =
  | FactsOn<typeof topics.codes>
  | Extract<
      FactsOn<typeof topics.stockMovements>,
      {
        readonly type: 'StockBaselineSet' | 'StockAdjusted' | 'MovementConfirmed' | 'ExternalHoldSet' | 'StockLevelSeen';
      }
    >
  | FactsOn<typeof topics.fulfilments | typeof topics.returns>;

/**
 * The phases that their producers report, and what a report of each gives as its facts.
 * `code <code>`, `code` (none that may be used): CodeDefined when there is one, and CodeWithdrawn for the one that was.
 * `baseline`: StockBaselineSet. `hold <thousandths>`: ExternalHoldSet. `level`: StockLevelSeen.
 * `moved <location>=<thousandths> …`: what the movement says the first time, and per location a StockAdjusted marked as a correction.
 */
export const phases = {
  code: (code: string | undefined) => (code === undefined ? 'code' : `code ${code}`),
  baseline: 'baseline',
  level: 'level',
  hold: (quantityMilli: number) => `hold ${quantityMilli}`,
  moved: (deltas: ReadonlyMap<string, number>) =>
    ['moved', ...[...deltas].map(([location, deltaMilli]) => `${encodeURIComponent(location)}=${deltaMilli}`)].join(' '),
} as const;

/** How a later change of a movement is told from the movement itself. */
export const correctionOf = (object: string, version: number): string => `${object}@${version}`;
const isCorrection = (fact: StockFact): boolean => fact.type === 'StockAdjusted' && fact.data.reference.includes('@');

const deltasIn = (phase: string): ReadonlyMap<string, number> =>
  new Map(
    phase
      .split(' ')
      .slice(1)
      .map(pair => {
        const [location = '', deltaMilli = '0'] = pair.split('=');
        return [decodeURIComponent(location), Number(deltaMilli)] as const;
      }),
  );

/** A movement keeps what it was when it was first told: what its author changes afterwards only moves on hand by the difference. */
const moved = (report: Report<StockFact>, told: Told | undefined): readonly StockFact[] => {
  if (told === undefined) return report.facts.filter(fact => !isCorrection(fact));
  const [before, now] = [deltasIn(told.phase), deltasIn(report.phase)];
  return report.facts.flatMap(fact => {
    if (fact.type !== 'StockAdjusted' || !isCorrection(fact)) return [];
    const deltaMilli = (now.get(fact.data.location) ?? 0) - (before.get(fact.data.location) ?? 0);
    return deltaMilli === 0 ? [] : [stockAdjusted({ ...fact.data, deltaMilli })];
  });
};

const codeIn = (phase: string | undefined): string | undefined => phase?.slice('code '.length) || undefined;
const coded = (report: Report<StockFact>, told: Told | undefined): readonly StockFact[] => {
  const [before, now] = [codeIn(told?.phase), codeIn(report.phase)];
  return report.facts.flatMap((fact): readonly StockFact[] => {
    if (fact.type === 'CodeDefined') return now === undefined ? [] : [fact];
    if (fact.type !== 'CodeWithdrawn' || before === undefined || before === now) return [];
    return [codeWithdrawn({ ...fact.data, code: before })];
  });
};

export const tellStock: Tell<StockFact> = (report, told) => {
  const [word] = report.phase.split(' ', 1);
  switch (word) {
    case 'code':
      return coded(report, told);
    case 'moved':
      return moved(report, told);
    case 'baseline':
      // There is one.
      return told === undefined ? report.facts : [];
    case 'hold':
      return told?.phase === report.phase || (told === undefined && report.phase === phases.hold(0)) ? [] : report.facts;
    case 'level':
      return report.facts;
    default:
      throw poison('DELIVERY_UNTRANSLATABLE', `telling ${report.object}: its phase ${report.phase} is none of stock`);
  }
};
