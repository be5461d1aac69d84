/** Stock keeps the laws of processors. */
import { stock } from '../../../processors/stock/index.ts';
import { processorLaws } from '../../laws/processors.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { absolute, histories, wrongIn } from './history.ts';

processorLaws(stock, histories, policy, { absolute, allowed: wrongIn, runs: 200 });
processorLaws(
  stock,
  histories,
  policyWith({ stock: { ...acme.stock, safetyMilli: { default: 500 }, sharePercent: { outlet: 50 }, driftToleranceMilli: 500 } }),
  { absolute, allowed: wrongIn },
);
