/** `make bench`: measures ours beside the rival, section by section, and writes the figures down. `--help` says what can be chosen. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { openBench, root, type Bench, type Measures } from './bench.ts';
import { endAll } from './children.ts';
import { goals, type Section } from './goals.ts';
import { help, optionsOf, type Options } from './options.ts';
import { figureOf, merged, pageOf, rowOf, type Figure, type Report, type Sample } from './report.ts';
import { measureDecode } from './sections/decode.ts';
import { measureDrain } from './sections/drain.ts';
import { measureHot } from './sections/hot.ts';
import { measureLatency } from './sections/latency.ts';
import { measureMemory } from './sections/memory.ts';
import { measurePipeline } from './sections/pipeline.ts';
import { measureRecovery } from './sections/recovery.ts';
import { measureSink } from './sections/sink.ts';

const measures: Measures = {
  drain: measureDrain,
  latency: measureLatency,
  recovery: measureRecovery,
  memory: measureMemory,
  pipeline: measurePipeline,
  hot: measureHot,
  decode: measureDecode,
  sink: measureSink,
};
const begun = performance.now();
const say = (line: string): void => {
  const seconds = Math.floor((performance.now() - begun) / 1000);
  console.log(`[${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}] ${line}`);
};
const packageOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { readonly version: string }).version;
const machine = (): Report['machine'] => ({
  cores: `${availableParallelism()} (${cpus()[0]?.model.trim() ?? 'unknown'})`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  Node: process.version,
  'Kafka and Kafka Streams': '4.1.0',
  kafkajs: `${packageOf('kafkajs')}, mended`,
  lmdb: packageOf('lmdb'),
});

/** What one section measured, and why it could not go on if it could not. */
interface Measured {
  readonly figures: readonly Figure[];
  readonly failure?: Error;
}
const sized: ReadonlySet<Section> = new Set(['drain']);
const measure = async (bench: Bench, section: Section, taken: Sample[], notes: Map<string, string[]>): Promise<Measured> => {
  let failure: Error | undefined;
  try {
    await measures[section](bench);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    say(`${section}: ${failure.message}`);
    await endAll();
  }
  const figures = goals
    .filter(goal => goal.section === section)
    .flatMap(goal => {
      const samples = taken.filter(one => one.goal === goal.id);
      const records = sized.has(section) ? bench.options.records : undefined;
      return samples.length === 0 ? [] : [figureOf(goal, samples, notes.get(goal.id) ?? [], records)];
    });
  return { figures, ...(failure === undefined ? {} : { failure }) };
};
const earlier = (file: string): readonly Figure[] => {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Report).figures;
  } catch {
    return [];
  }
};
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
const generated = join(root, 'docs', 'generated');
/** After each section, so that what was measured is not lost with what comes after. */
const write = (figures: readonly Figure[], options: Options): void => {
  const results = join(root, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'latest.json'), json({ machine: machine(), options, figures }));
  if (!options.publish) return;
  const report: Report = { machine: machine(), figures: merged(earlier(join(generated, 'bench.json')), figures) };
  writeFileSync(join(generated, 'bench.json'), json(report));
  writeFileSync(join(generated, 'bench.md'), pageOf(report));
};

const run = async (options: Options): Promise<number> => {
  const taken: Sample[] = [];
  const notes = new Map<string, string[]>();
  const bench = await openBench(options, say, {
    sample: one => void taken.push(one),
    note: (goal, text) => void notes.set(goal, [...(notes.get(goal) ?? []), text]),
  });
  const figures: Figure[] = [];
  const failures: string[] = [];
  const end = async (): Promise<void> => {
    await endAll();
    await bench.close();
  };
  let ending: Promise<never> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (ending !== undefined) return;
      say('ending what was started');
      ending = end().then(
        () => process.exit(130),
        () => process.exit(130),
      );
    });
  for (const section of options.only) {
    const { figures: found, failure } = await measure(bench, section, taken, notes);
    // What fails now fails because it was ended.
    if (ending !== undefined) await ending;
    figures.push(...found);
    if (failure !== undefined) failures.push(section);
    write(figures, options);
  }
  await end();
  console.log();
  for (const figure of figures)
    console.log(
      rowOf(figure)
        .filter(cell => cell !== '')
        .join(' · ')
        .replaceAll('**', ''),
    );
  if (failures.length > 0) console.log(`\nnot measured to the end: ${failures.join(', ')}`);
  return failures.length > 0 ? 1 : 0;
};

const options = optionsOf(process.argv.slice(2));
if (options === 'help') console.log(help);
else process.exit(await run(options));
