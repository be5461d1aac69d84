/** A member of a group of the in-memory log: joins, beats, joins again when the group changes, and says so to its listener. */
import type { Member, MemberListener, MemberOptions } from '../port.ts';
import type { Assignment, Coordinator, Line } from './groups.ts';

const beatsPerSession = 10;
const proof = 'it was proven again';
/** After a question that was not answered, ms. */
const againMs = 50;

export const memberLife = (
  coordinator: Coordinator,
  line: Line,
  options: MemberOptions,
  listener: MemberListener,
  closed: AbortSignal,
): Member => {
  const { group, sessionTimeoutMs } = options;
  const { clock, ask } = line;
  const stopping = new AbortController();
  const beatMs = Math.max(1, Math.floor(sessionTimeoutMs / beatsPerSession));
  let id: string | undefined;
  let told: 'nothing' | 'assigned' | 'rebalance' | 'lost' = 'nothing';
  let provenAt = clock.monotonic();
  let proven = new AbortController();
  const over = (): boolean => stopping.signal.aborted;
  closed.addEventListener('abort', () => {
    stopping.abort();
    proven.abort(proof);
  });

  const revoke = (why: 'rebalance' | 'lost'): void => {
    if (over() || told === 'nothing' || told === 'lost' || told === why) return;
    told = why;
    listener.revoked(why);
  };
  /** It was a member when the question was sent; a session later without another proof it is none. */
  const prove = (sentAt: number): void => {
    provenAt = sentAt;
    proven.abort(proof);
    const mine = (proven = new AbortController());
    void clock.sleep(Math.max(0, sentAt + sessionTimeoutMs - clock.monotonic()), mine.signal).then(
      () => revoke('lost'),
      () => undefined,
    );
  };
  const pause = async (ms: number): Promise<void> => {
    await clock.sleep(ms, stopping.signal).catch(() => undefined);
  };
  const join = async (): Promise<Assignment | undefined> => {
    // While it waits for the others it is kept without heartbeats.
    proven.abort(proof);
    try {
      const answer = await ask(() => coordinator.join(id, options));
      if (answer !== 'unknown') return answer;
      id = undefined;
      revoke('lost');
    } catch {
      if (clock.monotonic() - provenAt > sessionTimeoutMs) revoke('lost');
      await pause(againMs);
    }
    return undefined;
  };
  const beat = async (mine: string): Promise<void> => {
    while (!over() && told === 'assigned') {
      const sentAt = clock.monotonic();
      const answer = await ask(() => coordinator.heartbeat(group, mine)).catch(() => 'none' as const);
      if (over()) return;
      if (answer === 'ok' || answer === 'rebalance') prove(sentAt);
      if (answer === 'ok') listener.heartbeat(sentAt);
      else if (answer === 'rebalance') return revoke('rebalance');
      else if (answer === 'unknown') {
        id = undefined;
        return revoke('lost');
      }
      await pause(beatMs);
    }
  };
  const run = async (): Promise<void> => {
    while (!over()) {
      const joined = await join();
      if (over()) return;
      if (joined === undefined) continue;
      id = joined.id;
      told = 'assigned';
      prove(clock.monotonic());
      listener.assigned(joined.partitions, joined.generation);
      await beat(joined.id);
    }
  };
  void run();
  return {
    memberId: () => id,
    leave: async () => {
      if (stopping.signal.aborted) return;
      stopping.abort();
      proven.abort(proof);
      const mine = id;
      if (mine !== undefined) await ask(() => coordinator.remove(group, mine)).catch(() => undefined);
    },
  };
};
