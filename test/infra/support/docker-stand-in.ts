/**
 * Stands in for Docker: a `docker` on PATH and an engine on a socket, both answering as Docker does as far as we ask. Instead of
 * containers it opens their ports and answers there as the broker and the registry do when they are ready.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DockerStandIn {
  /** Every call of the command, in order: its words, and the ports that it was given. */
  readonly calls: () => readonly { readonly words: readonly string[]; readonly kafka: string; readonly registry: string }[];
  /** Services whose ports are open. */
  readonly running: () => readonly string[];
  /** What a process must see to find this Docker. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}
export interface StandInOptions {
  /** The engine answers; else only the client is there. */
  readonly engine?: boolean;
  /** `docker compose up` ends with an error, having started nothing. */
  readonly upFails?: boolean;
}

interface Call {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the command prints and ends with. */
interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}
const said = (out: string, code = 0, error = ''): Said => ({ code, out, error });

const commandSource = (socket: string): string => `#!${process.execPath}
const { request } = require('node:http');
const body = JSON.stringify({ words: process.argv.slice(2), environment: process.env });
const asked = request({ socketPath: ${JSON.stringify(socket)}, method: 'POST', path: '/stand-in' }, answer => {
  let text = '';
  answer.on('data', part => (text += part)).on('end', () => {
    const { code, out, error } = JSON.parse(text);
    process.stdout.write(out);
    process.stderr.write(error);
    process.exitCode = code;
  });
});
asked.end(body);
`;

export const dockerStandIn = async ({ engine = true, upFails = false }: StandInOptions = {}): Promise<DockerStandIn> => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-stand-in-'));
  const socket = join(folder, 'docker.sock');
  const calls: Call[] = [];
  const services = new Map<string, { readonly project: string; readonly port: number; readonly server: Server | HttpServer }>();

  const up = async (project: string, environment: Call['environment']): Promise<Said> => {
    if (upFails) return said('', 1, 'Error response from daemon: pull access denied\n');
    for (const [service, server, port] of [
      ['kafka', brokerAnswers(), environment['ONHAND_KAFKA_PORT']],
      ['registry', registryAnswers(), environment['ONHAND_REGISTRY_PORT']],
    ] as const) {
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen(Number(port), '127.0.0.1', () => resolve()),
      );
      services.set(service, { project, port: Number(port), server });
    }
    return said('');
  };
  const down = async (): Promise<Said> => {
    for (const { server } of services.values()) await new Promise(resolve => server.close(resolve));
    services.clear();
    return said('');
  };
  const answer = async ({ words, environment }: Call): Promise<Said> => {
    if (words[0] === 'version') return engine ? said('28.2.2\n') : said('\n', 1, 'Cannot connect to the Docker daemon\n');
    if (words[0] !== 'compose') return said('', 1, `unknown command ${words.join(' ')}\n`);
    const project = words.includes('-p') ? words[words.indexOf('-p') + 1]! : (environment['COMPOSE_PROJECT_NAME'] ?? '');
    if (words.includes('up')) return up(project, environment);
    if (words.includes('down')) return down();
    return words.includes('version') ? said('Docker Compose version v2.36.0\n') : said('', 1, 'unknown compose command\n');
  };
  /** The engine's own API, as far as testcontainers asks. */
  const api = (path: string): unknown => {
    if (path.endsWith('/info')) return { ServerVersion: '28.2.2', OperatingSystem: 'stand-in', OSType: 'linux' };
    const [, id] = /\/containers\/([\w-]+)\/json$/.exec(path) ?? [];
    const found = id === undefined ? undefined : services.get(id);
    if (id !== undefined && found !== undefined) return inspected(id, found.port);
    return [...services].map(([service, { project }]) => ({
      Id: service,
      Names: [`/${project}-${service}-1`],
      Labels: { 'com.docker.compose.project': project },
    }));
  };
  const server = createHttpServer((asked, reply) => {
    let text = '';
    asked.on('data', (part: Buffer) => (text += part.toString()));
    asked.on('end', () => {
      if (asked.url !== '/stand-in') {
        const body = api((asked.url ?? '').split('?')[0]!);
        return void reply.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      }
      const call = JSON.parse(text) as Call;
      calls.push(call);
      void answer(call).then(body => reply.end(JSON.stringify(body)));
    });
  });
  await new Promise<void>(resolve => server.listen(socket, () => resolve()));
  const docker = join(folder, 'docker');
  writeFileSync(docker, commandSource(socket));
  chmodSync(docker, 0o755);
  return {
    calls: () =>
      calls.map(({ words, environment }) => ({
        words,
        kafka: environment['ONHAND_KAFKA_PORT'] ?? '',
        registry: environment['ONHAND_REGISTRY_PORT'] ?? '',
      })),
    running: () => [...services.keys()],
    environment: {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      DOCKER_HOST: `unix://${socket}`,
      // Its reaper would be one more container.
      TESTCONTAINERS_RYUK_DISABLED: 'true',
      // Where this runs in a container itself, the host is looked for by starting another one.
      TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
    },
    close: async () => {
      await down();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const inspected = (service: string, port: number): unknown => ({
  Id: service,
  Name: `/${service}-1`,
  Created: '2026-01-01T00:00:00Z',
  Config: { Hostname: service, Labels: {}, Healthcheck: { Test: ['CMD', 'true'] } },
  State: { Health: { Status: 'healthy' }, Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:00Z' },
  HostConfig: { PortBindings: {} },
  NetworkSettings: {
    Ports: { [service === 'kafka' ? '9092/tcp' : '8080/tcp']: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
    Networks: {},
  },
});
/** Answers ApiVersions with the correlation id that was asked with. */
const brokerAnswers = (): Server =>
  createServer(socket =>
    socket
      .on('error', () => undefined)
      .on('data', bytes => {
        const reply = Buffer.alloc(10);
        reply.writeInt32BE(6, 0);
        bytes.copy(reply, 4, 8, 12);
        socket.end(reply);
      }),
  );
const registryAnswers = (): HttpServer =>
  createHttpServer((asked, reply) => {
    const found = asked.url === '/apis/ccompat/v7/subjects';
    reply.writeHead(found ? 200 : 404, { connection: 'close' }).end('[]');
  });
