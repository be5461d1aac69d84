/** Group membership of the in-memory log: generations, heartbeats, sessions that end; members of one process or of a simulation. */
import type { Clock } from '../model.ts';
import type { Member, MemberListener, MemberOptions } from '../port.ts';

interface Joined {
  readonly id: string;
  readonly options: MemberOptions;
  readonly listener: MemberListener;
  /** Monotonic ms until which the session lives without another heartbeat. */
  alive: number;
  /** A simulation stops a member's heartbeats, as a paused process does. */
  silent: boolean;
  assigned: boolean;
  stop: AbortController;
}
interface Group {
  generation: number;
  members: Joined[];
}
export interface MemoryGroups {
  readonly join: (options: MemberOptions, listener: MemberListener) => Promise<Member>;
  /** Stops or resumes a member's heartbeats. */
  readonly silence: (memberId: string, silent: boolean) => void;
  readonly close: () => void;
}

export const memoryGroups = (clock: Clock, partitionsOf: (topic: string) => number): MemoryGroups => {
  const groups = new Map<string, Group>();
  let count = 0;
  const assign = (group: Group): void => {
    group.generation++;
    const { generation } = group;
    const partitions = Math.max(0, ...group.members.flatMap(member => member.options.topics.map(partitionsOf)));
    const size = group.members.length;
    // Members are told one after another within the generation; one that left meanwhile is not told.
    group.members.forEach((member, i) => {
      const mine = Array.from({ length: partitions }, (_, p) => p).filter(p => p % size === i);
      void Promise.resolve().then(() => {
        if (group.generation !== generation || !group.members.includes(member)) return;
        member.assigned = true;
        member.listener.assigned(mine, generation);
      });
    });
  };
  const remove = (group: Group, member: Joined, told: boolean): void => {
    if (!group.members.includes(member)) return;
    group.members = group.members.filter(one => one !== member);
    member.stop.abort();
    if (told) member.listener.revoked('lost');
    for (const other of group.members) other.listener.revoked('rebalance');
    assign(group);
  };
  const beat = async (group: Group, member: Joined): Promise<void> => {
    const every = Math.max(1, Math.floor(member.options.sessionTimeoutMs / 10));
    while (!member.stop.signal.aborted) {
      if (!member.silent && member.assigned) {
        const sent = clock.monotonic();
        member.alive = sent + member.options.sessionTimeoutMs;
        member.listener.heartbeat(sent);
      }
      for (const other of [...group.members]) if (other.alive <= clock.monotonic()) remove(group, other, false);
      await clock.sleep(every, member.stop.signal).catch(() => undefined);
    }
  };
  const join = async (options: MemberOptions, listener: MemberListener): Promise<Member> => {
    await Promise.resolve();
    const group = groups.get(options.group) ?? { generation: 0, members: [] };
    groups.set(options.group, group);
    const former = group.members.find(one => one.id === options.formerMemberId);
    if (former !== undefined) remove(group, former, false);
    const member: Joined = {
      id: `${options.group}-${++count}`,
      options,
      listener,
      alive: clock.monotonic() + options.sessionTimeoutMs,
      silent: false,
      assigned: false,
      stop: new AbortController(),
    };
    for (const other of group.members) other.listener.revoked('rebalance');
    group.members = [...group.members, member];
    assign(group);
    // A member that was put out while silent learns it at its next heartbeat and joins again by itself, as a client does.
    void beat(group, member);
    return { memberId: () => member.id, leave: () => Promise.resolve(remove(group, member, false)) };
  };
  return {
    join,
    silence: (memberId, silent) => {
      for (const group of groups.values()) for (const member of group.members) if (member.id === memberId) member.silent = silent;
    },
    close: () => {
      for (const group of groups.values()) for (const member of group.members) member.stop.abort();
      groups.clear();
    },
  };
};
