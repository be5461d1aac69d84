/** The group protocol as a member speaks it: join, sync, heartbeat, leave, and what members tell each other in it. */
import { backoffFor } from './backoff.ts';
import { assignPartitions, type Claimant } from './assign.ts';
import type { Directory } from './directory.ts';
import { code, coordinatorMoves, NoAnswer, refusal, unreachable } from './errors.ts';
import { MemberAssignment, MemberMetadata } from './mended.ts';
import { requestOf, type Address, type Wire } from './wire.ts';

/** Of all members of a group the same, or the coordinator refuses the newcomer. */
const ASSIGNER = 'onhand-by-number';
const ANSWER_SLACK_MS = 5_000;
const LEAVE_WAIT_MS = 3_000;

export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}
export interface Claim {
  readonly owned: readonly number[];
  readonly generation: number;
}
interface Joined {
  readonly errorCode: number;
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** A group's broker learns a new member's id in a first answer that is an error, so that one whose answer is lost is not waited for. */
export const askToJoin = (
  wire: Wire,
  coordinator: Address,
  options: GroupOptions,
  memberId: string,
  claim: Claim,
): Promise<Joined> => {
  const metadata = MemberMetadata.encode({ version: 0, topics: options.topics, userData: Buffer.from(JSON.stringify(claim)) });
  return wire.ask(
    coordinator,
    requestOf<Joined>('JoinGroup', 5, {
      groupId: options.group,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      memberId,
      protocolType: 'consumer',
      groupProtocols: [{ name: ASSIGNER, metadata }],
    }),
  );
};

interface Synced {
  readonly errorCode: number;
  readonly memberAssignment: Buffer | null;
}

/** The leader brings everyone's partitions along; the others wait for it. Answers with an error code, or with this member's numbers. */
export const askForAssignment = async (
  wire: Wire,
  directory: Directory,
  coordinator: Address,
  options: GroupOptions,
  joined: Joined,
): Promise<number | readonly number[]> => {
  const groupAssignment = joined.leaderId === joined.memberId ? await assignAll(directory, joined) : [];
  const question = requestOf<Synced>('SyncGroup', 3, {
    groupId: options.group,
    generationId: joined.generationId,
    memberId: joined.memberId,
    groupAssignment,
  });
  const answer = await wire.ask(coordinator, { ...question, requestTimeout: options.rebalanceTimeoutMs + ANSWER_SLACK_MS });
  if (answer.errorCode !== code.ok) return answer.errorCode;
  const decoded = answer.memberAssignment === null ? null : MemberAssignment.decode(answer.memberAssignment);
  const numbers = new Set(Object.values(decoded?.assignment ?? {}).flat());
  return [...numbers].toSorted((a, b) => a - b);
};

const assignAll = async (
  directory: Directory,
  { members }: Joined,
): Promise<{ memberId: string; memberAssignment: Buffer }[]> => {
  const known = members.map(({ memberId, memberMetadata }) => {
    const { topics, userData } = MemberMetadata.decode(memberMetadata);
    return { memberId, topics, ...readClaim(userData) };
  });
  const counts = await directory.counts([...new Set(known.flatMap(({ topics }) => topics))]);
  const assigned = assignPartitions(known satisfies readonly Claimant[], Math.max(0, ...counts.values()));
  return known.map(({ memberId, topics }) => {
    const numbers = assigned.get(memberId) ?? [];
    const assignment = Object.fromEntries(
      topics.map(topic => [topic, numbers.filter(partition => partition < (counts.get(topic) ?? 0))]),
    );
    return { memberId, memberAssignment: MemberAssignment.encode({ version: 0, assignment }) };
  });
};

/** A claim only says what would be cheap to keep; one that cannot be read claims nothing. */
const readClaim = (userData: Buffer | null): Claim => {
  try {
    const { owned, generation } = JSON.parse(String(userData)) as Partial<Claim>;
    if (Array.isArray(owned) && typeof generation === 'number') return { owned: owned.filter(Number.isInteger), generation };
  } catch {
    // Falls through: another release's claim.
  }
  return { owned: [], generation: -1 };
};

export const askHeartbeat = async (
  wire: Wire,
  coordinator: Address,
  { group }: GroupOptions,
  memberId: string,
  generation: number,
): Promise<number> => {
  const question = { groupId: group, groupGenerationId: generation, memberId, groupInstanceId: null };
  return (await wire.ask(coordinator, requestOf<{ errorCode: number }>('Heartbeat', 3, question))).errorCode;
};

interface Left {
  readonly errorCode: number;
  readonly members: readonly { readonly errorCode: number }[];
}

/** Takes a member out at once, so that its partitions need not wait for its session to expire. One that is out already is no error. */
export const removeMember = async (wire: Wire, directory: Directory, group: string, memberId: string): Promise<void> => {
  const doing = `taking a member out of group ${group}`;
  const backoff = backoffFor(LEAVE_WAIT_MS);
  for (;;) {
    const coordinator = await directory.coordinator('group', group);
    const question = requestOf<Left>('LeaveGroup', 3, { groupId: group, memberId });
    const answer = await wire.ask(coordinator, question).catch((error: unknown) => {
      throw error instanceof NoAnswer ? unreachable(doing, error) : error;
    });
    const found = answer.errorCode === code.ok ? (answer.members[0]?.errorCode ?? code.ok) : answer.errorCode;
    if (found === code.ok || found === code.unknownMemberId) return;
    if (!coordinatorMoves.has(found) || !(await backoff.pause())) throw refusal(doing, found);
  }
};
