/** A sink on the shipping runtime and the real broker: each journal's versions in order, many journals at once, each a call over HTTP. */
import { Agent, request } from 'node:http';
import { poison } from '../../runtime/failure.ts';
import { sink, type Answer, type Shown } from '../../runtime/model.ts';
import { journalPrepared, type FactsOn } from '../../schemas/generated/facts.ts';
import { topics } from '../../schemas/topics.ts';
import { answer, given } from './given.ts';
import { openUnits } from './units.ts';

interface Put extends Shown {
  readonly journal: string;
  readonly version: number;
}
interface Found {
  readonly version: number;
}
const [calls, keys, port, poisoned] = [Number(given('CALLS')), Number(given('KEYS')), Number(given('PORT')), given('POISONED')];
const agent = new Agent({ keepAlive: true, maxSockets: keys });
/** What the system has, as its answers told. */
const there = new Map<string, number>();

const put = ({ journal, version }: Put): Promise<Answer<undefined>> =>
  new Promise(resolve => {
    const asked = request({ host: '127.0.0.1', port, agent, method: 'POST', path: `/${journal}/${version}` }, response => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode !== 204) {
          const failure = poison('ODOO_REFUSED', `putting ${journal}: answered ${response.statusCode ?? 0}`);
          return resolve({ is: 'failure', failure });
        }
        there.set(journal, version);
        resolve({ is: 'done', value: undefined });
      });
    });
    asked.once('error', error => resolve({ is: 'unknown', error }));
    asked.end();
  });
const shelf = sink<FactsOn<typeof topics.journals>, Found, Put>({
  name: 'bench-shelf',
  doc: 'Puts journals on a shelf, for the bench.',
  reads: [topics.journals],
  settings: {},
  opens: false,
  document: () => undefined,
  find: ({ data }) => [{ journal: data.journal }],
  plan: ({ data }, found) => {
    const version = Number(data.description);
    return found.version >= version ? [] : [{ kind: 'change', show: `put ${data.journal}`, journal: data.journal, version }];
  },
  maxInFlightMs: () => 1_000,
  // One call per batch: each key has a call of its own under way.
  batch: { size: 1, parallel: keys },
  target: () => ({
    find: lookups =>
      Promise.resolve(
        lookups.map(
          ([one]) => ({ is: 'done', value: { version: there.get((one as { journal: string }).journal) ?? 0 } }) as const,
        ),
      ),
    apply: all => Promise.all(all.map(([one]) => put(one!))),
    close: () => Promise.resolve(agent.destroy()),
  }),
});
const journal = (name: string, version: number) =>
  journalPrepared({
    ...{ company: 'acme', journal: name, book: 'main', businessDay: '2026-11-01', originalDay: '2026-11-01' },
    ...{ currency: 'EUR', description: String(version), lines: [] },
  });

const units = await openUnits(given('PREFIX'), [{ kind: 'sink', unit: shelf }]);
const each = calls / keys;
const versions = Array.from({ length: each }, (_, i) => i + 1);
// All keys take turns; the poisoned one is one more.
await units.publish(
  versions.flatMap(version => [
    ...Array.from({ length: keys }, (_, key) => journal(`j${key}`, version)),
    journal(poisoned, version),
  ]),
);
const running = await units.start();
const complete = (): boolean => there.size === keys && [...there.values()].every(version => version === each);
for (const until = Date.now() + 300_000; !complete();) {
  if (Date.now() > until) throw new Error(`after 300 s only ${there.size} of ${keys} keys are there`);
  await new Promise(resolve => setTimeout(resolve, 20));
}
await running.close();
await units.close();
answer({ keys: there.size });
