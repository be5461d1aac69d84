/**
 * `onhand replay plan` shows what bringing a range of a sink's input to its target again would do; `onhand replay run` does just that.
 * The work itself is the sink's own: a replay writes references into `SINK.replay`, so that one queue per key orders live and replayed.
 */
import { hash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fatal, isFailure } from '../runtime/failure.ts';
import { keysOf } from '../runtime/keys/keys.ts';
import { postgresKeyStore } from '../runtime/keys/postgres.ts';
import type { AnySink, Event, Shown, Target } from '../runtime/model.ts';
import { unitSettings } from '../runtime/service.ts';
import { openAll, sealedFields, type ReplayReference } from '../runtime/task/replayed.ts';
import { inputsOf, ownTopics } from '../runtime/topology.ts';
import type { Context } from './context.ts';
import type { Located } from '../runtime/client.ts';

export interface ReplayRange {
  readonly sink: string;
  readonly topic: string;
  /** By partition, inclusive. */
  readonly from: ReadonlyMap<number, number>;
  /** By partition, exclusive: the offset after the last. */
  readonly to: ReadonlyMap<number, number>;
  readonly key: string | undefined;
}
export type StepKind = 'create' | 'change' | 'same' | 'superseded' | 'refused';
export interface ReplayStep {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly type: string;
  readonly kind: StepKind;
  readonly shows: readonly string[];
}
export interface ReplayPlan {
  readonly version: 1;
  readonly plan: string;
  readonly sink: string;
  readonly topic: string;
  readonly from: Readonly<Record<string, number>>;
  readonly to: Readonly<Record<string, number>>;
  readonly key: string | null;
  readonly steps: readonly ReplayStep[];
  /** SHA-256 of all of the above but `plan`. */
  readonly hash: string;
}

