/** What bringing each event of a range to its target again would do: by the sink's own rules, against the target as it is. */
import { fatal, isFailure } from '../../runtime/failure.ts';
import { keysOf } from '../../runtime/keys/keys.ts';
import { postgresKeyStore } from '../../runtime/keys/postgres.ts';
import type { AnySink, Event, Shown, Target } from '../../runtime/model.ts';
import { unitSettings } from '../../runtime/service.ts';
import { openAll, sealedFields } from '../../runtime/task/replayed.ts';
import { inputsOf, ownTopics } from '../../runtime/topology.ts';
import type { Located } from '../../runtime/client.ts';
import type { Context } from '../context.ts';
import { sealPlan, type ReplayPlan, type ReplayRange, type ReplayStep, type StepKind } from './plan.ts';
import { rangeOf, type Asked } from './range.ts';

export const sinkOf = (context: Context, name: string): AnySink => {
  const found = context.units.find(one => one.kind === 'sink' && one.unit.name === name);
  if (found?.kind !== 'sink')
    throw fatal(
      'NOT_FOUND',
      `replaying to ${name}: there is no such sink; there are ${context.units
        .filter(one => one.kind === 'sink')
        .map(one => one.unit.name)
        .join(', ')}`,
    );
  return found.unit;
};
export const defaultTopic = (context: Context, sink: string): string => {
  const found = context.units.find(one => one.kind === 'sink' && one.unit.name === sink);
  const [first, ...others] = found === undefined ? [] : inputsOf(found);
  if (first === undefined) sinkOf(context, sink);
  if (others.length > 0) throw fatal('USAGE', `replaying to ${sink}: it reads several topics, name one with --topic`);
  return first!.name;
};

export const planReplay = async (context: Context, asked: Asked): Promise<ReplayPlan> => {
  const sink = sinkOf(context, asked.sink);
  if (!sink.reads.some(topic => topic.name === asked.topic))
    throw fatal(
      'USAGE',
      `replaying to ${asked.sink}: it does not read ${asked.topic}; it reads ${sink.reads.map(topic => topic.name).join(', ')}`,
    );
  const range = await rangeOf(context, asked);
  return sealPlan(range, await stepsOf(context, range));
};
/** What the events of a range would do now. */
export const stepsOf = async (context: Context, range: ReplayRange): Promise<readonly ReplayStep[]> => {
  const sink = sinkOf(context, range.sink);
  const located = await eventsOf(context, range);
  const keys = new Set(located.map(one => one.event.key));
  const unknown = range.keys.filter(key => !keys.has(key));
  if (unknown.length > 0)
    throw fatal(
      'NOT_FOUND',
      `replaying the key ${unknown.join(', ')}: ${range.topic} holds nothing of it (a key of it is ${sink.reads[0]!.key.join('|')})`,
    );
  const settings = unitSettings([{ kind: 'sink', unit: sink }], context.environment)(sink.name);
  const target = sink.target(settings, { clock: context.clock, log: context.logger }) as AnyTarget;
  try {
    const opened = await openEvents(context, sink, located);
    context.output.say(`Looking at ${opened.length} event(s) of ${range.topic} …`);
    return await lookAt(context, sink, target, opened, await appliedRevisions(context, sink.name));
  } finally {
    await target.close();
  }
};
type AnyTarget = Target<object, unknown, Shown>;

const eventsOf = (context: Context, { topic, from, to, keys }: ReplayRange): Promise<readonly Located[]> => {
  const offsets = (of: Readonly<Record<string, number>>) =>
    new Map(Object.entries(of).map(([partition, offset]) => [Number(partition), offset]));
  const wanted = new Set(keys);
  return context.client().events(topic, {
    partitions: Object.keys(from).map(Number),
    from: offsets(from),
    to: offsets(to),
    ...(keys.length === 0 ? {} : { where: record => wanted.has(record.key?.toString() ?? '') }),
  });
};
/** The revision of each document that the sink has applied, from its changelog. */
const appliedRevisions = async (context: Context, sink: string): Promise<ReadonlyMap<string, number>> => {
  const applied = new Map<string, number>();
  await context.client().scan(
    ownTopics.changelog(sink),
    record => {
      const document = record.key!.toString().slice(2);
      if (record.value === null) applied.delete(document);
      else applied.set(document, Number(record.value.toString()));
    },
    { where: record => record.key?.[0] === 0x64 && record.key[1] === 0 },
  );
  return applied;
};
interface Opened {
  readonly event: Event;
  readonly located: Located;
}
const openEvents = async (context: Context, sink: AnySink, located: readonly Located[]): Promise<readonly Opened[]> => {
  if (!sink.opens) return located.map(one => ({ event: one.event, located: one }));
  const settings = context.processSettings();
  const store = postgresKeyStore({ url: settings.KEYS_URL, masterKey: settings.ONHAND_MASTER_KEY });
  try {
    const keys = keysOf(store, context.clock.now);
    await keys.load(located.flatMap(one => sealedFields(one.event.data).map(([, sealed]) => sealed.keyId)));
    return located.map(one => ({ event: { ...one.event, data: openAll(one.event.data, keys) }, located: one }));
  } finally {
    await store.close();
  }
};

