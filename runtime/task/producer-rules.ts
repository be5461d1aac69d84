/**
 * A producer as a task runs it: the delivery opened and translated, each report compared with what was told, the news told, personal
 * fields sealed. What was told is state, changed only by notes that the run log keeps: so a rebuild needs no mapping of old.
 */
import { alarm, type Alarm, type AnyProducer, type Delivery, type Event, type Fact, type Report, type Told } from '../model.ts';
import { entries, type Entries } from '../entries.ts';
import { isFailure, poison } from '../failure.ts';
import { processedId, producedId } from '../identity.ts';
import type { LogRecord } from '../port.ts';
import type { Keys } from '../keys/keys.ts';
import type { Codec } from '../wire/codec.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { DeliveryReceived } from '../../schemas/generated/facts.ts';
import { contentOf, telling } from '../../producers/tell/news.ts';
import { eventOf, topicsByFact, type Rules } from './rules.ts';
import type { StateShape } from './states.ts';

/** `at`: when, epoch ms UTC, of producers that forget; absent in what an earlier release told. */
type Remembered = Told & { readonly at?: number };
export interface ToldState {
  readonly told: Entries<Remembered>;
}
/** The note of a producer to itself: this report of that object was told. Without it: the object is forgotten. */
export type ToldNote = Fact<'Told', { readonly object: string; readonly told?: Remembered }>;
/** The alarm of a producer: it is time to look whether the object is to be forgotten. */
type ToldLongAgo = Fact<'ToldLongAgo', { readonly object: string }>;

const dayMs = 86_400_000;
/** The state of every producer: what a rebuild needs to know of one. */
export const toldShape = (name: string): StateShape & Pick<Rules, 'evolve'> => {
  const initial: ToldState = { told: entries() };
  const evolve = (state: ToldState, fact: Fact): ToldState => {
    if (fact.type !== 'Told') return state;
    const { object, told } = (fact as ToldNote).data;
    if (told !== undefined) return { told: state.told.with(object, told) };
    const left = state.told.without(object);
    return left.size === 0 ? initial : { told: left };
  };
  return { name, initial, entries: ['told'], stateVersion: 1, evolve: (state, fact) => evolve(state as ToldState, fact) };
};
/** Forgets, or looks again when it may be due. */
const forget = (
  { data: { object }, at }: Event<ToldLongAgo>,
  { told }: ToldState,
  keptMs: number,
): readonly (ToldNote | Alarm)[] => {
  const last = told.get(object);
  if (last === undefined) return [];
  const due = (last.at ?? at) + keptMs;
  if (due <= at) return [{ type: 'Told', data: { object } }];
  return [alarm(due, { type: 'ToldLongAgo', data: { object } } satisfies ToldLongAgo)];
};
/** Every sealed field of a fact that is open, wherever it stands at the top of its data. */
const openFields = (fact: Fact): readonly (readonly [string, { readonly keyId: string; readonly open: unknown }])[] =>
  Object.entries(fact.data as object).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && 'keyId' in value && 'open' in value
      ? [[name, value as { keyId: string; open: unknown }] as const]
      : [],
  );

interface Translated {
  readonly event: Event<Fact<'DeliveryReceived', DeliveryReceived>>;
  readonly reports: readonly Report[];
}

