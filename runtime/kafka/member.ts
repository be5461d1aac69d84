/**
 * Membership only, without reading: joins, beats, joins again when the group changes, and says so to its listener.
 * Why not kafkajs' consumer: docs/decisions/0010.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../failure.ts';
import type { Member, MemberListener, MemberOptions } from '../port.ts';
import { openDirectory, type Directory } from './directory.ts';
import { code, coordinatorMoves, messageOf, NoAnswer, refusal } from './errors.ts';
import { askForAssignment, askHeartbeat, askToJoin, removeMember, type Claim } from './membership.ts';
import type { Address, Wire } from './wire.ts';

export type Warn = (details: object, message: string) => void;

// A rebalance waits for the last member to hear of it in a heartbeat, and a killed one's partitions with it.
const LONGEST_BEAT_MS = 250;
const BEATS_PER_SESSION = 10;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** `wire` is the member's own: a join waits in it for all others. `control` is used to leave, past a join that is under way. */
export const joinGroup = async (
  wire: Wire,
  control: Wire,
  options: MemberOptions,
  listener: MemberListener,
  warn: Warn,
): Promise<Member> => {
  const { group } = options;
  // Its own, too: the member's requests are given up sooner than others, so that its silence is noticed within its session.
  const directory = openDirectory(wire);
  await directory.coordinator('group', group);
  const life = membershipOf(wire, directory, control, options, listener, warn);
  const running = life.run();
  let leaving: Promise<void> | undefined;
  return {
    memberId: life.memberId,
    leave: () => (leaving ??= life.stop().then(() => running)),
  };
};

interface Life {
  readonly run: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly memberId: () => string | undefined;
}

const membershipOf = (
  wire: Wire,
  directory: Directory,
  control: Wire,
  options: MemberOptions,
  listener: MemberListener,
  warn: Warn,
): Life => {
  const { group, sessionTimeoutMs } = options;
  const beatMs = Math.min(LONGEST_BEAT_MS, sessionTimeoutMs / BEATS_PER_SESSION);
  const stopping = new AbortController();
  let memberId = '';
  let claim: Claim = { owned: [], generation: -1 };
  let told: 'nothing' | 'assigned' | 'rebalance' | 'lost' = 'nothing';
  let provenAt = performance.now();
  let lossTimer: NodeJS.Timeout | undefined;
  const stopped = (): boolean => stopping.signal.aborted;
  let { formerMemberId } = options;
  /**
   * Once this member is known to the group and waits to join it: a group that was empty for a moment would be given the broker's
   * `group.initial.rebalance.delay.ms`, 3 s by default. Not waited for: the join is, and ends when the former one is out.
   */
  const removeFormer = (): void => {
    const former = formerMemberId;
    formerMemberId = undefined;
    if (former === undefined) return;
    removeMember(control, openDirectory(control), group, former).catch((error: unknown) => {
      formerMemberId = former;
      warn({ group, error: messageOf(error) }, 'membership: the former member stays until its session expires');
    });
  };

  const revoke = (why: 'rebalance' | 'lost'): void => {
    if (stopped() || told === 'nothing' || told === 'lost' || told === why) return;
    told = why;
    listener.revoked(why);
  };
  /** Of a request that the coordinator answered as to a member: it was one when the request was sent. */
  const prove = (sentAt: number): void => {
    provenAt = sentAt;
    clearTimeout(lossTimer);
    lossTimer = setTimeout(() => revoke('lost'), Math.max(0, sentAt + sessionTimeoutMs - performance.now()));
  };
  const forget = (): void => {
    memberId = '';
    revoke('lost');
  };

  /** The partitions of a new generation; undefined when it has to be tried again. */
  const join = async (coordinator: Address): Promise<readonly number[] | undefined> => {
    // While a join waits for the others, the coordinator keeps its member without heartbeats.
    clearTimeout(lossTimer);
    let joined = await askToJoin(wire, coordinator, options, memberId, claim);
    if (joined.errorCode === code.memberIdRequired && !stopped()) {
      memberId = joined.memberId;
      removeFormer();
      joined = await askToJoin(wire, coordinator, options, memberId, claim);
    }
    if (joined.errorCode !== code.ok) return refused(joined.errorCode, 'joining');
    memberId = joined.memberId;
    removeFormer();
    const sentAt = performance.now();
    const numbers = await askForAssignment(wire, directory, coordinator, options, joined);
    if (typeof numbers === 'number') return refused(numbers, 'joining');
    prove(sentAt);
    claim = { owned: numbers, generation: joined.generationId };
    return numbers;
  };
  const refused = (found: number, doing: string): undefined => {
    if (found === code.unknownMemberId) forget();
    else if (found === code.illegalGeneration) revoke('lost');
    else if (found === code.rebalanceInProgress) revoke('rebalance');
    else if (!coordinatorMoves.has(found)) throw refusal(`${doing} group ${group}`, found);
    return undefined;
  };

  /** Until the generation is over, or nothing has been heard for a whole session. */
  const beat = async (first: Address): Promise<void> => {
    let coordinator = first;
    while (!stopped() && told === 'assigned') {
      const sentAt = performance.now();
      try {
        const found = await askHeartbeat(wire, coordinator, options, memberId, claim.generation);
        if (stopped()) return;
        if (found === code.ok || found === code.rebalanceInProgress) prove(sentAt);
        if (found === code.ok) listener.heartbeat(sentAt);
        else if (coordinatorMoves.has(found)) coordinator = await directory.coordinator('group', group);
        else refused(found, 'staying in');
      } catch (error) {
        if (stopped() || !isPassing(error)) throw error;
        coordinator = await directory.coordinator('group', group).catch(() => coordinator);
      }
      if (told === 'assigned') await sleep(beatMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const generation = async (): Promise<boolean> => {
    const coordinator = await directory.coordinator('group', group);
    const partitions = await join(coordinator);
    if (partitions === undefined || stopped()) return false;
    told = 'assigned';
    listener.assigned(partitions, claim.generation);
    await beat(coordinator);
    return true;
  };

  const run = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopped()) {
      try {
        if (await generation()) {
          pauseMs = FIRST_PAUSE_MS;
          continue;
        }
      } catch (error) {
        if (stopped()) break;
        if (!isPassing(error)) {
          await fail(error);
          break;
        }
        warn({ group, error: messageOf(error) }, 'membership: the coordinator does not answer, trying on');
      }
      if (performance.now() - provenAt > sessionTimeoutMs) revoke('lost');
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    clearTimeout(lossTimer);
  };
  const fail = async (error: unknown): Promise<void> => {
    revoke('lost');
    await stop();
    listener.fatal(error instanceof Error ? error : new Error(String(error)));
  };
  const stop = async (): Promise<void> => {
    if (stopped()) return;
    stopping.abort();
    clearTimeout(lossTimer);
    if (memberId !== '') {
      await removeMember(control, openDirectory(control), group, memberId).catch((error: unknown) => {
        warn({ group, error: messageOf(error) }, 'membership: left without a word, the others wait for the session to expire');
      });
    }
    await wire.close();
  };
  return { run, stop, memberId: () => (memberId === '' ? undefined : memberId) };
};

const isPassing = (error: unknown): boolean => error instanceof NoAnswer || (isFailure(error) && error.kind === 'transient');
