/** Runs units over a log: checks that the cluster has what they need, then one session per unit, and for producers their sources. */
import { createHmac, createSecretKey } from 'node:crypto';
import { fatal } from './failure.ts';
import { intakeOf } from './intake.ts';
import type { Clock, Intake, Logger, Shop, Source } from './model.ts';
import type { Appender, Log } from './port.ts';
import type { Keys } from './keys/keys.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Store } from './store/store.ts';
import {
  inputsOf,
  nameOf,
  ownTopics,
  subscribed,
  topologyProblems,
  unitNamed,
  writesOf,
  type Names,
  type Unit,
} from './topology.ts';
import type { Codec } from './wire/codec.ts';
import type { Policy } from '../schemas/policy.ts';
import { startSession, type UnitSession } from './session.ts';
import { defaultLimits, type TaskContext, type TaskLimits } from './task/context.ts';
import { deliverPump } from './task/deliver.ts';
import type { AnyTarget } from './task/converge.ts';
import { keptBudget } from './task/kept.ts';
import { processPump } from './task/process.ts';
import { producerRules } from './task/producer-rules.ts';
import { processorRules } from './task/rules.ts';
import type { Pump } from './task/task.ts';
import { turnsOf } from './task/turns.ts';

export interface RunOptions {
  /** All units of the topology; `run` names those that run here. */
  readonly units: readonly Unit[];
  readonly run: readonly string[];
  /** For transactions and short requests. */
  readonly log: Log;
  /** For a unit's membership and long polls, which hold their connection. */
  readonly readingLog: (unit: string) => Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly names: Names;
  readonly codec: Codec;
  readonly keys: Keys;
  readonly policy: Policy;
  readonly release: string;
  readonly storeOf: (unit: string, partition: number) => Store;
  /** Where a unit's member id is kept between lives of this process. */
  readonly memberIds: { readonly read: (unit: string) => string | undefined; readonly keep: (unit: string, id: string) => void };
  /** The key of keyed hashes (guest customers, remembered content). */
  readonly hashKey: string;
  /** A unit's own settings, read and checked. */
  readonly settingsOf: (unit: string) => Readonly<Record<string, unknown>>;
  readonly limits?: Partial<TaskLimits>;
  readonly callTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** A unit cannot go on: stop the process and say why. */
  readonly fatal: (unit: string, error: Error) => void;
}
export interface Running {
  readonly sessions: ReadonlyMap<string, UnitSession>;
  /** The sources of the shops whose producer runs here. */
  readonly sources: readonly {
    readonly shop: Shop;
    readonly source: Source;
    readonly deliver: Intake['deliver'];
    /** Whether this process polls the shop: it holds the intake's first partition. */ readonly leads: () => boolean;
  }[];
  readonly ready: () => boolean;
  /** Stop taking, settle, let go; deliveries must have stopped before. */
  readonly close: () => Promise<void>;
}

/** Longest wait of a drain for calls under way, ms; what has not answered is unknown then. */
const drainMs = 8_000;
/** Large stores that are filled at once: each holds some 20 MB of the changelog, and two keep both disk and broker busy. */
const restoresAtOnce = 3;

export const keyedHash = (key: string): ((text: string) => string) => {
  // Made once: from text, the key would be made anew for each hash.
  const secret = createSecretKey(key, 'utf8');
  return text => createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
};

/** Throws one fatal naming every topic that is missing and the command that makes it. */
const lookUp = async (options: RunOptions, running: readonly Unit[]): Promise<ReadonlyMap<string, number>> => {
  const { units, names, log } = options;
  const problems = topologyProblems(units);
  if (problems.length > 0) throw fatal('TOPIC_PARTITIONS', `checking the topology:\n  ${problems.join('\n  ')}`);
  const needed = new Set(units.flatMap(one => [...subscribed(one), ...writesOf(one).map(topic => topic.name)]));
  for (const one of running) for (const own of [ownTopics.changelog, ownTopics.runs, ownTopics.dlq]) needed.add(own(nameOf(one)));
  const found = await log.partitions([...needed].map(names.topic));
  const missing = [...needed].filter(topic => !found.has(names.topic(topic)));
  if (missing.length > 0)
    throw fatal(
      'TOPIC_MISSING',
      `starting: ${missing.length} topic(s) do not exist, among them ${missing.slice(0, 3).map(names.topic).join(', ')}; run \`onhand topics apply\``,
    );
  const counts = new Map([...needed].map(topic => [topic, found.get(names.topic(topic))!]));
  for (const one of running) {
    if (one.kind === 'sink') continue;
    const differing = inputsOf(one).filter(topic => counts.get(topic.name) !== counts.get(inputsOf(one)[0]!.name));
    if (differing.length > 0)
      throw fatal(
        'TOPIC_PARTITIONS',
        `starting ${nameOf(one)}: ${inputsOf(one)[0]!.name} has ${counts.get(inputsOf(one)[0]!.name)} partitions, ${differing.map(topic => `${topic.name} has ${counts.get(topic.name)}`).join(', ')}`,
      );
  }
  return counts;
};

