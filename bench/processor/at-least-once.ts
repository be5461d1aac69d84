/**
 * The same runtime without its guarantee, to measure what the guarantee costs: what a task writes goes out idempotent and acknowledged by
 * all replicas, but in no transaction, and its offsets are committed plainly, at the same pace.
 */
import { backoffFor } from '../../runtime/kafka/backoff.ts';
import { code, coordinatorMoves, refusal } from '../../runtime/kafka/errors.ts';
import { openDirectory } from '../../runtime/kafka/directory.ts';
import { openWire, parseAddress, requestOf, type Address } from '../../runtime/kafka/wire.ts';
import type { Log, Member, MemberListener, MemberOptions, Outcome, Transactional } from '../../runtime/port.ts';

interface Committed {
  readonly responses: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}
const ok: Outcome = { is: 'ok', value: undefined };

/** `bootstrap`: for the connection on which offsets are committed; the port knows only transactional ones. */
export const atLeastOnce = (log: Log, bootstrap: string): Log => {
  const wire = openWire({ brokers: bootstrap.split(',').map(parseAddress), clientId: 'onhand-bench-offsets' });
  const directory = openDirectory(wire);
  let generation = -1;
  let member: Member | undefined;
  let coordinator: Address | undefined;

  const sendOffsets: Transactional['sendOffsets'] = async (group, offsets) => {
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, parts]) => ({
      topic,
      partitions: parts.map(({ partition, offset }) => ({ partition, offset: String(offset), metadata: null })),
    }));
    const backoff = backoffFor(5_000);
    for (;;) {
      coordinator ??= await directory.coordinator('group', group);
      const memberId = member?.memberId() ?? '';
      const question = { groupId: group, groupGenerationId: generation, memberId, retentionTime: -1, topics };
      const { responses } = await wire.ask(coordinator, requestOf<Committed>('OffsetCommit', 3, question));
      const codes = responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
      const found = codes.find(one => one !== code.ok);
      if (found === undefined) return ok;
      if (coordinatorMoves.has(found)) coordinator = undefined;
      if (!coordinatorMoves.has(found) || !(await backoff.pause()))
        return { is: 'failed', error: refusal(`committing offsets of ${group}`, found) };
    }
  };
  const initProducer = async (): Promise<Transactional> => {
    const { send, close } = await log.appender();
    return { send, sendOffsets, end: () => Promise.resolve(ok), close };
  };
  const join = async (options: MemberOptions, listener: MemberListener): Promise<Member> => {
    const assigned: MemberListener['assigned'] = (partitions, now) => {
      generation = now;
      listener.assigned(partitions, now);
    };
    return (member = await log.join(options, { ...listener, assigned }));
  };
  const close = async (): Promise<void> => {
    await Promise.all([wire.close(), log.close()]);
  };
  return { ...log, initProducer, join, close };
};
