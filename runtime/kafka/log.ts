/** Kafka behind `runtime/port.ts`: it decides nothing, and says of what it could not do whether it was certainly not, or perhaps, done. */
import type { SASLOptions } from 'kafkajs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { fatal } from '../failure.ts';
import type { Appender, Fetched, FetchRequest, Log, Member, MemberListener, MemberOptions, Transactional } from '../port.ts';
import { openAdmin } from './admin.ts';
import { openAppender } from './appender.ts';
import { openDirectory } from './directory.ts';
import { fetchCommitted } from './fetch.ts';
import { joinGroup } from './member.ts';
import { committedOf, offsetsAt, sharedBounds } from './offsets.ts';
import { initTransactional } from './transactional.ts';
import { openWire, parseAddress, type Wire } from './wire.ts';

export interface KafkaLogOptions {
  /** `host:port`, or several with commas or as a list: where to begin, the cluster names its other brokers. */
  readonly brokers: string | readonly string[];
  /** How this process shows in the broker's logs and quotas. */
  readonly clientId: string;
  readonly ssl?: TlsOptions | boolean;
  readonly sasl?: SASLOptions;
}
/** As pino has it. Without one, nothing is said: outcomes go to the caller anyway. */
export interface KafkaLogger {
  readonly warn: (details: object, message: string) => void;
}

const MEMBER_TIMEOUT_MIN_MS = 1_000;

export const kafkaLog = (options: KafkaLogOptions, logger?: KafkaLogger): Log => {
  const addresses = typeof options.brokers === 'string' ? options.brokers.split(',') : options.brokers;
  const brokers = addresses.map(address => parseAddress(address.trim()));
  if (brokers.length === 0) throw fatal('SETTINGS_INVALID', 'reading the Kafka addresses: none is given');
  const closers = new Set<() => Promise<void>>();
  let closed = false;
  const open = (requestTimeoutMs?: number): Wire => {
    if (closed) throw new Error('using a log that was closed');
    return openWire({
      brokers,
      clientId: options.clientId,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
      ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    });
  };
  /** Closed with the log if not before. */
  const closing = (close: () => Promise<void>): (() => Promise<void>) => {
    const once = async (): Promise<void> => {
      closers.delete(once);
      await close();
    };
    closers.add(once);
    return once;
  };
  const control = open();
  const directory = openDirectory(control);
  const bounds = sharedBounds(control, directory);

  // A long poll holds its connection, so each fetch that is under way at the same time has its own.
  const idle: Wire[] = [];
  const readers: Wire[] = [];
  let turn = 0;
  const fetch = async (requests: readonly FetchRequest[], waitMs: number): Promise<readonly Fetched[]> => {
    if (requests.length === 0) return [];
    let reader = idle.pop();
    if (reader === undefined) readers.push((reader = open()));
    try {
      return await fetchCommitted(reader, directory, requests, waitMs, turn++, bounds);
    } finally {
      idle.push(reader);
    }
  };
  const initProducer = async (transactionalId: string, timeoutMs: number): Promise<Transactional> => {
    const wire = open();
    const close = closing(wire.close);
    try {
      return { ...(await initTransactional(wire, directory, transactionalId, timeoutMs)), close };
    } catch (error) {
      await close();
      throw error;
    }
  };
  const appender = (): Promise<Appender> => {
    const opened = openAppender(open(), directory);
    return Promise.resolve({ ...opened, close: closing(opened.close) });
  };
  const join = async (of: MemberOptions, listener: MemberListener): Promise<Member> => {
    const wire = open(Math.max(MEMBER_TIMEOUT_MIN_MS, of.sessionTimeoutMs / 3));
    const warn = (details: object, message: string): void => logger?.warn(details, message);
    try {
      const member = await joinGroup(wire, control, of, listener, warn);
      if (closed) {
        await member.leave();
        throw new Error('joining a group with a log that was closed meanwhile');
      }
      return { ...member, leave: closing(member.leave) };
    } catch (error) {
      await wire.close();
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    closed = true;
    await Promise.all([...closers].map(one => one()));
    await Promise.all([control, ...readers].map(wire => wire.close()));
  };
  return {
    fetch,
    bounds,
    offsetsAt: (partitions, at) => offsetsAt(control, directory, partitions, at),
    partitions: topics => directory.counts(topics),
    committed: (group, topics, of) => committedOf(control, directory, group, topics, of),
    initProducer,
    appender,
    join,
    admin: openAdmin(control, directory),
    close,
  };
};
