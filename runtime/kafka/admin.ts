/** What a deployment step does to topics; a running service never does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { transient } from '../failure.ts';
import type { LogAdmin, TopicSpec } from '../port.ts';
import type { Directory } from './directory.ts';
import { code, NoAnswer, refusal, unreachable } from './errors.ts';
import { Decoder, Encoder, type Protocol } from './mended.ts';
import { requestOf, type Wire } from './wire.ts';

const TIMEOUT_MS = 8_000;
const VISIBLE_WAIT_MS = 10_000;
const LOOK_AGAIN_MS = 20;
const TOPIC = 2;
const SET_ON_TOPIC = 1;

interface TopicErrors {
  readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[];
}
interface Configs {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly resourceName: string;
    readonly configEntries: readonly {
      readonly configName: string;
      readonly configValue: string | null;
      readonly configSource: number;
    }[];
  }[];
}

export const openAdmin = (wire: Wire, directory: Directory): LogAdmin => {
  const ask = async <T>(doing: string, protocol: Protocol<T>): Promise<T> => {
    try {
      // Any broker hands it to the controller. A second broker after silence is harmless: what is done already is said to be there.
      return await wire.askAny(protocol);
    } catch (error) {
      throw error instanceof NoAnswer ? unreachable(doing, error) : error;
    }
  };
  const topics = async (): Promise<readonly TopicSpec[]> => {
    const all = (await directory.everything()).filter(
      ({ isInternal, topicErrorCode }) => !isInternal && topicErrorCode === code.ok,
    );
    if (all.length === 0) return [];
    const resources = all.map(({ topic }) => ({ type: TOPIC, name: topic }));
    const { resources: described } = await ask('reading topic settings', requestOf<Configs>('DescribeConfigs', 2, { resources }));
    const settings = new Map(described.map(({ resourceName, configEntries }) => [resourceName, setOnTopic(configEntries)]));
    return all.map(({ topic, partitionMetadata }) => ({
      name: topic,
      partitions: partitionMetadata.length,
      settings: settings.get(topic) ?? {},
    }));
  };
  const create = async (specs: readonly TopicSpec[]): Promise<void> => {
    if (specs.length === 0) return;
    const wanted = specs.map(({ name, partitions, settings }) => ({
      topic: name,
      numPartitions: partitions,
      configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
    }));
    const answer = await ask(
      'creating topics',
      requestOf<TopicErrors>('CreateTopics', 3, { topics: wanted, timeout: TIMEOUT_MS }),
    );
    throwRefusal('creating topic', answer);
    await seen('creating topics', () =>
      leadersKnown(
        directory,
        specs.map(({ name }) => name),
      ),
    );
  };
  const remove = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const answer = await ask(
      'removing topics',
      requestOf<TopicErrors>('DeleteTopics', 1, { topics: names, timeout: TIMEOUT_MS }),
    );
    throwRefusal('removing topic', answer, code.unknownTopicOrPartition);
    await seen('removing topics', async () => (await directory.counts(names)).size === 0);
  };
  const alter = async (topic: string, settings: Readonly<Record<string, string>>): Promise<void> => {
    const doing = `changing settings of topic ${topic}`;
    const found = await ask(doing, changeSettings(topic, settings));
    if (found !== code.ok) throw refusal(doing, found);
  };
  return { topics, create, alter, remove };
};

const setOnTopic = (entries: Configs['resources'][number]['configEntries']): Record<string, string> =>
  Object.fromEntries(
    entries
      .filter(({ configSource, configValue }) => configSource === SET_ON_TOPIC && configValue !== null)
      .map(({ configName, configValue }) => [configName, configValue ?? '']),
  );

const throwRefusal = (doing: string, { topicErrors }: TopicErrors, expected: number = code.ok): void => {
  const refused = topicErrors.find(({ errorCode }) => errorCode !== code.ok && errorCode !== expected);
  if (refused !== undefined) {
    throw refusal(`${doing} ${refused.topic}${refused.errorMessage ? ` (${refused.errorMessage})` : ''}`, refused.errorCode);
  }
};

const leadersKnown = async (directory: Directory, names: readonly string[]): Promise<boolean> => {
  const counts = await directory.counts(names);
  return names.every(topic => {
    const count = counts.get(topic);
    const numbers = Array.from({ length: count ?? 0 }, (_, partition) => partition);
    return count !== undefined && numbers.every(partition => directory.leaderOf({ topic, partition }) !== undefined);
  });
};

/** Brokers learn from the controller a moment later than the answer says. */
const seen = async (doing: string, isSeen: () => Promise<boolean>): Promise<void> => {
  const until = performance.now() + VISIBLE_WAIT_MS;
  while (!(await isSeen())) {
    if (performance.now() > until)
      throw transient('KAFKA_UNREACHABLE', `${doing}: not visible after ${String(VISIBLE_WAIT_MS)} ms`);
    await sleep(LOOK_AGAIN_MS);
  }
};

const INCREMENTAL_ALTER_CONFIGS = 44;
const SET = 0;

/** Sets these and leaves the others; kafkajs has only the older request, which resets all that is not named. */
const changeSettings = (topic: string, settings: Readonly<Record<string, string>>): Protocol<number> => ({
  request: {
    apiKey: INCREMENTAL_ALTER_CONFIGS,
    apiVersion: 0,
    apiName: 'IncrementalAlterConfigs',
    encode: () => {
      const entries = Object.entries(settings);
      const encoder = new Encoder().writeInt32(1).writeInt8(TOPIC).writeString(topic).writeInt32(entries.length);
      for (const [name, value] of entries) encoder.writeString(name).writeInt8(SET).writeString(value);
      return Promise.resolve(encoder.writeBoolean(false));
    },
  },
  response: {
    decode: raw => {
      const decoder = new Decoder(raw);
      decoder.readInt32();
      const found = decoder.readArray(one => {
        const error = one.readInt16();
        one.readString();
        one.readInt8();
        one.readString();
        return error;
      });
      return Promise.resolve(found.find(error => error !== code.ok) ?? code.ok);
    },
    parse: found => Promise.resolve(found),
  },
});
