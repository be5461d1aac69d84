/** What each mend is about, as questions put to a kafkajs: the tests ask the mended one here and the stock one in a process of its own. */
import type { ProducedMessage } from '../../../runtime/kafka/mended/produce-request.ts';
import { fetchAnswer, record, type CraftedBatch } from './fetch-answer.ts';

/** Loads a file of the kafkajs under test. */
export type Load = <T>(file: string) => T;
export type Probe = (load: Load) => Promise<unknown>;

interface Batch {
  readonly messages: readonly { readonly offset: string; readonly value: Buffer | null }[];
  readonly lastOffset: () => string;
  readonly isEmptyDueToFiltering: () => boolean;
}
interface Fetch {
  readonly protocol: (of: { version: number }) => (args: object) => {
    readonly response: { readonly decode: (raw: Buffer) => Promise<{ responses: { partitions: object[] }[] }> };
  };
}

const readAnswer = async (load: Load, answer: Buffer, from: string): Promise<Batch> => {
  const { requests } = load<{ requests: { Fetch: Fetch } }>('src/protocol/requests/index.js');
  const BatchClass = load<new (topic: string, from: string, data: object) => Batch>('src/consumer/batch.js');
  const { response } = requests.Fetch.protocol({ version: 11 })({ topics: [] });
  const decoded = await response.decode(answer);
  return new BatchClass('crafted', from, decoded.responses[0]?.partitions[0] ?? {});
};
const valuesOf = (batch: Batch): string[] => batch.messages.map(({ value }) => String(value));

/** Two producers abort in the other order than they began; the broker lists them in the order of the aborts. */
const interleaved: readonly CraftedBatch[] = [
  { base: 0, producerId: 1, transactional: true, records: [record('aborted-1')] },
  { base: 1, producerId: 2, transactional: true, records: [record('aborted-2')] },
  { base: 2, producerId: 2, control: 'abort' },
  { base: 3, producerId: 1, control: 'abort' },
  { base: 4, producerId: 1, transactional: true, records: [record('committed')] },
  { base: 5, producerId: 1, control: 'commit' },
];
const zeroKey: readonly CraftedBatch[] = [
  { base: 0, producerId: 1, transactional: true, records: [record('aborted-1', Buffer.alloc(4)), record('aborted-2')] },
  { base: 2, producerId: 1, control: 'abort' },
  { base: 3, records: [record('plain')] },
];

type CreateRequest = (of: object) => Promise<{ readonly buffer: Buffer }>;
/** A request of a few kilobytes as it goes out, its ids as given. */
const framed = async (load: Load, clientId: string | null): Promise<Buffer> => {
  const Encoder = load<new () => { writeBuffer: (bytes: Buffer) => object }>('src/protocol/encoder.js');
  const encode = () => Promise.resolve(new Encoder().writeBuffer(Buffer.alloc(5_000, 7)));
  const of = { correlationId: 77, clientId, request: { apiKey: 3, apiVersion: 6, encode } };
  return (await load<CreateRequest>('src/protocol/request.js')(of)).buffer;
};

