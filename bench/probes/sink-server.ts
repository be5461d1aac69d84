/** A system behind a sink: answers each call 2.5 ms after it came, keeps the order in which they came, and refuses one key for good. */
import { createServer } from 'node:http';
import { answer, given } from './given.ts';

const answerMs = 2.5;
const poisoned = given('POISONED');
/** Versions by key, in the order in which they came. */
const came = new Map<string, number[]>();
let [open, mostOpen, calls, first, last] = [0, 0, 0, 0, 0];
const heldMs: number[] = [];

/** Never early; timers here are a millisecond coarse. */
const inTime = (due: number, then: () => void): void => {
  const left = due - performance.now();
  if (left <= 0) then();
  else if (left >= 1) setTimeout(() => inTime(due, then), Math.floor(left));
  else setImmediate(() => inTime(due, then));
};
const server = createServer((request, response) => {
  const at = performance.now();
  const [, key = '', version = ''] = (request.url ?? '').split('/');
  calls++;
  first ||= at;
  mostOpen = Math.max(mostOpen, ++open);
  came.set(key, [...(came.get(key) ?? []), Number(version)]);
  request.resume();
  inTime(at + answerMs, () => {
    last = performance.now();
    heldMs.push(last - at);
    open--;
    response.writeHead(key === poisoned ? 422 : 204).end();
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`port ${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.once('SIGTERM', () => {
  const disordered = [...came].filter(([, versions]) => versions.some((one, i) => i > 0 && one <= versions[i - 1]!)).length;
  const keys = came.size;
  const leastHeldMs = Math.min(...heldMs);
  answer({ calls, keys, disordered, mostOpen, ms: last - first, leastHeldMs, refused: came.get(poisoned)?.length ?? 0 });
  process.exit(0);
});
