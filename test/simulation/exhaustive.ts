/** The same short run again and again, each time with the process killed before another of its steps, until every await was one. */
import type { Problem } from '../support/proof/evidence.ts';
import { run } from './run.ts';

export interface Exhausted {
  /** Steps of the undisturbed run: so many kills there were. */
  readonly steps: number;
  readonly failed: readonly { readonly killedAt: number; readonly problems: readonly Problem[] }[];
}
/** `every`: takes each so-manieth step, beginning with `from`. */
export const exhaust = async (seed: number, operations: number, from = 1, every = 1): Promise<Exhausted> => {
  const { steps } = await run({ seed, operations, faults: 0 });
  const failed: { killedAt: number; problems: readonly Problem[] }[] = [];
  for (let step = from; step <= steps; step += every) {
    const { problems } = await run({ seed, operations, faults: 0, killAtStep: step });
    if (problems.length > 0) failed.push({ killedAt: step, problems });
  }
  return { steps, failed };
};
