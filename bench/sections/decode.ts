/** Whether facts that an older release wrote are read as fast as today's. */
import type { Bench } from '../bench.ts';
import { probe } from '../ours.ts';

interface Decoded {
  readonly samples: readonly { readonly older: number; readonly current: number }[];
  readonly each: readonly { readonly fact: string; readonly ratio: number }[];
}
export const measureDecode = async (bench: Bench): Promise<void> => {
  const { quick, repeats } = bench.options;
  const { samples, each } = await probe<Decoded>(bench, 'decode', {
    ...{ ROUND_MS: quick ? '300' : '1000', ROUNDS: String(repeats) },
  });
  for (const { older, current } of samples) {
    bench.sample({ goal: 'decode', ours: older, beside: current });
    bench.say(`decode: ${Math.round(older)} facts/s of an older version, ${Math.round(current)} of the current one`);
  }
  const ratios = each.map(({ fact, ratio }) => `${fact} ${ratio.toFixed(2)}`).join(', ');
  bench.note('decode', `the later version has one field more in the fact and in each record in it; by fact: ${ratios}`);
};