export const probes = {
  requestBytes: async (load: Load) =>
    (await Promise.all(['onhand-é', '', null].map(one => framed(load, one)))).map(bytes => bytes.toString('hex')),
  /** Whether the memory behind a request is as long as the request. */
  requestIsExact: async (load: Load) => {
    const bytes = await framed(load, 'onhand');
    return bytes.length === bytes.buffer.byteLength;
  },
  /** After an answer, with nothing waiting: is a timer armed? */
  timerWhenIdle: load => {
    const RequestQueue = load<
      new (options: object) => { checkPendingRequests: () => void; destroy: () => void; throttleCheckTimeoutId: unknown }
    >('src/network/requestQueue/index.js');
    const queue = new RequestQueue({
      requestTimeout: 1_000,
      enforceRequestTimeout: false,
      maxInFlightRequests: null,
      logger: { debug: () => undefined },
    });
    queue.checkPendingRequests();
    const armed = queue.throttleCheckTimeoutId !== null;
    queue.destroy();
    return Promise.resolve(armed);
  },
  interleavedAborts: async load =>
    valuesOf(
      await readAnswer(
        load,
        fetchAnswer(
          interleaved,
          [
            [2, 1],
            [1, 0],
          ],
          6,
        ),
        '0',
      ),
    ),
  abortedKeyLikeMarker: async load => valuesOf(await readAnswer(load, fetchAnswer(zeroKey, [[1, 0]], 4), '0')),
  /** Offsets 14 to 19 of the batch were compacted away: what is the last offset that was read? */
  nextAfterCompaction: async load =>
    (
      await readAnswer(
        load,
        fetchAnswer([{ base: 10, lastOffset: 19, records: [record('a'), record('b'), record('c'), record('d')] }], [], 20),
        '10',
      )
    ).lastOffset(),
  /** All records of the batch were compacted away: does the consumer move on? */
  movesPastEmptiedBatch: async load =>
    (await readAnswer(load, fetchAnswer([{ base: 10, lastOffset: 19, records: [] }], [], 20), '10')).isEmptyDueToFiltering(),
  readsZstd: async load => {
    const answer = fetchAnswer([{ base: 0, codec: 4, records: [record('squeezed')] }], [], 1);
    return readAnswer(load, answer, '0').then(valuesOf, (error: unknown) => (error as Error).name);
  },
  /** Does the consumer choose an offset by itself when its own is out of range? */
  choosesOffset: async load => {
    const ConsumerGroup = load<{ prototype: { recoverFromOffsetOutOfRange: (this: object, of: object) => Promise<void> } }>(
      'src/consumer/consumerGroup.js',
    );
    let chosen = false;
    const group = {
      groupId: 'probe',
      preferredReadReplicasPerTopicPartition: {},
      logger: { error: () => undefined, info: () => undefined },
      offsetManager: { setDefaultOffset: () => Promise.resolve((chosen = true)) },
    };
    const stopped = await ConsumerGroup.prototype.recoverFromOffsetOutOfRange
      .call(group, { topic: 'crafted', partition: 0 })
      .then(
        () => false,
        (error: unknown) => (error as { retriable?: boolean }).retriable === false,
      );
    return { chosen, stopped };
  },
  groupingMs: load => {
    const group = load<(of: object) => Record<number, unknown[]>>('src/producer/groupMessagesPerPartition.js');
    const messages = Array.from({ length: 8_000 }, (_, index) => ({ value: String(index) }));
    const started = performance.now();
    const groups = group({ topic: 'crafted', partitionMetadata: [{}], messages, partitioner: () => 0 });
    const ms = performance.now() - started;
    return Promise.resolve({ ms, kept: groups[0]?.length });
  },
  /** Is a header that was encoded before, as a pair of buffers, written as name and value? */
  pairHeaders: load =>
    encodedBody(load, [{ value: 'v', headers: [[Buffer.from('id'), Buffer.from('7')]] }]).then(body =>
      body.includes(nameAndValue),
    ),
  /** The bytes of a produce request for ordinary messages; the mended ones must not differ. */
  produceBytes: load => encodedBody(load, ordinaryMessages).then(body => body.toString('hex')),
} as const satisfies Record<string, Probe>;

const ordinaryMessages: readonly ProducedMessage[] = [
  { key: 'k', value: 'v', timestamp: '1700000000000' },
  { key: null, value: null, timestamp: '1700000000001' },
  {
    key: Buffer.from([1, 2]),
    value: 'é'.repeat(200),
    headers: { one: '1', two: [Buffer.from('a'), 'b'] },
    timestamp: '1699999999000',
  },
  { value: '', headers: {}, timestamp: '1740000000000' },
];

// Zigzag lengths before each.
const nameAndValue = Buffer.from([4, 0x69, 0x64, 2, 0x37]);

const encodedBody = async (load: Load, messages: readonly ProducedMessage[]): Promise<Buffer> => {
  const { requests } = load<{
    requests: {
      Produce: { protocol: (of: object) => (args: object) => { request: { encode: () => Promise<{ buffer: Buffer }> } } };
    };
  }>('src/protocol/requests/index.js');
  const topicData = [{ topic: 'crafted', partitions: [{ partition: 3, firstSequence: 9, messages }] }];
  const args = {
    acks: -1,
    timeout: 1_000,
    transactionalId: 'task',
    producerId: '77',
    producerEpoch: 5,
    compression: 0,
    topicData,
  };
  return (await requests.Produce.protocol({ version: 7 })(args).request.encode()).buffer;
};
