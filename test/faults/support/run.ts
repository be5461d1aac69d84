/** One run: a world, traffic, every fault as often as it must, rest, and the verdict. The same for `make faults` and for `make test`. */
import { performance } from 'node:perf_hooks';
import { drawer } from '../../flows/support/draw.ts';
import type { Fault, Size } from '../fault.ts';
import { check } from './checked.ts';
import { atRest, broken, restWithinMs, type Broken } from './judge.ts';
import { allUnits, partitions } from './plant.ts';
import { letAllHappen, someOf, unfired, type Happened } from './schedule.ts';
import { instanceNames, openWorld, type OpenWorld } from './world.ts';

export interface RunOptions {
  readonly size: Size;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly folder: string;
  readonly logs: string;
  readonly registryUrl: string;
  readonly databaseUrl: string;
  readonly ledgerUrl: string;
  readonly say: (line: string) => void;
  /** Called with the world at rest, its processes stopped, before it is closed: what else is to be looked at. */
  readonly then?: (world: OpenWorld) => Promise<readonly Broken[]>;
}
export interface Verdict {
  readonly seed: number;
  readonly size: Size;
  readonly tookMs: number;
  /** From the last fault and the last webhook until all was read and no transaction was open, ms. */
  readonly restMs: number;
  readonly happened: readonly Happened[];
  readonly unfired: readonly string[];
  readonly broken: readonly Broken[];
  readonly operations: Operations;
}
export interface Operations {
  readonly orders: number;
  readonly webhooks: number;
  readonly tries: number;
  readonly shipped: number;
  /** Written by the test itself, by outcome. */
  readonly asked: Readonly<Record<'done' | 'failed' | 'unknown', number>>;
  readonly records: number;
  readonly transactions: number;
  readonly odooWrites: number;
}
/** Orders a second: what two cores bear with four processes, a broker, a registry and two databases beside them. */
const pace: Readonly<Record<Size, number>> = { quick: 5, long: 3 };
const eras: Readonly<Record<Size, number>> = { quick: 16, long: 60 };
/** Kinds of one id in a quick run. */
const quickKinds = 2;
const lanes = 3;
const drainMs = 10_000;

export const runFaults = async (options: RunOptions): Promise<Verdict> => {
  const { size, seed, say } = options;
  const faults = size === 'quick' ? someOf(options.faults, seed, quickKinds) : options.faults;
  const begun = performance.now();
  const world = await openWorld({ ...options, eras: eras[size], draw: drawer(seed) });
  try {
    say(`the world stands after ${seconds(performance.now() - begun)}`);
    world.traffic.pace(pace[size]);
    const { happened, broken: seen } = await letAllHappen({ faults, size, seed, world, lanes });
    await world.allReady();
    await world.traffic.end();
    const restMs = await atRest(world);
    say(
      `at rest ${restMs} ms after the last webhook: ${world.traffic.orders.length} orders, ${world.traffic.sender.sent.length} webhooks`,
    );
    if (restMs > restWithinMs) say(`that is longer than ${restWithinMs / 1_000} s: the machine was busy, or something is slow`);
    const drained = await drains(world);
    const wrong = [
      ...seen,
      ...drained,
      ...(await broken(world)),
      ...(await check(world)),
      ...((await options.then?.(world)) ?? []),
    ];
    return {
      ...{ seed, size, restMs, happened, broken: wrong, operations: operationsOf(world) },
      unfired: unfired(faults, size, happened),
      tookMs: Math.round(performance.now() - begun),
    };
  } finally {
    await world.close();
  }
};
/** All are told to stop: each ends with 0 in time. */
const drains = async ({ instances }: OpenWorld): Promise<readonly Broken[]> => {
  const ends = await Promise.all(instanceNames.map(async name => ({ name, ...(await instances[name].stop()) })));
  const found = ends
    .filter(one => one.code !== 0 || one.tookMs >= drainMs)
    .map(one => `${one.name} ended with ${one.code} after ${one.tookMs} ms`);
  return found.length === 0 ? [] : [{ invariant: 'F38 ends with 0 in time when it is told to stop', found }];
};
const operationsOf = ({ traffic, tail, asked, odoo }: OpenWorld): Operations => {
  const count = (outcome: string): number => asked.filter(one => one.outcome === outcome).length;
  const tasks = allUnits.flatMap(unit =>
    Array.from({ length: partitions }, (_, partition) => tail.commits(unit, partition).length),
  );
  return {
    orders: traffic.orders.length,
    webhooks: traffic.sender.sent.length,
    tries: traffic.sender.sent.reduce((sum, one) => sum + one.tries, 0),
    shipped: traffic.shipped.size,
    asked: { done: count('done'), failed: count('failed'), unknown: count('unknown') },
    records: tail.topics.reduce((sum, topic) => sum + tail.seen(topic).reduce((all, one) => all + one.length, 0), 0),
    transactions: tasks.reduce((sum, one) => sum + one, 0),
    odooWrites: odoo.control.journal.counters().writes,
  };
};
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
export const verdictLines = ({ broken: wrong, unfired: missing }: Verdict): readonly string[] => [
  ...missing,
  ...wrong.flatMap(({ invariant, found }) => [
    `${invariant}: ${found.length} found`,
    ...found.slice(0, 6).map(one => `    ${one}`),
  ]),
];
