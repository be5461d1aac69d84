/** Connections of one user of the cluster, one per broker, each used for one request at a time: Kafka answers them in order anyway. */
import type { SASLOptions } from 'kafkajs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { fatal, transient, type Failure } from '../failure.ts';
import { messageOf, NoAnswer } from './errors.ts';
import { Connection as ConnectionClass, requests, socketFactory, type ClientLogger, type Protocol } from './mended.ts';
import type { Connection } from './mended/internals.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}
export interface WireOptions {
  /** Where to begin; brokers found later are reached at the addresses that the cluster advertises. */
  readonly brokers: readonly Address[];
  readonly clientId: string;
  readonly ssl?: TlsOptions | boolean;
  readonly sasl?: SASLOptions;
  readonly requestTimeoutMs?: number;
}
export interface Wire {
  /** A failure: the request did not leave. `NoAnswer`: it left. Error codes are in the answer, for the caller to read. */
  readonly ask: <T>(to: Address, protocol: Protocol<T>) => Promise<T>;
  /** Asks whichever broker answers; for questions only, since a second broker is asked when the first stays silent. */
  readonly askAny: <T>(protocol: Protocol<T>) => Promise<T>;
  /** Ends every connection at once; what waits for an answer gets none. */
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

export const named = ({ host, port }: Address): string => `${host}:${String(port)}`;

export const parseAddress = (text: string): Address => {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw fatal('SETTINGS_INVALID', `reading the Kafka address "${text}": expected host:port`);
  }
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
};

export const openWire = (options: WireOptions): Wire => {
  const connections = new Map<string, { readonly connection: Connection; readonly ready: Promise<void> }>();
  const turns = new Map<string, Promise<unknown>>();
  let closed = false;

  const connect = (to: Address): { readonly connection: Connection; readonly ready: Promise<void> } => {
    const known = connections.get(named(to));
    if (known?.connection.isConnected() === true) return known;
    const connection = new ConnectionClass({ ...clientOptions(options), host: to.host, port: to.port });
    const fresh = { connection, ready: greet(connection) };
    connections.set(named(to), fresh);
    return fresh;
  };
  const drop = async (to: Address, connection: Connection): Promise<void> => {
    if (connections.get(named(to))?.connection === connection) connections.delete(named(to));
    await end(connection);
  };
  const askNow = async <T>(to: Address, protocol: Protocol<T>): Promise<T> => {
    if (closed) throw transient('KAFKA_UNREACHABLE', `asking Kafka at ${named(to)}: this log was closed`);
    const { connection, ready } = connect(to);
    try {
      await ready;
    } catch (error) {
      await drop(to, connection);
      throw notConnected(to, error);
    }
    try {
      return await connection.send(unparsed(protocol));
    } catch (error) {
      await drop(to, connection);
      throw new NoAnswer(protocol.request.apiName, named(to), error);
    }
  };
  const ask = <T>(to: Address, protocol: Protocol<T>): Promise<T> => {
    const before = turns.get(named(to)) ?? Promise.resolve();
    const mine = before.then(() => askNow(to, protocol));
    turns.set(
      named(to),
      mine.catch(() => undefined),
    );
    return mine;
  };
  const askAny = async <T>(protocol: Protocol<T>): Promise<T> => {
    const connected = [...connections]
      .filter(([, { connection }]) => connection.isConnected())
      .map(([name]) => parseAddress(name));
    const found: string[] = [];
    for (const to of new Map([...connected, ...options.brokers].map(address => [named(address), address])).values()) {
      try {
        return await ask(to, protocol);
      } catch (error) {
        if (!isRetried(error)) throw error;
        found.push(messageOf(error));
      }
    }
    throw transient('KAFKA_UNREACHABLE', found.join('; '));
  };
  const close = async (): Promise<void> => {
    closed = true;
    const all = [...connections.values()];
    connections.clear();
    await Promise.all(all.map(({ connection }) => end(connection)));
  };
  return { ask, askAny, close };
};

const isRetried = (error: unknown): boolean => error instanceof NoAnswer || (error as Partial<Failure>).kind === 'transient';

const silent: ClientLogger = {
  namespace: () => silent,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const clientOptions = (options: WireOptions): Omit<ConstructorParameters<typeof ConnectionClass>[0], 'host' | 'port'> => ({
  clientId: options.clientId,
  ssl: options.ssl === true ? {} : options.ssl === false || options.ssl === undefined ? null : options.ssl,
  // kafkajs writes into it.
  sasl: options.sasl === undefined ? null : { ...options.sasl },
  // What it would log is in the errors it throws, and its debug lines carry payloads.
  logger: silent,
  socketFactory,
  connectionTimeout: CONNECT_TIMEOUT_MS,
  requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
  enforceRequestTimeout: true,
});

interface Versions {
  readonly apiVersions: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[];
}

/** Connects, learns what the broker speaks, proves who we are. */
const greet = async (connection: Connection): Promise<void> => {
  await connection.connect();
  const { apiVersions } = await connection.send(requestOf<Versions>('ApiVersions', 2, {}));
  connection.setVersions(
    Object.fromEntries(apiVersions.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }])),
  );
  connection.setSupportAuthenticationProtocol(true);
  await connection.authenticate();
};

/** kafkajs waits for open requests when it disconnects; here they are told at once, and the socket goes with its timers. */
const end = async (connection: Connection): Promise<void> => {
  connection.rejectRequests(new Error('the connection was ended here'));
  connection.socket?.destroy(new Error('the connection was ended here'));
  await connection.disconnect();
};

const notConnected = (to: Address, error: unknown): Failure => {
  const message = `connecting to Kafka at ${named(to)}: ${messageOf(error)}`;
  const name = error instanceof Error ? error.name : '';
  return name.includes('SASL')
    ? fatal('KAFKA_REFUSED', message, { cause: error })
    : transient('KAFKA_UNREACHABLE', message, { cause: error });
};

/** The answer as it came: kafkajs' `parse` would throw for the first error code in it and lose the rest. */
const unparsed = <T>(protocol: Protocol<T>): Protocol<T> => ({
  ...protocol,
  response: { decode: protocol.response.decode, parse: (decoded: T) => Promise.resolve(decoded) },
  logResponseError: false,
});

/** A request as kafkajs lays it out. */
export const requestOf = <T>(name: string, version: number, args: object): Protocol<T> => {
  const versions = requests[name];
  if (versions === undefined) throw new Error(`kafkajs has no request ${name}`);
  return versions.protocol({ version })(args) as Protocol<T>;
};
