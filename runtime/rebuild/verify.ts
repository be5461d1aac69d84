/**
 * Whether the state of a unit's tasks is what its history makes: the run log, inputs and outputs folded into a shadow, and the shadow
 * held against the changelog as it stood between two transactions. The unit may be at work meanwhile; nothing is written to the log.
 */
import { isFailure } from '../failure.ts';
import type { Store } from '../store/store.ts';
import { nameOf } from '../topology.ts';
import { compare, type Compared } from './compare.ts';
import { Parted, type Difference } from './differing.ts';
import { foldOf, type Counts, type Fold, type Listener } from './fold.ts';
import { localGap } from './local.ts';
import { indexOutputs, type From, type Outputs } from './outputs.ts';
import { partingOf } from './parting.ts';
import { runsOf, type Runs } from './runs.ts';
import { loadSnapshot, newestSnapshot, writeSnapshot, type Snapshot } from './snapshot.ts';
import { unexplained } from './unexplained.ts';
import { truthOf, type Truth } from './truth.ts';
import { foldedBy, gone, type RebuildWorld } from './world.ts';

export interface VerifyOptions {
  readonly world: RebuildWorld;
  readonly partitions: readonly number[];
  /** Where snapshots are kept: looked into first, and written to after an equal verify. */
  readonly snapshots?: string;
  /** False: none is written. */
  readonly keep?: false;
  /** A task's local store, opened for reading; undefined: there is none. */
  readonly local?: (partition: number) => Local | undefined;
  /** Hears the history of a task that begins from `snapshot`. */
  readonly listener?: (partition: number, snapshot: Snapshot | undefined) => Promise<Listener>;
}
export interface Local {
  readonly store: Pick<Store, 'range' | 'meta'>;
  readonly close: () => Promise<void>;
}
export interface Verdict {
  readonly unit: string;
  readonly partition: number;
  readonly is: 'equal' | 'different' | 'cannot';
  /** The last transaction that was folded. */
  readonly transaction: number | undefined;
  /** The path of the snapshot that it began from. */
  readonly from?: string;
  readonly counts?: Counts & Compared['counts'];
  readonly hash?: { readonly rebuilt: string; readonly stored: string };
  /** Keys that differ. */
  readonly differing?: number;
  readonly difference?: Difference;
  readonly snapshot?: string;
  /** What was not compared, in words. */
  readonly leftOut: readonly string[];
  readonly why?: { readonly code: string; readonly message: string };
}
/** How often the end of the run log is looked at until it holds what the changelog tells of: they become visible apart. */
const looks = 100;
const lookMs = 50;

interface Task {
  readonly partition: number;
  readonly truth: Truth;
  readonly snapshot: Snapshot | undefined;
}
interface Folding {
  readonly fold: Fold;
  readonly runs: Runs;
  readonly store: Store;
  /** The run log's offset behind the last transaction. */
  readonly next: number;
}

export async function* verify(options: VerifyOptions): AsyncGenerator<Verdict> {
  const { world, partitions } = options;
  const tasks: Task[] = [];
  // All moments first, then the outputs: what a transaction up to that moment wrote is among them.
  for (const partition of partitions) {
    const truth = await truthOf(world, partition);
    const snapshot = await snapshotOf(options, partition, truth);
    tasks.push({ partition, truth, snapshot });
  }
  const from: From = new Map(
    tasks.map(({ partition, snapshot }) => [partition, new Map(Object.entries(snapshot?.head.outputs ?? {}))]),
  );
  const outputs = await indexOutputs(world, partitions, from);
  for (const task of tasks) {
    yield await verdictOn(options, task, outputs);
    await task.truth.store.close();
  }
}
const snapshotOf = async (
  { world, snapshots }: VerifyOptions,
  partition: number,
  truth: Truth,
): Promise<Snapshot | undefined> => {
  if (snapshots === undefined || truth.run === undefined) return undefined;
  const { stateVersion } = foldedBy(world.unit);
  const runs = await runsOf(world, partition);
  return newestSnapshot(snapshots, { unit: nameOf(world.unit), partition, stateVersion }, truth.run, runs.start);
};

