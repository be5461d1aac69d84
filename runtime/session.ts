/**
 * A unit in this process: its membership of the group, one task per assigned partition, and the loop that fetches for all of them.
 * It knows the log only by its port, so that the simulation runs what production runs.
 */
import { isFailure } from './failure.ts';
import type { Log, Member } from './port.ts';
import { nameOf, subscribed } from './topology.ts';
import type { TaskContext } from './task/context.ts';
import { startTask, type Pump, type Task } from './task/task.ts';

export interface SessionOptions {
  readonly context: TaskContext;
  readonly pump: Pump;
  /** The log that this unit's fetching and membership use; long polls hold its connection, so it is not the tasks'. */
  readonly reading: Log;
  readonly rebalanceTimeoutMs: number;
  /** Kept between lives of this process, so that a killed one can be taken out of its group at once. */
  readonly formerMemberId: string | undefined;
  readonly keepMemberId: (id: string) => void;
  /** The unit cannot go on; the process should stop and say why. */
  readonly fatal: (error: Error) => void;
}
export interface UnitSession {
  readonly tasks: () => readonly Task[];
  /** All assigned tasks are open and the group has answered. */
  readonly ready: () => boolean;
  readonly close: () => Promise<void>;
}

/** Some thousands of records: with what waits, enough for the next transaction, and little enough to hold for many tasks. */
const bytesPerPartition = 1 << 19;
/** How often the gauges of tasks are set, ms. */
const observeMs = 5_000;

export const startSession = async (options: SessionOptions): Promise<UnitSession> => {
  const { context, pump, reading, fatal } = options;
  const { clock, logger, names, limits } = context;
  const unit = nameOf(context.unit);
  const tasks = new Map<number, Task>();
  /** Tasks that are letting go, by partition: a new one on the same folder waits for them. */
  const leaving = new Map<number, Promise<void>>();
  let assigned = false;
  let closing = false;
  const stopped = new AbortController();
  let memberId: string | undefined;
  let wakeFetch = (): void => undefined;

  const leave = (partition: number): void => {
    const task = tasks.get(partition);
    if (task === undefined) return;
    tasks.delete(partition);
    const gone = task.close().finally(() => {
      if (leaving.get(partition) === gone) leaving.delete(partition);
    });
    leaving.set(partition, gone);
  };
  const onAssigned = (partitions: readonly number[], generation: number): void => {
    if (closing) return;
    assigned = true;
    for (const partition of [...tasks.keys()]) if (!partitions.includes(partition)) leave(partition);
    for (const task of tasks.values()) task.rebalance(false);
    for (const partition of partitions)
      if (!tasks.has(partition))
        tasks.set(partition, startTask(context, partition, pump, leaving.get(partition) ?? Promise.resolve(), fatal));
    logger.debug({ unit, partitions, generation }, 'assigned');
    const id = membership.member?.memberId();
    if (id !== undefined && id !== memberId) options.keepMemberId((memberId = id));
    wakeFetch();
  };
  const onRevoked = (why: 'rebalance' | 'lost'): void => {
    for (const task of tasks.values()) task.rebalance(true);
    if (why === 'rebalance') return;
    assigned = false;
    for (const partition of [...tasks.keys()]) leave(partition);
  };
  const membership: { member?: Member } = {};
  const joined = await reading.join(
    {
      group: names.group(unit),
      topics: subscribed(context.unit).map(names.topic),
      sessionTimeoutMs: limits.sessionTimeoutMs,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs,
      ...(options.formerMemberId === undefined ? {} : { formerMemberId: options.formerMemberId }),
    },
    {
      assigned: onAssigned,
      revoked: onRevoked,
      heartbeat: at => {
        for (const task of tasks.values()) task.heartbeat(at);
      },
      fatal,
    },
  );
  membership.member = joined;
  const id = joined.memberId();
  if (id !== undefined) options.keepMemberId((memberId = id));

  const fetchOnce = async (): Promise<void> => {
    const wanted = [...tasks.values()].flatMap(task => task.wanted().map(one => ({ task, ...one })));
    if (wanted.length === 0) {
      const stop = new AbortController();
      const woken = new Promise<void>(resolve => (wakeFetch = resolve));
      await Promise.race([woken, clock.sleep(10, stop.signal).catch(() => undefined)]);
      stop.abort();
      return;
    }
    const sentAt = clock.now();
    const answers = await reading.fetch(
      wanted.map(one => ({
        topic: names.topic(one.topic),
        partition: one.task.partition,
        from: one.from,
        maxBytes: bytesPerPartition,
      })),
      limits.pollMs,
    );
    answers.forEach((answer, i) => {
      const { task, topic, from } = wanted[i]!;
      // Retention or a recreated topic: the task opens anew and says which position is lost.
      if (answer.outOfRange)
        task.interrupt(
          new Error(`reading ${topic}/${task.partition}: offset ${from} lies outside ${answer.start} to ${answer.highWatermark}`),
        );
      else task.offer(topic, from, answer, sentAt);
    });
  };
  const observe = async (): Promise<void> => {
    while (!closing) {
      const states = [...tasks.values()].map(task => task.state());
      for (const state of ['opening', 'open', 'waiting', 'stopped'] as const)
        context.metrics.tasks.set({ unit, state }, states.filter(one => one === state).length);
      for (const task of tasks.values()) {
        const time = task.time();
        if (Number.isFinite(time))
          context.metrics.taskTimeLag.set({ unit, partition: task.partition }, Math.max(0, clock.now() - time) / 1000);
      }
      await clock.sleep(observeMs, stopped.signal).catch(() => undefined);
    }
  };
  const fetching = (async () => {
    for (let failures = 0; !closing;) {
      try {
        await fetchOnce();
        failures = 0;
      } catch (error) {
        if (closing) return;
        if (isFailure(error) && error.kind === 'fatal') return fatal(error);
        if (failures++ % 20 === 0)
          logger.warn({ unit, error: error instanceof Error ? error.message : String(error) }, 'reading the log: trying again');
        await clock.sleep(Math.min(50 * 2 ** Math.min(failures, 6), 2_000));
      }
    }
  })();
  void observe();
  return {
    tasks: () => [...tasks.values()],
    ready: () => assigned && [...tasks.values()].every(task => task.state() === 'open'),
    close: async () => {
      closing = true;
      stopped.abort();
      wakeFetch();
      for (const partition of [...tasks.keys()]) leave(partition);
      await Promise.allSettled([...leaving.values()]);
      await joined.leave();
      await fetching;
    },
  };
};
