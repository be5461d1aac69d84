/** What lies between a process and the log: requests take time, in any order; they and their answers are lost, late or refused. */
import { transient } from '../../runtime/failure.ts';
import type { MemoryLog } from '../../runtime/memory/log.ts';
import type { Appender, Log, Outcome, Transactional } from '../../runtime/port.ts';
import type { Random } from './random.ts';
import type { Lane, Scheduler } from './scheduler.ts';

/** `late`: the answer is unknown, and the request takes effect some time after. */
export type Fate = 'ok' | 'refused' | 'lost before' | 'lost after' | 'late';
export interface Network {
  /** Probability that a request does not go well. */
  trouble: number;
  /** Virtual epoch ms until which the broker answers nothing. */
  silentUntil: number;
  /** Processes that cannot reach the broker, or only not the coordinator of their groups, though they reach all else. */
  readonly cutOff: Map<Lane, 'all' | 'member'>;
  /** How often each fate was drawn. */
  readonly counts: Map<string, number>;
  readonly latencyMs: () => number;
  readonly fate: (what: string) => Fate;
  /** The log as a process sees it. */
  readonly logFor: (lane: Lane) => Log;
}

const fates = ['refused', 'lost before', 'lost after', 'late'] as const;
const latencies = [0, 0, 1, 1, 1, 2, 2, 3, 5, 8] as const;

export const networkOf = (scheduler: Scheduler, random: Random, inner: MemoryLog): Network => {
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const away = (doing: string): Error => transient('KAFKA_UNREACHABLE', `${doing}: no answer`);

  /** Runs at the broker, once it listens. */
  const arrive = (ms: number, label: string, act: () => void): void => {
    scheduler.after(undefined, ms, label, () => {
      const wait = network.silentUntil - scheduler.now();
      if (wait > 0) arrive(wait + network.latencyMs(), label, act);
      else act();
    });
  };
  const answered = <T>(lane: Lane, label: string, effect: () => T | Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      arrive(network.latencyMs(), `${label} arrives`, () => {
        const back = (act: () => void): void => void scheduler.after(lane, network.latencyMs(), `${label} answered`, act);
        Promise.resolve()
          .then(effect)
          .then(
            value => back(() => resolve(value)),
            (error: unknown) => back(() => reject(error instanceof Error ? error : new Error(String(error)))),
          );
      });
    });
  /** A question that may be asked again: without an answer it throws. */
  const ask = <T>(lane: Lane, label: string, effect: () => T | Promise<T>): Promise<T> => {
    const from = network.cutOff.get(lane);
    const cut = from === 'all' || (from === 'member' && label.startsWith('member'));
    if (!cut && !random.chance(network.trouble)) return answered(lane, label, effect);
    count(`${label}: no answer`);
    const done = !cut && random.chance(0.5);
    return new Promise((_, reject) => {
      if (done)
        arrive(
          network.latencyMs(),
          `${label} arrives`,
          () =>
            void Promise.resolve()
              .then(effect)
              .catch(() => undefined),
        );
      scheduler.after(lane, random.between(20, 400), `${label} not answered`, () => reject(away(label)));
    });
  };
  const change = <T>(lane: Lane, label: string, effect: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const fate = network.cutOff.get(lane) === 'all' ? 'lost before' : network.fate(label);
    if (fate === 'ok') return answered(lane, label, effect);
    const [answer, giveUp] = [network.latencyMs(), random.between(50, 600)];
    return new Promise(resolve => {
      const say = (ms: number, is: 'failed' | 'unknown'): void =>
        void scheduler.after(lane, ms, `${label} ${is}`, () => resolve({ is, error: away(label) }));
      if (fate === 'refused') return say(answer, 'failed');
      if (fate !== 'lost before')
        arrive(fate === 'late' ? giveUp + random.between(1, 4_000) : network.latencyMs(), `${label} arrives ${fate}`, () => {
          void effect();
        });
      say(giveUp, 'unknown');
    });
  };
  const transactional = (lane: Lane, id: string, one: Transactional): Transactional => ({
    send: records => change(lane, `send ${id}`, () => one.send(records)),
    sendOffsets: (group, offsets) => change(lane, `offsets ${id}`, () => one.sendOffsets(group, offsets)),
    end: how => change(lane, `${how} ${id}`, () => one.end(how)),
    close: () => Promise.resolve(),
  });
  const appender = (lane: Lane, one: Appender): Appender => ({
    send: records => change(lane, 'append', () => one.send(records)),
    close: () => Promise.resolve(),
  });
  const network: Network = {
    trouble: 0,
    silentUntil: 0,
    cutOff: new Map(),
    counts,
    latencyMs: () => random.pick(latencies),
    fate: what => {
      if (!random.chance(network.trouble)) return 'ok';
      const drawn = random.pick(fates);
      count(`${what.split(' ')[0]!}: ${drawn}`);
      return drawn;
    },
    logFor: lane => ({
      fetch: (requests, waitMs) => ask(lane, 'fetch', () => inner.fetch(requests, waitMs)),
      bounds: all => ask(lane, 'bounds', () => inner.bounds(all)),
      offsetsAt: (all, at) => ask(lane, 'offsetsAt', () => inner.offsetsAt(all, at)),
      partitions: inner.partitions,
      committed: (group, topics) => ask(lane, `committed ${group}`, () => inner.committed(group, topics)),
      initProducer: async (id, timeoutMs) =>
        transactional(lane, id, await ask(lane, `init ${id}`, () => inner.initProducer(id, timeoutMs))),
      appender: async () => appender(lane, await inner.appender()),
      join: (options, listener) =>
        inner.groups.join(options, listener, {
          clock: lane.clock,
          ask: question => ask(lane, `member ${options.group}`, question),
        }),
      admin: inner.admin,
      close: () => Promise.resolve(),
    }),
  };
  return network;
};
