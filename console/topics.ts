/** `onhand topics plan|apply` and `onhand schemas plan|apply`: deployment steps; a running service never makes a topic or a schema. */
import { fatal } from '../runtime/failure.ts';
import type { TopicSpec } from '../runtime/port.ts';
import { specOf, topicSpecs } from '../runtime/topology.ts';
import { topics } from '../schemas/topics.ts';
import type { Context } from './context.ts';

interface TopicStep {
  readonly topic: string;
  readonly step: 'create' | 'alter' | 'same' | 'refuse';
  readonly detail: string;
  readonly spec: TopicSpec;
}
const differing = (wanted: TopicSpec, found: TopicSpec): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(wanted.settings).filter(([name, value]) => found.settings[name] !== value));

const stepOf = (wanted: TopicSpec, found: TopicSpec | undefined, partitions: number | undefined): TopicStep => {
  const step = (what: TopicStep['step'], detail: string): TopicStep => ({ topic: wanted.name, step: what, detail, spec: wanted });
  if (found === undefined)
    return step(
      'create',
      `${wanted.partitions} partitions, ${Object.entries(wanted.settings)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
    );
  if (partitions !== undefined && found.partitions !== wanted.partitions)
    return step('refuse', `it has ${found.partitions} partitions, ${wanted.partitions} are asked: counts never change`);
  const settings = differing(wanted, found);
  if (Object.keys(settings).length === 0) return step('same', `${found.partitions} partitions`);
  return step(
    'alter',
    Object.entries(settings)
      .map(([name, value]) => `${name}: ${found.settings[name] ?? 'default'} -> ${value}`)
      .join(' '),
  );
};
const steps = async (context: Context, partitions: number | undefined): Promise<readonly TopicStep[]> => {
  const found = new Map((await context.log().admin.topics()).map(topic => [topic.name, topic]));
  const specs = [...topicSpecs(context.units, context.names(), partitions), specOf(topics.audit, context.names(), partitions)];
  return specs.map(spec => stepOf(spec, found.get(spec.name), partitions));
};
const showSteps = (context: Context, all: readonly TopicStep[], done: string): void => {
  const changes = all.filter(one => one.step !== 'same');
  context.output.show({
    json: all.map(({ topic, step, detail }) => ({ topic, step, detail })),
    head: ['topic', 'step', 'detail'],
    rows: changes.map(one => [one.topic, one.step, one.detail]),
    empty: `All ${all.length} topics are as they should be.`,
  });
  if (changes.length > 0) context.output.say(done);
};

export const planTopics = async (context: Context, partitions: number | undefined): Promise<void> => {
  showSteps(context, await steps(context, partitions), 'Nothing was changed; `onhand topics apply` does it.');
};
export const applyTopics = async (context: Context, partitions: number | undefined): Promise<void> => {
  const all = await steps(context, partitions);
  const refused = all.filter(one => one.step === 'refuse');
  if (refused.length > 0)
    throw fatal('TOPIC_PARTITIONS', `applying topics: ${refused.map(one => `${one.topic}: ${one.detail}`).join('; ')}`);
  await context.log().admin.create(all.filter(one => one.step === 'create').map(one => one.spec));
  for (const one of all.filter(step => step.step === 'alter')) await context.log().admin.alter(one.topic, one.spec.settings);
  showSteps(
    context,
    all,
    `Done: ${all.filter(one => one.step === 'create').length} made, ${all.filter(one => one.step === 'alter').length} altered.`,
  );
};

export const planSchemas = async (context: Context): Promise<void> => {
  const all = await context.registry().plan();
  context.output.show({
    json: all,
    head: ['fact', 'subject', 'step'],
    rows: all
      .filter(one => one.state !== 'registered')
      .map(one => [one.fact, one.subject, one.state === 'new' ? 'register' : 'register a new version']),
    empty: `All ${all.length} schemas are registered.`,
  });
};
export const applySchemas = async (context: Context): Promise<void> => {
  const all = await context.registry().plan();
  const wanted = all.filter(one => one.state !== 'registered');
  const done: { fact: string; id: number }[] = [];
  for (const one of wanted) done.push({ fact: one.fact, id: await context.registry().register(one.fact) });
  context.output.show({
    json: done,
    head: ['fact', 'schema id'],
    rows: done.map(one => [one.fact, one.id]),
    empty: `All ${all.length} schemas are registered.`,
  });
};