export const startUnits = async (options: RunOptions): Promise<Running> => {
  const { units, names, log, clock, logger, metrics, codec, keys, policy, release } = options;
  const running = options.run.map(name => {
    const found = units.find(one => nameOf(one) === name);
    if (found === undefined)
      throw fatal('NOT_FOUND', `starting ${name}: there is no such unit; there are ${units.map(nameOf).join(', ')}`);
    return found;
  });
  const [partitions] = await Promise.all([
    lookUp(options, running),
    codec.prepare([
      ...new Set(
        running.flatMap(one => [
          ...writesOf(one).flatMap(topic => topic.facts),
          ...(one.kind === 'producer' ? ['DeliveryReceived'] : []),
        ]),
      ),
    ]),
  ]);
  const hash = keyedHash(options.hashKey);
  const limits = { ...defaultLimits, ...options.limits };
  const callTimeoutMs = options.callTimeoutMs ?? 15_000;
  // A call starts only if it ends before membership can, so one that may take nearly a session would never start.
  if (running.some(one => one.kind === 'sink') && callTimeoutMs > limits.sessionTimeoutMs * 0.6)
    throw fatal(
      'SETTINGS_INVALID',
      `starting: a call may take ${callTimeoutMs} ms, which is more than 60 % of the session of ${limits.sessionTimeoutMs} ms; raise ONHAND_SESSION_SECONDS or lower ONHAND_CALL_SECONDS`,
    );
  const restoring = turnsOf(restoresAtOnce);
  const contextOf = (unit: Unit): TaskContext => ({
    log,
    clock,
    logger,
    metrics,
    names,
    codec,
    unit,
    policy,
    release,
    partitions,
    limits,
    storeOf: partition => options.storeOf(nameOf(unit), partition),
    unitNamed: name => unitNamed(units, name),
    restoring,
  });
  const budget = keptBudget();
  const targets: { close: () => Promise<void> }[] = [];
  const pumpOf = (unit: Unit): Pump => {
    if (unit.kind === 'processor') return processPump(processorRules(unit.unit, codec, policy), budget);
    if (unit.kind === 'producer') return processPump(producerRules(unit.unit, codec, policy, keys, hash), budget);
    const settings = options.settingsOf(nameOf(unit));
    const target = unit.unit.target(settings, { clock, log: logger }) as AnyTarget;
    targets.push(target);
    const maxInFlightMs = unit.unit.maxInFlightMs(settings);
    return deliverPump({ sink: unit.unit, target, keys, callTimeoutMs, maxInFlightMs, drainMs });
  };
  const join = (unit: Unit): Promise<UnitSession> => {
    const name = nameOf(unit);
    return startSession({
      context: contextOf(unit),
      pump: pumpOf(unit),
      reading: options.readingLog(name),
      // A member that stands still must not be put out before it stops counting itself one: its calls would meet the next owner's.
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? limits.sessionTimeoutMs,
      formerMemberId: options.memberIds.read(name),
      keepMemberId: id => options.memberIds.keep(name, id),
      fatal: error => options.fatal(name, error),
    });
  };
  const joined = await Promise.allSettled(running.map(join));
  const sessions = new Map(
    joined.flatMap((one, i) => (one.status === 'fulfilled' ? [[nameOf(running[i]!), one.value] as const] : [])),
  );
  const refused = joined.find(one => one.status === 'rejected');
  if (refused !== undefined) {
    await Promise.allSettled([...sessions.values()].map(session => session.close()));
    throw refused.reason;
  }
  const appender: Appender | undefined = running.some(one => one.kind === 'producer') ? await log.appender() : undefined;
  const sources = running.flatMap(one => {
    if (one.kind !== 'producer') return [];
    const shops = Object.values(policy.shops).filter(shop => shop.channel === one.unit.name);
    return shops.map(shop => {
      const intake = intakeOf({
        log,
        appender: appender!,
        clock,
        names,
        codec,
        keys,
        topic: one.unit.intake,
        partitions: partitions.get(one.unit.intake.name)!,
        cursors: ownTopics.cursors(nameOf(one)),
        shop,
      });
      return {
        shop,
        deliver: intake.deliver,
        leads: () =>
          sessions
            .get(nameOf(one))!
            .tasks()
            .some(task => task.partition === 0 && task.state() === 'open'),
        source: one.unit.source({ shop, settings: options.settingsOf(nameOf(one)), intake, clock, log: logger }),
      };
    });
  });
  return {
    sessions,
    sources,
    ready: () => [...sessions.values()].every(session => session.ready()),
    close: async () => {
      await Promise.allSettled([...sessions.values()].map(session => session.close()));
      await Promise.allSettled([...targets.map(target => target.close()), appender?.close()]);
    },
  };
};
