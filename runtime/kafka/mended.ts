/**
 * kafkajs 2.2.4, mended where correctness needs it. Everything that reads or writes Kafka imports this in place of kafkajs:
 * the stock client hands aborted records to read-committed readers.
 */
import type * as KafkaJS from 'kafkajs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { ConsumerBatch } from './mended/consumer-batch.ts';
import type {
  ClientLogger,
  ConnectionClass,
  ConsumerGroup,
  DecoderClass,
  EncoderClass,
  ErrorCodes,
  Protocol,
  RequestQueue,
  Requests,
} from './mended/internals.ts';
import * as mends from './mended/mends.ts';
import { produceRequest } from './mended/produce-request.ts';
import { loadedFailure, versionFailure } from './mended/version.ts';

const require = createRequire(import.meta.url);
const load = <T>(file: string): T => require(`kafkajs/${file}`) as T;

const { version } = load<{ version: string }>('package.json');
const refused = versionFailure(version) ?? loadedFailure(Object.keys(require.cache));
if (refused !== undefined) throw refused;

/** Puts `exports` where kafkajs will look when it first asks for the file. */
const replace = (file: string, exports: unknown): void => {
  const id = require.resolve(`kafkajs/${file}`);
  const module = Object.assign(Object.create(null) as NodeJS.Module, { id, filename: id, loaded: true, exports });
  require.cache[id] = module;
};

replace('src/protocol/requests/fetch/v4/decodeMessages.js', mends.decodeMessages);
replace('src/protocol/request.js', mends.createRequest);
replace('src/consumer/batch.js', ConsumerBatch);
replace('src/producer/groupMessagesPerPartition.js', mends.groupMessagesPerPartition);
replace('src/protocol/requests/produce/v3/request.js', produceRequest(load<EncoderClass>('src/protocol/encoder.js')));
Object.assign(load<{ prototype: RequestQueue }>('src/network/requestQueue/index.js').prototype, {
  scheduleCheckPendingRequests: mends.scheduleCheckPendingRequests,
});
Object.assign(load<{ prototype: ConsumerGroup }>('src/consumer/consumerGroup.js').prototype, {
  recoverFromOffsetOutOfRange: mends.recoverFromOffsetOutOfRange,
});

/** kafkajs' public API: `Kafka`, `CompressionTypes`, ... */
export const kafkajs = load<typeof KafkaJS>('index.js');

// What the adapter itself stands on: kafkajs' connection and the layouts of its requests.
export const Encoder = load<EncoderClass>('src/protocol/encoder.js');
export const Decoder = load<DecoderClass>('src/protocol/decoder.js');
export const Connection = load<ConnectionClass>('src/network/connection.js');
const connect = load<() => (to: object) => Socket>('src/network/socketFactory.js')();
/** What is written is a whole request whose answer is waited for: the end of one must not wait for the arrival of its beginning. */
export const socketFactory = (to: object): Socket => connect(to).setNoDelay(true);
export const { requests } = load<{ requests: Requests }>('src/protocol/requests/index.js');
export const { errorCodes } = load<{ errorCodes: ErrorCodes }>('src/protocol/error.js');
export const { MemberMetadata, MemberAssignment } = load<{
  MemberMetadata: {
    readonly encode: (of: { version: number; topics: readonly string[]; userData?: Buffer }) => Buffer;
    readonly decode: (bytes: Buffer) => { topics: string[]; userData: Buffer | null };
  };
  MemberAssignment: {
    readonly encode: (of: { version: number; assignment: Readonly<Record<string, readonly number[]>> }) => Buffer;
    readonly decode: (bytes: Buffer) => { assignment: Record<string, number[]> } | null;
  };
}>('src/consumer/assignerProtocol.js');
export type { ClientLogger, Protocol };