const sinkOf = (context: Context, name: string): AnySink => {
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
/** `P:N` options as a map; a range must lie within what the topic holds and is never clamped. */
const checkRange = async (context: Context, range: ReplayRange): Promise<ReplayRange> => {
  const topic = context.names().topic(range.topic);
  const count = (await context.log().partitions([topic])).get(topic);
  if (count === undefined) throw fatal('TOPIC_MISSING', `replaying ${range.topic}: it does not exist`);
  const partitions =
    range.from.size === 0 && range.to.size === 0
      ? Array.from({ length: count }, (_, p) => p)
      : [...new Set([...range.from.keys(), ...range.to.keys()])];
  const outside = partitions.filter(partition => partition >= count);
  if (outside.length > 0)
    throw fatal('USAGE', `replaying ${range.topic}: it has ${count} partitions, so there is no partition ${outside.join(', ')}`);
  const bounds = await context.log().bounds(partitions.map(partition => ({ topic, partition })));
  const [from, to] = [new Map<number, number>(), new Map<number, number>()];
  for (const one of bounds) {
    const first = range.from.get(one.partition) ?? one.start;
    const last = range.to.get(one.partition) ?? one.lastStable;
    if (first < one.start || last > one.lastStable || first > last)
      throw fatal(
        'OFFSET_OUT_OF_RANGE',
        `replaying ${range.topic} ${one.partition}: ${first} to ${last} is asked, it holds ${one.start} to ${one.lastStable} (the end is exclusive)`,
      );
    from.set(one.partition, first);
    to.set(one.partition, last);
  }
  return { ...range, from, to };
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
/** What one event would do, by the sink's own rules against the target as it is. */
const stepsOf = async (
  context: Context,
  sink: AnySink,
  opened: readonly Opened[],
  applied: ReadonlyMap<string, number>,
  target: Target<object, unknown, Shown>,
): Promise<readonly ReplayStep[]> => {
  const policy = context.policy();
  const steps: ReplayStep[] = [];
  const newest = new Map<string, number>();
  for (const { event } of opened) {
    const document = sink.document(event);
    if (document !== undefined) newest.set(document.document, Math.max(newest.get(document.document) ?? 0, document.revision));
  }
  for (const { event, located } of opened) {
    const at = { partition: located.record.partition, offset: located.record.offset, key: event.key, type: event.type };
    const document = sink.document(event);
    const highest =
      document === undefined
        ? undefined
        : Math.max(applied.get(document.document) ?? -Infinity, newest.get(document.document) ?? -Infinity);
    if (document !== undefined && document.revision < highest!) {
      steps.push({ ...at, kind: 'superseded', shows: [] });
      continue;
    }
    try {
      const [answer] = await target.find([sink.find(event, policy)], context.clock.monotonic() + 30_000);
      if (answer === undefined || answer.is !== 'done')
        throw answer?.is === 'failure' ? answer.failure : (answer?.error ?? new Error('no answer'));
      const calls = sink.plan(event, answer.value, policy) as readonly Shown[];
      const kind: StepKind = calls.length === 0 ? 'same' : calls.some(call => call.kind === 'create') ? 'create' : 'change';
      steps.push({ ...at, kind, shows: calls.map(call => call.show) });
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'poison') throw error;
      steps.push({ ...at, kind: 'refused', shows: [`${error.code}: ${error.message}`] });
    }
  }
  return steps;
};
const sealPlan = (plan: Omit<ReplayPlan, 'hash'>): ReplayPlan => {
  const { plan: _, ...content } = plan;
  return { ...plan, hash: hash('sha256', JSON.stringify(content), 'hex') };
};
export const planReplay = async (context: Context, asked: ReplayRange): Promise<ReplayPlan> => {
  const sink = sinkOf(context, asked.sink);
  if (!sink.reads.some(topic => topic.name === asked.topic))
    throw fatal(
      'USAGE',
      `replaying to ${asked.sink}: it does not read ${asked.topic}; it reads ${sink.reads.map(topic => topic.name).join(', ')}`,
    );
  const range = await checkRange(context, asked);
  const where =
    range.key === undefined ? undefined : (record: { readonly key: Buffer | null }) => record.key?.toString() === range.key;
  const located = await context.client().events(range.topic, {
    partitions: [...range.from.keys()],
    from: range.from,
    to: range.to,
    ...(where === undefined ? {} : { where }),
  });
  if (located.length === 0 && range.key !== undefined)
    throw fatal(
      'NOT_FOUND',
      `replaying the key ${range.key}: ${range.topic} holds nothing of it (a key of it is ${sink.reads[0]!.key.join('|')})`,
    );
  const settings = unitSettings([{ kind: 'sink', unit: sink }], context.environment)(sink.name);
  const target = sink.target(settings, { clock: context.clock, log: context.logger }) as Target<object, unknown, Shown>;
  try {
    const opened = await openEvents(context, sink, located);
    context.output.say(`Looking at ${opened.length} event(s) of ${range.topic} …`);
    const steps = await stepsOf(context, sink, opened, await appliedRevisions(context, sink.name), target);
    return sealPlan({
      version: 1,
      plan: randomUUID(),
      sink: sink.name,
      topic: range.topic,
      from: Object.fromEntries(range.from),
      to: Object.fromEntries(range.to),
      key: range.key ?? null,
      steps,
    });
  } finally {
    await target.close();
  }
};
export const showPlan = (context: Context, plan: ReplayPlan): void => {
  const count = (kind: StepKind): number => plan.steps.filter(step => step.kind === kind).length;
  context.output.show({
    json: plan,
    head: ['partition:offset', 'fact', 'key', 'would', 'how'],
    rows: plan.steps
      .filter(step => step.kind !== 'same' && step.kind !== 'superseded')
      .map(step => [`${step.partition}:${step.offset}`, step.type, step.key, step.kind, step.shows.join('\n')]),
    empty: 'Nothing is missing there.',
  });
  context.output.say(
    `${plan.steps.length} event(s): ${count('create')} create, ${count('change')} change, ${count('same')} same, ${count('superseded')} superseded, ${count('refused')} refused.`,
  );
};
export const keepPlan = (plan: ReplayPlan, path: string): void => writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`);
export const readPlan = (path: string): ReplayPlan => {
  let plan: ReplayPlan;
  try {
    plan = JSON.parse(readFileSync(path, 'utf8')) as ReplayPlan;
  } catch (error) {
    throw fatal('NOT_FOUND', `reading the plan ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const { hash: said, ...rest } = plan;
  if (sealPlan(rest).hash !== said) throw fatal('PLAN_CHANGED', `reading the plan ${path}: its content is not what was planned`);
  return plan;
};
const rangeOf = (plan: ReplayPlan): ReplayRange => {
  const map = (offsets: Readonly<Record<string, number>>) =>
    new Map(Object.entries(offsets).map(([partition, offset]) => [Number(partition), offset]));
  return { sink: plan.sink, topic: plan.topic, from: map(plan.from), to: map(plan.to), key: plan.key ?? undefined };
};
export interface RunOptions {
  readonly actor: string;
  readonly reason: string;
  readonly deadlineMs: number;
}
/** Does what the plan showed, or nothing at all when the target has changed since. */
export const runReplay = async (context: Context, plan: ReplayPlan, { actor, reason, deadlineMs }: RunOptions): Promise<void> => {
  const now = await planReplay(context, rangeOf(plan));
  if (now.hash !== plan.hash) {
    showPlan(context, now);
    throw fatal(
      'PLAN_CHANGED',
      `running the plan ${plan.plan}: what would be done now is shown above and differs from what was planned; nothing was done`,
    );
  }
  const wanted = plan.steps.filter(step => step.kind === 'create' || step.kind === 'change');
  if (wanted.length === 0)
    return context.output.show({ json: { plan: plan.plan, done: 0 }, text: 'Nothing is missing there: nothing was done.' });
  const topic = ownTopics.replay(plan.sink);
  const before = await endsOf(context, topic);
  for (const step of wanted)
    await context.client().write(topic, step.partition, step.key, {
      plan: plan.plan,
      topic: plan.topic,
      offset: step.offset,
      actor,
      reason,
    } satisfies ReplayReference & { actor: string; reason: string });
  const ends = await endsOf(context, topic);
  const until = context.clock.monotonic() + deadlineMs;
  const group = context.names().group(plan.sink);
  for (let left = Infinity; left > 0;) {
    const committed = new Map(
      (await context.log().committed(group, [context.names().topic(topic)])).map(one => [one.partition, one.offset]),
    );
    left = [...ends].reduce(
      (sum, [partition, end]) => sum + Math.max(0, end - Math.max(committed.get(partition) ?? 0, before.get(partition) ?? 0)),
      0,
    );
    context.output.say(`${wanted.length - Math.min(left, wanted.length)} of ${wanted.length} done`);
    if (left === 0) break;
    if (context.clock.monotonic() > until)
      throw fatal(
        'REPLAY_WAITS',
        `running the plan ${plan.plan}: ${left} reference(s) in ${topic} wait for the sink ${plan.sink}; is it running? They will be worked on when it does`,
      );
    await wait(500);
  }
  const after = await planReplay(context, rangeOf(plan));
  const left = after.steps.filter(step => step.kind === 'create' || step.kind === 'change');
  context.output.show({
    json: { plan: plan.plan, done: wanted.length - left.length, left },
    text:
      left.length === 0
        ? `Done: ${wanted.length} event(s) were brought to ${plan.sink} again; nothing is missing there now.`
        : `${left.length} of ${wanted.length} are still missing: see \`onhand parked list --unit ${plan.sink}\`.`,
  });
  if (left.length > 0)
    throw fatal('REPLAY_INCOMPLETE', `running the plan ${plan.plan}: ${left.length} event(s) are still missing`);
};
const endsOf = async (context: Context, topic: string): Promise<ReadonlyMap<number, number>> => {
  const name = context.names().topic(topic);
  const count = (await context.log().partitions([name])).get(name) ?? 0;
  const bounds = await context.log().bounds(Array.from({ length: count }, (_, partition) => ({ topic: name, partition })));
  return new Map(bounds.map(one => [one.partition, one.lastStable]));
};
export const defaultTopic = (context: Context, sink: string): string => {
  const found = context.units.find(one => one.kind === 'sink' && one.unit.name === sink);
  const [first, ...others] = found === undefined ? [] : inputsOf(found);
  if (first === undefined) sinkOf(context, sink);
  if (others.length > 0) throw fatal('USAGE', `replaying to ${sink}: it reads several topics, name one with --topic`);
  return first!.name;
};
