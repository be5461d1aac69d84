/** How fast a sink makes many small calls, and whether each key keeps its order. */
import type { Bench } from '../bench.ts';
import { probe, startNode } from '../ours.ts';

interface Served {
  readonly calls: number;
  readonly keys: number;
  readonly disordered: number;
  readonly mostOpen: number;
  readonly ms: number;
  readonly leastHeldMs: number;
  readonly refused: number;
}
const poisoned = 'poisoned';

const served = async (bench: Bench, calls: number, keys: number): Promise<Served> => {
  const server = startNode(bench, 'bench/probes/sink-server.ts', { POISONED: poisoned });
  const port = (await server.line('port ', 10_000)).slice('port '.length);
  await probe(bench, 'sink', {
    ...{ DATA: bench.folder('sink'), PREFIX: bench.unique('sink'), PORT: port, POISONED: poisoned },
    ...{ CALLS: String(calls), KEYS: String(keys) },
  });
  const lines = await server.end('SIGTERM');
  const seen = JSON.parse(lines.at(-1)!) as Served;
  if (seen.disordered > 0) throw new Error(`the server saw ${seen.disordered} key(s) out of order`);
  if (seen.calls !== calls + 1 || seen.refused !== 1 || seen.leastHeldMs < 2.5)
    throw new Error(`the server saw other calls than it should: ${JSON.stringify(seen)}`);
  return seen;
};

export const measureSink = async (bench: Bench): Promise<void> => {
  const { quick, repeats } = bench.options;
  const [calls, keys] = [quick ? 2_000 : 10_000, 100];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const seen = await served(bench, calls, keys);
    bench.sample({ goal: 'sink', ours: seen.ms });
    bench.say(`sink, ${repeat} of ${repeats}: ${calls} calls in ${Math.round(seen.ms)} ms, at most ${seen.mostOpen} at once`);
    if (repeat === 1)
      bench.note(
        'sink',
        'on the broker, one task; from the first call to the last answer as the server saw them; the poisoned key was asked for once and set aside, all other keys in order',
      );
  }
};
