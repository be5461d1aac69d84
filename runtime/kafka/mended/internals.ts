/** The parts of kafkajs 2.2.4 behind its public API that are used or mended here; it has no types for them. */

/** One request and how its answer is read; `parse` throws for the first error code in it, so what asks here skips it. */
export interface Protocol<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<Encoded>;
    readonly expectResponse?: () => boolean;
  };
  readonly response: { readonly decode: (raw: Buffer) => Promise<T>; readonly parse: (decoded: T) => Promise<T> };
  readonly requestTimeout?: number;
  readonly logResponseError?: boolean;
}
/** What kafkajs takes from an encoder: `buf` may be longer than what was written, `buffer` is not. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

export interface Encoder extends Encoded {
  readonly writeInt8: (value: number) => Encoder;
  readonly writeInt16: (value: number) => Encoder;
  readonly writeInt32: (value: number) => Encoder;
  readonly writeInt64: (value: string | number) => Encoder;
  readonly writeBoolean: (value: boolean) => Encoder;
  readonly writeString: (value: string | null) => Encoder;
  readonly writeBytes: (value: Buffer) => Encoder;
  readonly writeBuffer: (value: Buffer) => Encoder;
  readonly writeUVarInt: (value: number) => Encoder;
  readonly writeUVarIntString: (value: string | null) => Encoder;
}
export type EncoderClass = new (size?: number) => Encoder;

export interface Decoder {
  readonly readInt8: () => number;
  readonly readInt16: () => number;
  readonly readInt32: () => number;
  readonly readInt64: () => bigint;
  readonly readString: () => string | null;
  readonly readBytes: (length?: number) => Buffer | null;
  readonly canReadBytes: (length: number) => boolean;
  readonly readArray: <T>(read: (decoder: Decoder) => T) => T[];
  readonly readUVarIntString: () => string | null;
  readonly readUVarIntArray: <T>(read: (decoder: Decoder) => T) => T[];
  readonly readTaggedFields: () => unknown;
}
export type DecoderClass = new (buffer: Buffer) => Decoder;

export interface ClientLogger {
  readonly namespace: (name: string) => ClientLogger;
  readonly debug: (message: string, details?: object) => void;
  readonly info: (message: string, details?: object) => void;
  readonly warn: (message: string, details?: object) => void;
  readonly error: (message: string, details?: object) => void;
}
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly ssl: object | null;
  readonly sasl: object | null;
  readonly logger: ClientLogger;
  readonly socketFactory: unknown;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
}
export interface Connection {
  readonly connect: () => Promise<unknown>;
  readonly authenticate: () => Promise<void>;
  readonly disconnect: () => Promise<unknown>;
  readonly isConnected: () => boolean;
  readonly setVersions: (versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>) => void;
  readonly setSupportAuthenticationProtocol: (isSupported: boolean) => void;
  readonly rejectRequests: (error: Error) => void;
  readonly send: <T>(protocol: Protocol<T>) => Promise<T>;
  readonly socket?: { readonly destroy: (error: Error) => unknown };
}
export type ConnectionClass = new (options: ConnectionOptions) => Connection;

/** Requests by name; each gives, for a version, a function from arguments to the protocol of one call. */
export type Requests = Readonly<
  Record<string, { readonly protocol: (of: { version: number }) => (args: object) => Protocol<unknown> }>
>;
export type ErrorCodes = readonly { readonly type: string; readonly code: number; readonly message: string }[];

export interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  readonly checkPendingRequests: () => void;
}
export interface OutOfRange {
  readonly topic: string;
  readonly partition: number;
}
export interface ConsumerGroup {
  readonly groupId: string;
  readonly preferredReadReplicasPerTopicPartition: Readonly<Record<string, Record<number, unknown>>>;
}
