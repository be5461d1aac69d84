/** A product that everybody wants: whether stock is slower with 100,000 open holds than with 10. */
import type { Bench } from '../bench.ts';
import { probe } from '../ours.ts';

interface Worked {
  readonly perSecond: number;
  readonly computedUs: number;
}
interface Hot {
  readonly samples: readonly { readonly hot: Worked; readonly few: Worked }[];
}
export const measureHot = async (bench: Bench): Promise<void> => {
  const { quick, repeats } = bench.options;
  const [holds, events] = quick ? [20_000, 12_000] : [100_000, 20_000];
  const { samples } = await probe<Hot>(bench, 'hot-product', {
    ...{ DATA: bench.folder('hot'), PREFIX: bench.unique('hot'), HOLDS: String(holds) },
    ...{ EVENTS: String(events), ROUNDS: String(repeats) },
  });
  for (const { hot, few } of samples) {
    bench.sample({ goal: 'hot', ours: hot.perSecond, beside: few.perSecond });
    const words = ({ perSecond, computedUs }: Worked): string =>
      `${Math.round(perSecond)} events/s (${Math.round(computedUs)} µs of computing each)`;
    bench.say(`hot product: ${words(hot)} with ${holds} holds, ${words(few)} with 10`);
  }
  bench.note('hot', `the rules of processors/stock on the broker, one task, ${events} events a round, half of them releases`);
};
