import { exampleSeed, startOdooSimulator, type Seed } from '../../../infra/odoo-simulator/index.ts';
import { arriving } from './suite/arriving.ts';
import { changing } from './suite/changing.ts';
import { customers } from './suite/customers.ts';
import { odooSuite } from './suite/index.ts';
import { laws } from './suite/laws.ts';
import { twenty } from './suite/twenty.ts';
import { accessOf } from './support/simulated.ts';

const opening = (seed: Seed) => async () => {
  const simulator = await startOdooSimulator({ seed });
  return { access: accessOf(simulator), close: simulator.stop };
};
const perLine: Seed = { ...exampleSeed, company: { ...exampleSeed.company, taxRounding: 'round_per_line' } };

odooSuite('the simulator', opening(exampleSeed), [arriving, customers, changing, twenty('globally'), laws(25)]);
odooSuite('a simulator that rounds taxes per line, as most shops do', opening(perLine), [twenty('per line')]);
