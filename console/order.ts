/** `onhand order show`: the life of an order as a timeline over all topics, with times, causes and offsets. */
import { fatal } from '../runtime/failure.ts';
import type { Event } from '../runtime/model.ts';
import type { LogRecord } from '../runtime/port.ts';
import { envelopeOf } from '../runtime/wire/envelope.ts';
import { decimalText } from '../schemas/money.ts';
import { allTopics } from '../schemas/topics.ts';
import type { Context } from './context.ts';
import { time } from './output.ts';

export interface Moment {
  readonly at: number;
  /** When the log took it, epoch ms UTC. */
  readonly loggedAt: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly type: string;
  readonly id: string;
  readonly cause: string;
  readonly by: string;
  readonly data: unknown;
}
/** The catalogue lists topics in flow order: what the log took in one millisecond is told in that order. */
const place = (topic: string): number => allTopics.findIndex(one => one.name === topic);
/** Fields that say which order a fact is about. */
const concerns = (event: Event, order: string, company: string | undefined): boolean => {
  const data = event.data as {
    readonly order?: unknown;
    readonly orderHint?: unknown;
    readonly subject?: unknown;
    readonly company?: unknown;
    readonly claim?: unknown;
  };
  const mine = data.order === order || data.orderHint === order || data.subject === order || data.subject === `order:${order}`;
  return mine && (company === undefined || data.company === company);
};
export const lifeOf = async (context: Context, order: string, company: string | undefined): Promise<readonly Moment[]> => {
  const needle = Buffer.from(order);
  const found: { readonly record: LogRecord; readonly event: Event }[] = [];
  const known = await context.log().partitions(allTopics.map(topic => context.names().topic(topic.name)));
  for (const topic of allTopics) {
    if (!known.has(context.names().topic(topic.name)) || topic.table) continue;
    // The order's id stands in the key or in the Avro text of the value: most records are passed over without decoding.
    const where = (record: LogRecord): boolean =>
      record.key?.includes(needle) === true || record.value?.includes(needle) === true;
    for (const { event, record } of await context.client().events(topic.name, { where }))
      if (concerns(event, order, company)) found.push({ event, record });
  }
  const payments = new Set(
    found.filter(one => one.record.topic === context.names().topic('payments.v1')).map(one => one.event.key),
  );
  const ids = new Set(found.map(one => one.event.id));
  for (const { event, record } of payments.size === 0
    ? []
    : await context.client().events('payments.v1', { where: record => payments.has(record.key?.toString() ?? '') }))
    if (!ids.has(event.id)) found.push({ event, record });
  const plain = context.names().plain;
  return found
    .map(({ event, record }) => ({
      at: event.at,
      loggedAt: record.timestamp,
      topic: plain(record.topic) ?? record.topic,
      partition: record.partition,
      offset: record.offset,
      type: event.type,
      id: event.id,
      cause: event.cause,
      by: envelopeOf(record).source.split('/')[2] ?? '',
      data: event.data,
    }))
    .sort((a, b) => a.loggedAt - b.loggedAt || place(a.topic) - place(b.topic) || a.offset - b.offset);
};

/** The figures a reader looks for, without personal data. */
const gist = (data: unknown): string => {
  const fields = data as Readonly<Record<string, unknown>>;
  const currency = typeof fields['currency'] === 'string' ? fields['currency'] : undefined;
  const words = ['line', 'code', 'product', 'shipment', 'refund', 'capture', 'gateway', 'reason', 'kind', 'revision', 'firm'];
  return [
    ...words.filter(name => fields[name] !== undefined && fields[name] !== null).map(name => `${name} ${String(fields[name])}`),
    ...Object.entries(fields)
      .filter(([name, value]) => name.endsWith('Milli') && typeof value === 'number')
      .map(([name, value]) => `${name.replace('Milli', '')} ${(value as number) / 1000}`),
    ...Object.entries(fields)
      .filter(([name, value]) => name.endsWith('Minor') && typeof value === 'number')
      .map(
        ([name, value]) =>
          `${name.replace('Minor', '')} ${currency === undefined ? String(value) : `${decimalText(value as number, currency)} ${currency}`}`,
      ),
  ].join(', ');
};
export const showOrder = async (context: Context, order: string, company: string | undefined): Promise<void> => {
  const moments = await lifeOf(context, order, company);
  if (moments.length === 0)
    throw fatal(
      'NOT_FOUND',
      `looking for the order ${order}: no topic knows it (an order is named \`<shop>:<the channel's id>\`)`,
    );
  const numbers = new Map(moments.map((moment, i) => [moment.id, i + 1]));
  context.output.show({
    json: moments,
    head: ['#', 'time (UTC)', 'from #', 'by', 'fact', 'topic p:offset', ''],
    rows: moments.map((moment, i) => [
      i + 1,
      time(moment.loggedAt),
      numbers.get(moment.cause) ?? (moment.cause === moment.id ? '' : '-'),
      moment.by,
      moment.type,
      `${moment.topic} ${moment.partition}:${moment.offset}`,
      gist(moment.data),
    ]),
  });
};
