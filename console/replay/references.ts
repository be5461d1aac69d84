/**
 * A plan's references in `SINK.replay`, each written once whatever interrupts it: the plan has a transactional id of its own, so whoever goes
 * on with it first fences who was at it before, and then sees exactly what was written.
 */
import { fatal, transient } from '../../runtime/failure.ts';
import type { Outcome } from '../../runtime/port.ts';
import type { ReplayReference } from '../../runtime/task/replayed.ts';
import { ownTopics } from '../../runtime/topology.ts';
import type { Context } from '../context.ts';
import { placeOf, type ReplayPlan, type ReplayStep } from './plan.ts';
import type { Actor } from '../audited.ts';

export interface References {
  readonly isWritten: (step: ReplayStep) => boolean;
  /** In one transaction, in order. Throws transient when the outcome is not known: then open anew. */
  readonly write: (steps: readonly ReplayStep[]) => Promise<void>;
  /** How many of those written the sink has worked off. */
  readonly workedOff: () => Promise<number>;
  readonly written: () => number;
  readonly close: () => Promise<void>;
}
/** An open transaction holds the sink's replays back, and nothing else; who goes on ends it at once. */
const transactionMs = 15_000;

export const openReferences = async (context: Context, plan: ReplayPlan, { actor, reason }: Actor): Promise<References> => {
  const plain = ownTopics.replay(plan.sink);
  const topic = context.names().topic(plain);
  const producer = await context.log().initProducer(context.names().transactionalId(`replay.${plan.plan}`, 0), transactionMs);
  /** Where the reference to each step stands. */
  const written = new Map<string, { readonly partition: number; readonly offset: number }>();
  const needle = Buffer.from(plan.plan);
  try {
    await context.client().scan(
      plain,
      record => {
        const reference = JSON.parse(record.value!.toString()) as ReplayReference;
        if (reference.plan !== plan.plan) return;
        const { partition, offset } = record;
        written.set(placeOf({ partition, offset: reference.offset }), { partition, offset });
      },
      { where: record => record.value?.includes(needle) === true },
    );
  } catch (error) {
    await producer.close();
    throw error;
  }
  return {
    isWritten: step => written.has(placeOf(step)),
    written: () => written.size,
    write: async steps => {
      const records = steps.map(step => ({
        topic,
        partition: step.partition,
        key: Buffer.from(step.key),
        value: Buffer.from(JSON.stringify(referenceOf(plan, step, { actor, reason }))),
      }));
      const sent = okOf(await producer.send(records), plan);
      okOf(await producer.end('commit'), plan);
      const next = new Map(sent.map(one => [one.partition, one.baseOffset]));
      for (const step of steps) {
        const offset = next.get(step.partition)!;
        written.set(placeOf(step), { partition: step.partition, offset });
        next.set(step.partition, offset + 1);
      }
    },
    workedOff: async () => {
      const committed = await context.log().committed(context.names().group(plan.sink), [topic]);
      const positions = new Map(committed.map(one => [one.partition, one.offset]));
      return [...written.values()].filter(one => one.offset < (positions.get(one.partition) ?? 0)).length;
    },
    close: (): Promise<void> => producer.close(),
  };
};
const referenceOf = (plan: ReplayPlan, step: ReplayStep, by: Actor): ReplayReference & Actor => ({
  plan: plan.plan,
  topic: plan.topic,
  offset: step.offset,
  ...by,
});
const okOf = <T>(outcome: Outcome<T>, { plan, sink }: ReplayPlan): T => {
  const doing = `writing references of the plan ${plan} for ${sink}`;
  switch (outcome.is) {
    case 'ok':
      return outcome.value;
    case 'fenced':
      throw fatal('REPLAY_ELSEWHERE', `${doing}: another run of it has taken over`, { cause: outcome.error });
    case 'failed':
    case 'unknown':
      throw transient('KAFKA_UNREACHABLE', `${doing}: ${outcome.error.message}`, { cause: outcome.error });
  }
};
