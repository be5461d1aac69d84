/** What the bench is asked for on its command line. */
import { parseArgs } from 'node:util';
import { sections, type Section } from './goals.ts';

export interface Options {
  readonly only: readonly Section[];
  readonly records: number;
  readonly repeats: number;
  /** Shorter everywhere: to see that it works, not to publish. */
  readonly quick: boolean;
  /** Where our processes leave CPU profiles. */
  readonly profile?: string;
  /** Writes docs/generated/bench.md and bench.json. */
  readonly publish: boolean;
}
export const help = `Measures Onhand beside Kafka Streams, each figure with its goal.

  node bench/main.ts [options]        make bench ARGS="[options]"

  --only A,B       only these: ${sections.join(', ')}
  --records N      the size of a drain (1000000; with --quick 200000)
  --repeats N      how often each is measured (5; with --quick 1)
  --quick          all of it small, in under 8 minutes: shows that it works
  --profile DIR    our processes leave .cpuprofile files there; figures are then worth less
  --no-publish     leaves docs/generated/bench.md and bench.json as they are; so does --quick
  --help

Needs Java 17 and Maven, two cores and 4 GB. Ends what it started and nothing else. Figures of a run go to bench/results/latest.json.`;

const positive = (name: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is ${text}: a whole number above 0 is wanted`);
  return value;
};
const sectionsOf = (text: string | undefined): readonly Section[] => {
  if (text === undefined) return sections;
  const named = text.split(',').map(one => one.trim());
  const unknown = named.filter(one => !sections.some(section => section === one));
  if (unknown.length > 0) throw new Error(`--only names ${unknown.join(', ')}: there are ${sections.join(', ')}`);
  return sections.filter(section => named.includes(section));
};

/** `help` when that was asked for; throws in words when something is not understood. */
export const optionsOf = (args: readonly string[]): Options | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      only: { type: 'string' },
      records: { type: 'string' },
      repeats: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
      publish: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  return {
    only: sectionsOf(values.only),
    records: positive('records', values.records, quick ? 200_000 : 1_000_000),
    repeats: positive('repeats', values.repeats, quick ? 1 : 5),
    quick,
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    // A profiler takes its share, and a quick run proves nothing.
    publish: values.publish && !quick && values.profile === undefined,
  };
};
