/** The pump of processors and producers: gives what waits to one turn after another, and writes each turn as one transaction. */
import { dueAlarmsOf } from './due-alarms.ts';
import { keptBudget, type KeptBudget } from './kept.ts';
import { retried } from './obeying.ts';
import { beginTurn, processingOf, type Turn } from './processing.ts';
import type { Rules } from './rules.ts';
import { preparedOf, takeAll } from './taking.ts';
import type { Pump, Session } from './task.ts';

/** `budget`: one for all units of a process; of its own when it is the only one. */
export const processPump = (rules: Rules, budget = keptBudget()): Pump => {
  // Known from one session to the next: the one that finds a state too large ends.
  const suspects = new Set<string>();
  return { run: session => run(session, rules, budget, suspects) };
};

const run = async (session: Session, rules: Rules, budget: KeptBudget, suspects: Set<string>): Promise<void> => {
  const { context, partition, opened, inputs } = session;
  const { clock, limits, metrics } = context;
  const processing = processingOf(session, rules, budget, suspects);
  const { unit, parking, gate } = processing;
  const due = dueAlarmsOf(processing);
  let begunAt = -Infinity;
  /** The former transaction: the next is worked on while it is written. */
  let writing: Promise<void> = Promise.resolve();

  const written = ({ work, consumed }: Turn): void => {
    for (const [topic, count] of consumed) metrics.consumed.inc({ unit, topic }, count);
    for (const [type, count] of work.counts) metrics.published.inc({ unit, type }, count);
    metrics.parked.set({ unit, partition }, parking.count());
    metrics.parkedBytes.set({ unit, partition }, parking.bytes());
  };
  /** Begins to write what the turn came to; ends when the former transaction has. */
  const commit = (at: Turn, positions: Readonly<Record<string, number>>): Promise<void> => {
    const { change, work } = at;
    work.flush();
    due.set(work.earliestAlarm());
    const ended = opened.commit({
      change,
      outputs: work.outputs,
      consumed: work.consumed,
      positions,
      unreadable: at.dlq,
      more: at.taken >= limits.maxBatch,
    });
    gate.end(work.consumed, ended);
    const former = writing;
    writing = ended.then(() => written(at));
    // Awaited by the next turn at the latest; until then its failure is nobody's.
    writing.catch(() => undefined);
    return former;
  };
  /** Answers whether anything was taken. */
  const turn = async (): Promise<boolean> => {
    processing.full &&= parking.bytes() >= limits.parkedBytes;
    const upcoming = inputs.upcoming(limits.maxBatch);
    const again = retried(processing, upcoming);
    await rules.prepare(again.length === 0 ? upcoming : [...upcoming, ...again]);
    if (!session.live()) return false;
    gate.begin();
    due.beginTurn();
    const at = beginTurn(processing);
    takeAll(processing, due, at, preparedOf(upcoming));
    const positions = inputs.positions();
    if (at.taken === 0 && at.work.consumed.length === 0 && !opened.offsetsDue(positions)) {
      gate.end([], writing);
      return false;
    }
    await commit(at, positions);
    return at.taken > 0;
  };

  budget.opened();
  try {
    while (session.live()) {
      // While little waits, more comes together until the former transaction has ended.
      if (inputs.size() < limits.maxBatch) await writing;
      const wait = limits.spacingMs - (clock.monotonic() - begunAt);
      if (wait > 0 && inputs.size() < limits.maxBatch) await clock.sleep(wait);
      begunAt = clock.monotonic();
      const busy = await turn();
      for (const [topic, lag] of Object.entries(inputs.lag())) metrics.lag.set({ unit, topic, partition }, lag);
      // Alarms that are held are looked at when their gate opens: it wakes the session.
      if (!busy && session.live()) await session.idle(limits.pollMs);
    }
    await writing;
  } finally {
    budget.closed();
    gate.stop();
  }
};
