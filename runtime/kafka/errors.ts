/** Kafka's error codes by name, and what each means for what was asked. */
import { fatal, transient, type Failure } from '../failure.ts';
import { errorCodes } from './mended.ts';

/** Codes that the adapter tells apart; kafkajs has them all but those after 88. */
export const code = {
  ok: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  replicaNotAvailable: 9,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  notController: 41,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  concurrentTransactions: 51,
  transactionCoordinatorFenced: 52,
  operationNotAttempted: 55,
  storageError: 56,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 76,
  offsetNotAvailable: 78,
  memberIdRequired: 79,
  fencedInstanceId: 82,
  unstableOffsetCommit: 88,
  producerFenced: 90,
} as const;

const laterNames: readonly (readonly [number, string])[] = [
  [89, 'THROTTLING_QUOTA_EXCEEDED'],
  [90, 'PRODUCER_FENCED'],
  [100, 'UNKNOWN_TOPIC_ID'],
  [110, 'FENCED_MEMBER_EPOCH'],
  [120, 'TRANSACTION_ABORTABLE'],
];
const names = new Map<number, string>([...errorCodes.map(({ code: number, type }) => [number, type] as const), ...laterNames]);

export const errorName = (number: number): string => names.get(number) ?? `error ${String(number)}`;

const setOf = (...numbers: readonly number[]): ReadonlySet<number> => new Set(numbers);

/** Another holds the transactional id, or the group's generation moved on. */
export const fencing = setOf(
  ...[code.invalidProducerEpoch, code.invalidTxnState, code.invalidProducerIdMapping, code.transactionCoordinatorFenced],
  ...[code.unknownProducerId, code.producerFenced, code.illegalGeneration, code.unknownMemberId, code.fencedInstanceId],
);
/** The coordinator moves or wakes up; what was asked was not done. (For EndTxn, `coordinatorNotAvailable` may hide that it was.) */
export const coordinatorMoves = setOf(code.coordinatorLoading, code.coordinatorNotAvailable, code.notCoordinator);
/** The partition's leader moves or wakes up; nothing was read or written. */
export const leaderMoves = setOf(
  ...[code.leaderNotAvailable, code.notLeader, code.replicaNotAvailable, code.fencedLeaderEpoch, code.unknownLeaderEpoch],
  ...[code.unknownTopicOrPartition, code.offsetNotAvailable, code.storageError],
);
/** Written, but not yet on enough replicas: asked again with the same sequence, the broker knows the batch. */
export const perhapsWritten = setOf(code.requestTimedOut, code.notEnoughReplicasAfterAppend);
/** Not written now; may be on the next try. */
export const notWrittenYet = setOf(
  ...[code.leaderNotAvailable, code.notLeader, code.replicaNotAvailable, code.unknownTopicOrPartition, code.storageError],
  ...[code.notEnoughReplicas, code.concurrentTransactions, code.corruptMessage],
);

/** Thrown when a request left and no answer came: it may have been done, or not. */
export class NoAnswer extends Error {
  constructor(asked: string, address: string, cause: unknown) {
    super(`${asked} at ${address}: no answer came (${messageOf(cause)})`, { cause });
    this.name = 'NoAnswer';
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For what only reads: no answer is the same as no broker. */
export const unreachable = (doing: string, error: unknown): Failure =>
  transient('KAFKA_UNREACHABLE', `${doing}: ${messageOf(error)}`, { cause: error });

const mayPass = setOf(
  ...leaderMoves,
  ...coordinatorMoves,
  ...perhapsWritten,
  ...notWrittenYet,
  code.unstableOffsetCommit,
  code.notController,
);

/** The failure for an error code that stays: transient when it tells of moving or waking, fatal when asking again cannot mend it. */
export const refusal = (doing: string, number: number): Failure =>
  number === code.unknownTopicOrPartition
    ? transient('TOPIC_MISSING', `${doing}: the broker knows no such topic or partition`)
    : mayPass.has(number)
      ? transient('KAFKA_UNREACHABLE', `${doing}: the broker says ${errorName(number)}`)
      : fatal('KAFKA_REFUSED', `${doing}: the broker says ${errorName(number)}`);
