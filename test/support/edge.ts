/** An edge on a free port for tests, with a shop that takes what the test says. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { startEdge, type Edge, type EdgeOptions, type EdgeSource } from '../../runtime/edge/edge.ts';
import type { Clock, Logger } from '../../runtime/model.ts';
import { realClock } from '../../runtime/clock.ts';

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}
export const loggerInto = (entries: Logged[]): Logger => {
  const at =
    (level: Logged['level']) =>
    (fields: object, message: string): void =>
      void entries.push({ level, fields: fields as Logged['fields'], message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}
/** Headers as given, twice if given twice: `fetch` would tidy them. */
export const post = (
  port: number,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  method = 'POST',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: { 'content-type': 'application/json', ...headers } as Readonly<Record<string, string>>,
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
/** Writes bytes as they are and gives back all that is answered until the connection ends. `every` ms one more chunk is written. */
export const raw = (port: number, chunks: Iterable<string, void>, everyMs = 0): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const iterator = chunks[Symbol.iterator]();
    let answer = '';
    let timer: NodeJS.Timeout | undefined;
    const next = (): void => {
      const { value, done } = iterator.next();
      if (done === true || socket.destroyed) return;
      socket.write(value, () => (timer = setTimeout(next, everyMs)));
    };
    socket.on('connect', next);
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    // A server that has answered may cut off what it does not want to read.
    socket.on('error', error => (answer === '' ? reject(error) : undefined));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });

export interface Started {
  readonly edge: Edge;
  readonly port: number;
  readonly logged: readonly Logged[];
  readonly outcomes: readonly string[];
}
const running: Edge[] = [];
export const startTestEdge = async (sources: readonly EdgeSource[], with_: Partial<EdgeOptions> = {}): Promise<Started> => {
  const logged: Logged[] = [];
  const outcomes: string[] = [];
  const clock: Clock = realClock;
  const edge = await startEdge({
    host: '127.0.0.1',
    port: 0,
    sources,
    clock,
    log: loggerInto(logged),
    health: { live: () => true, ready: () => true },
    deliveries: { inc: ({ shop, outcome }) => void outcomes.push(`${shop} ${outcome}`) },
    ...with_,
  });
  running.push(edge);
  return { edge, port: edge.port, logged, outcomes };
};
/** For an `afterEach`. */
export const stopTestEdges = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(edge => edge.close(1_000)));
};

export const problemIn = (
  answer: Answer,
): { readonly status: number; readonly code: string; readonly title: string; readonly type: string } => {
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  return JSON.parse(answer.body) as ReturnType<typeof problemIn>;
};
/** Waits for a condition, with a deadline in place of a guess. */
export const eventually = async (condition: () => boolean, what: string, withinMs = 5_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) assert.fail(`${what} did not happen within ${withinMs} ms`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
};
