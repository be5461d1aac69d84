/** One Kafka broker in KRaft mode, broker and controller in one JVM. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { startChild } from './child.ts';
import { command } from './command.ts';
import { kafkaJars } from './jars.ts';
import { javaCommand, quickStart } from './machine.ts';
import type { PartOptions, StartedPart } from './part.ts';
import { freePort, withFreshPorts } from './ports.ts';

export const startKafka = (options: PartOptions): Promise<StartedPart> => withFreshPorts(() => startOnce(options));

const startOnce = async (options: PartOptions): Promise<StartedPart> => {
  const jars = await kafkaJars(options.onProgress);
  const port = await freePort(options.preferredPort);
  const controllerPort = await freePort();
  const data = join(options.dataDir, 'kafka');
  await mkdir(data, { recursive: true });
  const file = join(options.dataDir, 'kafka.properties');
  await writeFile(file, properties({ port, controllerPort, data, durable: options.durable }));
  const classpath = join(jars, '*');
  if (!existsSync(join(data, 'meta.properties'))) await format(classpath, file);
  const child = await startChild({
    what: 'the Kafka broker',
    command: javaCommand(),
    args: ['-Xmx512m', ...quickStart(options.durable), '-cp', classpath, 'kafka.Kafka', file],
    logFile: join(options.dataDir, 'kafka.log'),
    ready: () => answersApiVersions(port),
    deadlineMs: 60_000,
  });
  return { part: 'kafka', child, addresses: { brokers: `127.0.0.1:${port}` } };
};

const format = async (classpath: string, file: string): Promise<void> => {
  // A fixed cluster id: nothing here joins clusters, and a second call to the tool would cost another second.
  const clusterId = 'b25oYW5kLW9uaGFuZC0xMQ';
  const args = ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file];
  await command(javaCommand(), args, dirname(file));
};

interface Places {
  readonly port: number;
  readonly controllerPort: number;
  readonly data: string;
  readonly durable: boolean;
}

/** Exported for its test. Fewer internal partitions where tests count the milliseconds; Kafka's own counts are 50. */
export const properties = ({ port, controllerPort, data, durable }: Places): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    // Topics and their settings are a deployment step: a typing error must not create one.
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': durable ? '50' : '8',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': durable ? '50' : '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

// Size, api key 18, version 0, correlation id 7, no client id.
const apiVersions = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 255, 255]);

/** A broker in KRaft mode answers requests only after it has joined its controller: an answer means that it can be used. */
export const answersApiVersions = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => {
      done(false);
    });
    socket.once('error', () => {
      done(false);
    });
    socket.once('connect', () => socket.write(apiVersions));
    socket.once('data', bytes => {
      done(bytes.length >= 8 && bytes.readInt32BE(4) === 7);
    });
    socket.once('end', () => {
      done(false);
    });
  });