export const producerRules = (
  unit: AnyProducer,
  codec: Codec,
  policy: Policy,
  keys: Keys,
  hash: (text: string) => string,
): Rules => {
  /** By record, for the turn that prepared it: what reading it gave, or why it could not be read. */
  const prepared = new WeakMap<LogRecord, Translated | Error>();
  const byOrigin = new Map<string, Translated | Error>();
  const reportsOf = new WeakMap<object, readonly Report[]>();
  /** What a fact's id is made of besides its type. */
  const basis = new WeakMap<Fact, { readonly shop: string; readonly object: string; readonly version: string }>();
  const where = (record: LogRecord): string => `${record.partition}@${record.offset}`;

  const translate = (record: LogRecord, event: Translated['event']): Translated => {
    const { company, shop, aggregate, via, about, receivedAt, sealed } = event.data;
    const doing = `translating a ${about} of ${shop} (${aggregate}, intake ${where(record)})`;
    const known = policy.shops[shop];
    if (known === undefined) throw poison('DELIVERY_UNTRANSLATABLE', `${doing}: the company file names no shop ${shop}`);
    const body = keys.open(sealed);
    if (body === undefined) throw poison('KEY_MISSING', `${doing}: the key of that day's intake was erased`);
    const delivery: Delivery = { company, shop, aggregate, via, about, receivedAt, body: JSON.parse(body as string) as unknown };
    return { event, reports: unit.translate(delivery, { shop: known, policy, hash }) as readonly Report[] };
  };
  const readOne = (record: LogRecord): Translated | Error => {
    try {
      return translate(record, eventOf(codec, record) as Translated['event']);
    } catch (error) {
      if (isFailure(error)) return error;
      return poison(
        'DELIVERY_UNTRANSLATABLE',
        `translating intake ${where(record)}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  };
  const prepare = async (records: readonly LogRecord[]): Promise<void> => {
    await codec.ensure(records.map(record => record.value));
    const sealedUnder = records.flatMap(record => {
      try {
        return [(eventOf(codec, record).data as DeliveryReceived).sealed.keyId];
      } catch {
        return [];
      }
    });
    await keys.load(sealedUnder);
    byOrigin.clear();
    const subjects = new Map<number, string[]>();
    for (const record of records) {
      const one = readOne(record);
      prepared.set(record, one);
      byOrigin.set(where(record), one);
      if (one instanceof Error) continue;
      const day = Math.floor(one.event.data.receivedAt / 86_400_000);
      const mine = one.reports.flatMap(report => report.facts.flatMap(openFields)).map(([, value]) => value.keyId);
      subjects.set(day, [...(subjects.get(day) ?? []), ...mine]);
      lastReceived.set(day, Math.max(lastReceived.get(day) ?? 0, one.event.data.receivedAt));
    }
    for (const [day, all] of subjects) await keys.ensure(all, lastReceived.get(day)!);
    lastReceived.clear();
  };
  const lastReceived = new Map<number, number>();
  const read = (record: LogRecord): Event => {
    const one = prepared.get(record) ?? byOrigin.get(where(record)) ?? readOne(record);
    if (one instanceof Error) throw one;
    reportsOf.set(one.event, one.reports);
    return one.event;
  };
  const keptMs = unit.toldDays === undefined ? undefined : unit.toldDays * dayMs;
  const decide = (event: Event, state: unknown): readonly (Fact | Alarm)[] => {
    if (event.type === 'ToldLongAgo') return forget(event as Event<ToldLongAgo>, state as ToldState, keptMs ?? Infinity);
    const { shop } = event.data as DeliveryReceived;
    let { told } = state as ToldState;
    const outputs: (Fact | Alarm)[] = [];
    for (const report of reportsOf.get(event) ?? []) {
      const content = contentOf(report, hash);
      const before = told.get(report.object);
      const { facts, told: now } = telling(report, content, before, unit.tell);
      if (now === undefined || now === before) continue;
      for (const fact of facts as readonly Fact[]) {
        // A report's fact may be told of again in a process's life; its basis is that of this telling.
        const own = { ...fact };
        basis.set(own, { shop, object: report.object, version: `${report.version}.${content}` });
        outputs.push(own);
      }
      const { object } = report;
      const kept: Remembered = keptMs === undefined ? now : { ...now, at: event.at };
      outputs.push({ type: 'Told', data: { object, told: kept } } satisfies ToldNote);
      if (keptMs !== undefined && before?.at === undefined)
        outputs.push(alarm(event.at + keptMs, { type: 'ToldLongAgo', data: { object } } satisfies ToldLongAgo));
      told = told.with(object, kept);
    }
    return outputs;
  };
  return {
    ...toldShape(unit.name),
    writes: topicsByFact(unit.writes),
    own: new Set(['Told', 'ToldLongAgo']),
    prepare,
    read,
    decide,
    idOf: (event, fact, discriminator) => {
      const known = basis.get(fact);
      // No fact of a report is without: this is an alarm.
      return known === undefined
        ? processedId(event.id, unit.name, fact.type, discriminator)
        : producedId(known.shop, known.object, known.version, fact.type, discriminator);
    },
    finish: (fact, event) => {
      const open = openFields(fact);
      if (open.length === 0) return fact;
      return {
        type: fact.type,
        data: {
          ...(fact.data as object),
          ...Object.fromEntries(open.map(([name, value]) => [name, keys.seal(value.keyId, value.open, event.at)])),
        },
      };
    },
  };
};
