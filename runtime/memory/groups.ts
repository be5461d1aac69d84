/**
 * Group membership of the in-memory log, as Kafka's coordinator keeps it: a rebalance waits until every member has joined again or its
 * time is over, sessions end without heartbeats, and a member learns what became of it by its next heartbeat.
 */
import type { Clock } from '../model.ts';
import type { Member, MemberListener, MemberOptions } from '../port.ts';
import { memberLife } from './member.ts';

/** What lies between a member and its coordinator: in a simulation a network, and a process that may be paused or killed. */
export interface Line {
  readonly clock: Clock;
  readonly ask: <T>(question: () => T | Promise<T>) => Promise<T>;
}
export interface Assignment {
  readonly id: string;
  readonly generation: number;
  readonly partitions: readonly number[];
}
/** What a coordinator answers; `unknown`: there is no such member. */
export interface Coordinator {
  /** Answers when the group has settled who is in it. */
  readonly join: (id: string | undefined, options: MemberOptions) => Promise<Assignment | 'unknown'>;
  readonly heartbeat: (group: string, id: string) => 'ok' | 'rebalance' | 'unknown';
  readonly remove: (group: string, id: string) => void;
}
export interface MemoryGroups {
  readonly join: (options: MemberOptions, listener: MemberListener, line?: Line) => Promise<Member>;
  readonly close: () => void;
}

interface Seat {
  readonly id: string;
  readonly options: MemberOptions;
  /** Monotonic ms until which it lives without another heartbeat. */
  aliveUntil: number;
  /** Set while it waits for the others. */
  answer: ((assignment: Assignment | 'unknown') => void) | undefined;
  readonly gone: AbortController;
}
interface Group {
  generation: number;
  seats: Map<string, Seat>;
  /** Set while members are waited for. */
  rebalance: AbortController | undefined;
}

export const memoryGroups = (clock: Clock, partitionsOf: (topic: string) => number): MemoryGroups => {
  const groups = new Map<string, Group>();
  const closed = new AbortController();
  let count = 0;
  const groupOf = (name: string): Group => {
    const group = groups.get(name) ?? { generation: 0, seats: new Map<string, Seat>(), rebalance: undefined };
    groups.set(name, group);
    return group;
  };
  const complete = (group: Group): void => {
    group.rebalance?.abort();
    group.rebalance = undefined;
    group.generation++;
    const seats = [...group.seats.values()];
    const partitions = Math.max(0, ...seats.flatMap(seat => seat.options.topics.map(partitionsOf)));
    seats.forEach((seat, i) => {
      const mine = Array.from({ length: partitions }, (_, p) => p).filter(p => p % seats.length === i);
      seat.aliveUntil = clock.monotonic() + seat.options.sessionTimeoutMs;
      seat.answer?.({ id: seat.id, generation: group.generation, partitions: mine });
      seat.answer = undefined;
    });
  };
  const completeIfAllJoined = (group: Group): void => {
    if (group.seats.size > 0 && [...group.seats.values()].every(seat => seat.answer !== undefined)) complete(group);
  };
  /** Who has not joined again when the time is over is out. */
  const rebalance = (group: Group): void => {
    if (group.rebalance !== undefined) return completeIfAllJoined(group);
    const begun = (group.rebalance = new AbortController());
    const longest = Math.max(0, ...[...group.seats.values()].map(seat => seat.options.rebalanceTimeoutMs));
    void clock.sleep(longest, begun.signal).then(
      () => {
        for (const seat of [...group.seats.values()]) if (seat.answer === undefined) drop(group, seat);
        if (group.seats.size > 0) complete(group);
        else group.rebalance = undefined;
      },
      () => undefined,
    );
    completeIfAllJoined(group);
  };
  const drop = (group: Group, seat: Seat): void => {
    group.seats.delete(seat.id);
    seat.gone.abort();
    seat.answer?.('unknown');
  };
  const remove = (name: string, id: string): void => {
    const group = groupOf(name);
    const seat = group.seats.get(id);
    if (seat === undefined) return;
    drop(group, seat);
    if (group.seats.size > 0) rebalance(group);
  };
  const watch = async (name: string, seat: Seat): Promise<void> => {
    for (;;) {
      const left = seat.aliveUntil - clock.monotonic();
      // While it waits in a join it needs no heartbeats.
      if (left <= 0 && seat.answer === undefined) return remove(name, seat.id);
      await clock.sleep(seat.answer === undefined ? left : Math.max(left, seat.options.sessionTimeoutMs), seat.gone.signal);
    }
  };
  const coordinator: Coordinator = {
    join: (id, options) =>
      new Promise(resolve => {
        const group = groupOf(options.group);
        const known = id === undefined ? undefined : group.seats.get(id);
        if (id !== undefined && known === undefined) return resolve('unknown');
        const seat = known ?? {
          id: `${options.group}-${++count}`,
          options,
          aliveUntil: clock.monotonic() + options.sessionTimeoutMs,
          answer: undefined,
          gone: new AbortController(),
        };
        seat.answer = resolve;
        if (known === undefined) {
          group.seats.set(seat.id, seat);
          watch(options.group, seat).catch(() => undefined);
        }
        rebalance(group);
      }),
    heartbeat: (name, id) => {
      const group = groupOf(name);
      const seat = group.seats.get(id);
      if (seat === undefined) return 'unknown';
      seat.aliveUntil = clock.monotonic() + seat.options.sessionTimeoutMs;
      return group.rebalance === undefined ? 'ok' : 'rebalance';
    },
    remove,
  };
  const direct: Line = {
    clock,
    ask: async question => {
      await Promise.resolve();
      return question();
    },
  };
  return {
    join: async (options, listener, line = direct) => {
      const { formerMemberId } = options;
      if (formerMemberId !== undefined) await line.ask(() => remove(options.group, formerMemberId));
      return memberLife(coordinator, line, options, listener, closed.signal);
    },
    close: () => {
      closed.abort();
      for (const group of groups.values()) {
        group.rebalance?.abort();
        for (const seat of group.seats.values()) seat.gone.abort();
      }
      groups.clear();
    },
  };
};