const verdictOn = async (options: VerifyOptions, task: Task, outputs: Outputs): Promise<Verdict> => {
  const { world } = options;
  const { partition, truth, snapshot } = task;
  const known = {
    unit: nameOf(world.unit),
    partition,
    transaction: truth.run,
    leftOut: [] as readonly string[],
    ...(snapshot === undefined ? {} : { from: snapshot.path }),
  };
  try {
    const folding = await follow(options, task, outputs);
    const { fold, store } = folding;
    const numbered = fold.numbered();
    const compared = compare(foldedBy(world.unit), store, truth.store, numbered ? [] : ['alarm']);
    const found = compared.first ?? (await unexplained(outputs, partition, truth.run, folding.fold.joined, folding.runs));
    const leftOut = numbered ? [] : ['alarms: the run log of an earlier release does not tell which were set'];
    const all = {
      ...known,
      leftOut,
      counts: { ...fold.counts, ...compared.counts },
      hash: { rebuilt: compared.rebuilt, stored: compared.stored },
      differing: compared.differing,
    };
    const first =
      compared.first === undefined ? found : { ...compared.first, at: await whereOf(options, task, compared.first.storeKey) };
    if (first !== undefined) return { ...all, is: 'different', difference: withoutStoreKey(first) };
    const local = await localDifference(options, task);
    if (local !== undefined) return { ...all, is: 'different', difference: local };
    const written = await keep(options, task, folding, compared.rebuilt);
    return { ...all, is: 'equal', ...(written === undefined ? {} : { snapshot: written }) };
  } catch (error) {
    if (error instanceof Parted) return { ...known, is: 'different', difference: error.difference };
    if (!isFailure(error)) throw error;
    return { ...known, is: 'cannot', why: { code: error.code, message: error.message } };
  }
};
const withoutStoreKey = ({ storeKey: _, ...rest }: Difference & { readonly storeKey?: string }): Difference => rest;

/** Folds the history up to the moment of the truth. */
const follow = async (options: VerifyOptions, task: Task, outputs: Outputs, watch?: string): Promise<Folding> => {
  const { world } = options;
  const { partition, truth, snapshot } = task;
  const runs = await runsOf(world, partition, snapshot?.head.next);
  const doing = `rebuilding ${nameOf(world.unit)}/${partition}`;
  if (snapshot === undefined && runs.start > 0) throw gone(doing, `${nameOf(world.unit)}.runs`, partition, 0, runs.start);
  const store = world.scratch();
  if (snapshot !== undefined) await loadSnapshot(snapshot, store);
  const listener = watch === undefined ? await options.listener?.(partition, snapshot) : undefined;
  const fold = foldOf({
    world,
    partition,
    store,
    inputs: new Map(Object.entries(snapshot?.head.inputs ?? {})),
    joined: new Map(Object.entries(snapshot?.head.outputs ?? {})),
    outputs,
    ...(snapshot === undefined ? {} : { after: snapshot.head.run }),
    ...(listener === undefined ? {} : { listener }),
    ...(watch === undefined ? {} : { watch }),
  });
  const begun = sum(snapshot?.head.inputs ?? {});
  const of = sum(truth.positions) - begun;
  let last = snapshot?.head.run ?? 0;
  let next = snapshot?.head.next ?? 0;
  for (let looked = 0; truth.run === undefined || last < truth.run;) {
    const transaction = await runs.next();
    if (transaction === undefined) {
      if (truth.run === undefined) break;
      if (looked++ === looks)
        throw new Parted({
          what: 'run log',
          key: `${nameOf(world.unit)}.runs/${partition}`,
          rebuilt: last,
          stored: truth.run,
          says: `the changelog tells of transaction ${truth.run}, and the run log ends with ${last}`,
          at: { transaction: last, run: undefined },
        });
      await world.clock.sleep(lookMs);
      continue;
    }
    await fold.take(transaction);
    last = transaction.n ?? last;
    next = transaction.next;
    world.progress?.({ partition, doing: 'history', done: sum(Object.fromEntries(fold.inputs)) - begun, of });
  }
  await fold.end(truth.positions);
  return { fold, runs, store, next };
};
const sum = (offsets: Readonly<Record<string, number>>): number => Object.values(offsets).reduce((all, one) => all + one, 0);

/** Folds once more, watching the key that differs. */
const whereOf = async (options: VerifyOptions, task: Task, storeKey: string) => {
  const { world } = options;
  const from: From = new Map([[task.partition, new Map(Object.entries(task.snapshot?.head.outputs ?? {}))]]);
  const outputs = await indexOutputs(world, [task.partition], from);
  const { fold, store } = await follow(options, task, outputs, storeKey);
  await store.close();
  return partingOf(world, task.partition, task.truth, storeKey, fold.watched);
};
/** A local store and the changelog behind it must give what the changelog gives. */
const localDifference = async (options: VerifyOptions, { partition, truth }: Task): Promise<Difference | undefined> => {
  const { world } = options;
  const opened = options.local?.(partition);
  if (opened === undefined) return undefined;
  try {
    return await localGap(world, partition, truth, opened.store);
  } finally {
    await opened.close();
  }
};
const keep = async (
  { world, snapshots, keep: wanted }: VerifyOptions,
  { partition, truth, snapshot }: Task,
  { fold, store, next }: Folding,
  hash: string,
): Promise<string | undefined> => {
  if (
    snapshots === undefined ||
    wanted === false ||
    truth.run === undefined ||
    truth.run === snapshot?.head.run ||
    !fold.numbered()
  )
    return undefined;
  return writeSnapshot(
    snapshots,
    {
      v: 1,
      unit: nameOf(world.unit),
      partition,
      run: truth.run,
      next,
      inputs: Object.fromEntries(fold.inputs),
      outputs: Object.fromEntries(fold.joined),
      stateVersion: foldedBy(world.unit).stateVersion,
      hash,
      at: world.clock.now(),
    },
    store,
  );
};
