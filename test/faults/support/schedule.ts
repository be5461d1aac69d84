/** Which fault happens when: all of them shuffled by the seed, side by side where they touch different things, again when one met no work. */
import { drawer } from '../../flows/support/draw.ts';
import type { Fault, Fired, Size, Touch, World } from '../fault.ts';
import type { Broken } from './judge.ts';
import { below } from './kills.ts';
import { drawnMoment } from './moment.ts';
import { shuffled } from './races.ts';

export interface Happened extends Fired {
  readonly id: string;
  readonly name: string;
  /** From the beginning of the run, ms. */
  readonly atMs: number;
  readonly tookMs: number;
}
export interface Schedule {
  readonly faults: readonly Fault[];
  readonly size: Size;
  readonly seed: number;
  readonly world: World;
  /** Faults at once. */
  readonly lanes: number;
}
export interface Outcome {
  readonly happened: readonly Happened[];
  readonly broken: readonly Broken[];
}
interface Planned {
  readonly fault: Fault;
  readonly nth: number;
  tries: number;
}
/** Faults may come too late for any work; so often is one tried. */
const mostTries = 6;
/** Between faults of a lane there is up to so much calm, ms. */
const calmMs = 1_500;

const meets = (one: readonly Touch[], other: readonly Touch[]): boolean =>
  one.includes('all') || other.includes('all') || one.some(touch => other.includes(touch));
/** Each has chance of its own, so that what one draws does not hang on when others run. */
const drawOf = (seed: number, { fault, nth, tries }: Planned) =>
  drawer(
    [...`${seed} ${fault.id} ${fault.name} ${nth} ${tries}`].reduce((hash, c) => (Math.imul(hash, 31) + c.charCodeAt(0)) | 0, 7),
  );

/** What happened, and what the faults themselves saw broken: the run goes on, for what the whole of it says. */
export const letAllHappen = async ({ faults, size, seed, world, lanes }: Schedule): Promise<Outcome> => {
  const draw = drawer(seed);
  const all = faults.flatMap(fault => Array.from({ length: fault.times[size] }, (_, nth): Planned => ({ fault, nth, tries: 0 })));
  const waiting = [...shuffled(all, draw)];
  const begun = Date.now();
  const happened: Happened[] = [];
  const running = new Map<Planned, Promise<void>>();
  const broken: Broken[] = [];
  const happen = async (planned: Planned): Promise<void> => {
    const { fault } = planned;
    const own = drawOf(seed, planned);
    await drawnMoment(own, calmMs);
    const at = Date.now();
    const fired = await fault.inject(world, own, size);
    const one = { id: fault.id, name: fault.name, atMs: at - begun, tookMs: Date.now() - at, ...fired };
    happened.push(one);
    world.say(`${(one.atMs / 1_000).toFixed(0).padStart(5)} s ${line(one)}`);
    if (!fired.fired && ++planned.tries < mostTries) waiting.splice(below(own, waiting.length + 1), 0, planned);
  };
  while (waiting.length > 0 || running.size > 0) {
    const busy = [...running.keys()].map(one => one.fault.touches);
    // What disturbs all waits until nothing else happens, and nothing overtakes it for ever: the first of the queue goes first.
    const next =
      running.size >= lanes ? undefined : waiting.find(({ fault }) => !busy.some(touches => meets(touches, fault.touches)));
    const first = waiting[0];
    const blocked = first?.fault.touches.includes(`all`) === true && next !== first;
    if (next === undefined || blocked) {
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(next), 1);
    const ended = happen(next)
      .catch((error: unknown) => {
        const found = error instanceof Error ? (error.stack ?? error.message) : String(error);
        world.say(`BROKEN ${next.fault.id} ${next.fault.name}: ${found}`);
        broken.push({ invariant: `${next.fault.id} ${next.fault.name}`, found: [found] });
        return healed(world);
      })
      .finally(() => running.delete(next));
    running.set(next, ended);
  }
  return { happened, broken };
};
/** A fault that gave up may have left processes held or ended. */
const healed = async ({ broker, instances }: World): Promise<void> => {
  if (!broker.running()) await broker.start();
  for (const one of Object.values(instances)) {
    if (one.running()) one.resume();
    else one.start();
  }
};
const line = (one: Happened): string =>
  [
    `${one.id} ${one.name}: ${one.what}`,
    ...(one.fired ? [] : ['NOT FIRED']),
    ...(one.readyMs === undefined ? [] : [`ready ${one.readyMs} ms`]),
    ...(one.recoveryMs === undefined ? [] : [`outputs ${one.recoveryMs} ms`]),
    ...(one.stallMs === undefined ? [] : [`others stood ${one.stallMs} ms`]),
  ].join('; ');

/** Faults that did not fire as often as they must. */
export const unfired = (faults: readonly Fault[], size: Size, happened: readonly Happened[]): readonly string[] =>
  faults.flatMap(({ id, name, times }) => {
    const count = happened.filter(one => one.fired && one.id === id && one.name === name).length;
    return count < times[size] ? [`${id} ${name}: fired ${count} of ${times[size]} times`] : [];
  });

/** For the quick run: of each id of the list at most so many kinds, drawn; another run draws others. */
export const someOf = (faults: readonly Fault[], seed: number, kinds: number): readonly Fault[] => {
  const draw = drawer(seed);
  const quick = faults.filter(one => one.times.quick > 0);
  return [...Map.groupBy(quick, one => one.id).values()].flatMap(same => shuffled(same, draw).slice(0, kinds));
};