/** Longest that one look at the target may take, ms. */
const lookMs = 30_000;
/** Looks in batches of the sink's size: the target's answers are what takes time. */
const lookAt = async (
  context: Context,
  sink: AnySink,
  target: AnyTarget,
  opened: readonly Opened[],
  applied: ReadonlyMap<string, number>,
): Promise<readonly ReplayStep[]> => {
  const newest = new Map(applied);
  for (const { event } of opened) {
    const document = sink.document(event);
    if (document !== undefined)
      newest.set(document.document, Math.max(newest.get(document.document) ?? -Infinity, document.revision));
  }
  const steps: ReplayStep[] = [];
  for (const batch of batchesOf(opened, sink.batch.size)) {
    const begun = batch.map(one => begin(context, sink, one, newest));
    const lookups = begun.flatMap(one => one.lookups ?? []);
    const answers = lookups.length === 0 ? [] : await target.find(lookups, context.clock.monotonic() + lookMs);
    let next = 0;
    for (const one of begun)
      steps.push({ ...coordinates(one.opened), ...(one.verdict ?? end(context, sink, one.opened, answers[next++])) });
  }
  return steps;
};
/** As the sink itself makes them: no two events of one key in a batch. */
const batchesOf = (opened: readonly Opened[], size: number): readonly (readonly Opened[])[] => {
  const batches: Opened[][] = [];
  let keys = new Set<string>();
  for (const one of opened) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length >= size || keys.has(one.event.key)) {
      batches.push([one]);
      keys = new Set([one.event.key]);
    } else {
      batch.push(one);
      keys.add(one.event.key);
    }
  }
  return batches;
};
type Verdict = Pick<ReplayStep, 'kind' | 'shows'>;
type Looked = Awaited<ReturnType<AnyTarget['find']>>[number];
const coordinates = ({ event, located: { record } }: Opened) => ({
  partition: record.partition,
  offset: record.offset,
  key: event.key,
  type: event.type,
});
/** What is known without the target, or what must be looked up there. */
const begin = (
  context: Context,
  sink: AnySink,
  opened: Opened,
  newest: ReadonlyMap<string, number>,
): { readonly opened: Opened; readonly verdict?: Verdict; readonly lookups?: readonly [readonly object[]] } => {
  const document = sink.document(opened.event);
  if (document !== undefined && document.revision < (newest.get(document.document) ?? -Infinity))
    return { opened, verdict: { kind: 'superseded', shows: [] } };
  try {
    return { opened, lookups: [sink.find(opened.event, context.policy())] };
  } catch (error) {
    return { opened, verdict: refused(error) };
  }
};
const end = (context: Context, sink: AnySink, { event }: Opened, answer: Looked | undefined): Verdict => {
  try {
    if (answer?.is !== 'done')
      throw answer?.is === 'failure' ? answer.failure : (answer?.error ?? new Error('the target gave no answer'));
    const calls = sink.plan(event, answer.value, context.policy()) as readonly Shown[];
    const kind: StepKind = calls.length === 0 ? 'same' : calls.some(call => call.kind === 'create') ? 'create' : 'change';
    return { kind, shows: calls.map(call => call.show) };
  } catch (error) {
    return refused(error);
  }
};
const refused = (error: unknown): Verdict => {
  if (!isFailure(error) || error.kind !== 'poison') throw error;
  return { kind: 'refused', shows: [`${error.code}: ${error.message}`] };
};
