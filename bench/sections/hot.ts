/** A product that everybody wants: whether stock is slower with 100,000 open holds than with 10. */
import type { Bench } from '../bench.ts';
import { probe } from '../ours.ts';

interface Hot {
  readonly samples: readonly { readonly hot: number; readonly few: number }[];
}
export const measureHot = async (bench: Bench): Promise<void> => {
  const { quick, repeats } = bench.options;
  const [holds, events] = quick ? [20_000, 12_000] : [100_000, 20_000];
  const { samples } = await probe<Hot>(bench, 'hot-product', {
    ...{ DATA: bench.folder('hot'), PREFIX: bench.unique('hot'), HOLDS: String(holds) },
    ...{ EVENTS: String(events), ROUNDS: String(repeats) },
  });
  for (const { hot, few } of samples) {
    bench.sample({ goal: 'hot', ours: hot, beside: few });
    bench.say(`hot product: ${Math.round(hot)} events/s with ${holds} holds, ${Math.round(few)} with 10`);
  }
  bench.note('hot', `the rules of processors/stock on the broker, one task, ${events} events a round, half of them releases`);
};
