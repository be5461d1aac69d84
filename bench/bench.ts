/** What every section is given: the broker, folders, the rival's load and how to start ours and the rival. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka } from '../infra/kafka.ts';
import { dieWithUs } from '../infra/watchdog.ts';
import type { Section } from './goals.ts';
import type { Options } from './options.ts';
import type { Sample } from './report.ts';
import { buildRival, type Rival } from './rival.ts';

export const root = join(import.meta.dirname, '..');
export const node = join(root, 'node_modules', '.bin', 'node');
/** Ignored by git, and on the checkout's own disk. */
const scratch = join(root, '.onhand', 'bench');

export interface Bench {
  readonly options: Options;
  readonly brokers: string;
  readonly rival: Rival;
  /** A new folder that goes with the run. */
  readonly folder: (name: string) => string;
  readonly say: (line: string) => void;
  /** A name that nothing else in this run has. */
  readonly unique: (name: string) => string;
  readonly sample: (one: Sample) => void;
  /** What a reader of these figures must know. */
  readonly note: (goal: string, text: string) => void;
  readonly close: () => Promise<void>;
}
export type Measure = (bench: Bench) => Promise<void>;
export type Measures = Readonly<Record<Section, Measure>>;

export const openBench = async (options: Options, say: Bench['say'], collect: Pick<Bench, 'sample' | 'note'>): Promise<Bench> => {
  const place = join(scratch, `run-${process.pid}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  dieWithUs({ folder: place });
  say('building the rival');
  const classes = await buildRival(join(scratch, 'peer'));
  say('starting a broker');
  // `durable`: a broker with the whole compiler of its JVM, not the one that tests start quickly.
  const { child, addresses } = await startKafka({ dataDir: place, durable: true, preferredPort: 0, onProgress: say });
  const brokers = addresses.brokers!;
  let count = 0;
  const unique = (name: string): string => `${name}-${++count}`;
  return {
    options,
    brokers,
    rival: classes(brokers),
    folder: name => {
      const made = join(place, unique(name));
      mkdirSync(made, { recursive: true });
      return made;
    },
    say,
    unique,
    ...collect,
    close: async () => {
      await child.stop(0);
      rmSync(place, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
