/** Each rule of the checker, against the evidence of a clean run in which one thing is altered by hand. */
import assert from 'node:assert/strict';
import type { LogRecord } from '../../runtime/port.ts';
import { run } from '../simulation/run.ts';
import { check, shown } from '../support/proof/check.ts';
import type { Evidence, Operation, PartitionEnd, Rule } from '../support/proof/evidence.ts';

describe('the checker', () => {
  let clean: Evidence;
  before(async function () {
    this.timeout(120_000);
    ({ evidence: clean } = await run({ seed: 3, operations: 400, faults: 0 }));
  });
  const finds = (rule: Rule, altered: Partial<Evidence>): void => {
    const problems = check({ ...clean, ...altered });
    assert.ok(
      problems.some(one => one.rule === rule),
      `${rule} was not found, but:\n${shown(problems)}`,
    );
  };
  const withTopic = (topic: string, alter: (end: PartitionEnd) => PartitionEnd): Partial<Evidence> => ({
    topics: new Map([...clean.topics].map(([name, ends]) => [name, name === topic ? ends.map(alter) : ends])),
  });
  const withRecords = (topic: string, alter: (records: readonly LogRecord[]) => readonly LogRecord[]): Partial<Evidence> =>
    withTopic(topic, end => ({ ...end, records: alter(end.records) }));
  const withHistory = (...more: readonly Operation[]): Partial<Evidence> => ({ history: [...clean.history, ...more] });
  /** The changelog with one more record of a key that begins so, which the rules do not say. */
  const withEntry = (unit: string, begins: string, value: (old: string) => string | null): Partial<Evidence> =>
    withRecords(`${unit}.changelog`, records => {
      const last = records.findLast(record => record.key?.toString().startsWith(begins) === true && record.value !== null);
      if (last === undefined) return records;
      const text = value(last.value!.toString());
      return [...records, { ...last, offset: records.at(-1)!.offset + 1, value: text === null ? null : Buffer.from(text) }];
    });

  it('says nothing of a clean run', () => assert.deepEqual(check(clean), []));
  it('finds an acknowledged event that is not there', () =>
    finds('published', withHistory({ kind: 'publish', id: 'never', topic: 'asks.v1', outcome: 'done' })));
  it('finds a refused event that is there', () => {
    const known = clean.history.find(one => one.kind === 'publish' && one.outcome === 'done') as Extract<
      Operation,
      { readonly kind: 'publish' }
    >;
    finds('published', withHistory({ ...known, outcome: 'failed' }));
  });
  it('finds a transaction that hangs', () =>
    finds(
      'hanging',
      withTopic('answers.v1', end => ({ ...end, highWatermark: end.highWatermark + 1 })),
    ));
  it('finds a group that is ahead of its position', () =>
    finds('offsets', { groups: new Map([['counter', new Map([['asks.v1/0', 1_000_000]])]]) }));
  it('finds an input that nobody took', () =>
    finds(
      'consumed',
      withTopic('asks.v1', end => ({ ...end, lastStable: end.lastStable + 1, highWatermark: end.lastStable + 1 })),
    ));
  it('finds a transaction that the run log lacks', () =>
    finds(
      'consumed',
      withRecords('counter.runs', records => records.slice(1)),
    ));
  it('finds a fact that is missing, and one that is there twice', () => {
    finds(
      'outputs',
      withRecords('answers.v1', records => records.slice(0, -1)),
    );
    finds(
      'ids',
      withRecords('answers.v1', records => [...records, { ...records.at(-1)!, offset: records.at(-1)!.offset + 1 }]),
    );
  });
  it('finds a fact whose value is another', () =>
    finds(
      'outputs',
      withRecords('answers.v1', records => records.map((one, i) => (i === 0 ? { ...one, value: Buffer.from('no') } : one))),
    ));
  it('finds a note that the rules do not say', () =>
    finds(
      'notes',
      withRecords('counter.runs', records =>
        records.map(one => ({ ...one, value: Buffer.from(one.value!.toString().replaceAll('"Noted"', '"Other"')) })),
      ),
    ));
  it('finds a state that does not follow', () => {
    finds(
      'state',
      withEntry('counter', 's\0', text => text.replace(/"count":\d+/, '"count":-1')),
    );
    finds(
      'state',
      withEntry('counter', 's\0', () => null),
    );
  });
  it('finds an alarm that is kept though it fired', () =>
    finds(
      'alarms',
      withEntry('counter', 'a\0', text => text),
    ));
  it('finds something set aside that the run log does not tell of', () =>
    finds(
      'set aside',
      withEntry('counter', 'k\0', text => text),
    ));
  it('finds a store that is not its changelog', () => {
    const [first, ...rest] = clean.stores;
    finds('store', { stores: [{ ...first!, entries: new Map([...first!.entries, ['s\0x', '{}']]) }, ...rest] });
  });
  it('finds a reader who was given what is not there', () =>
    finds('reader', withHistory({ kind: 'read', reader: 'other', topic: 'asks.v1', partition: 0, offset: 0, id: 'never' })));
  it('finds what a target saw out of order, or twice, or not at all', () => {
    const call = clean.history.find(one => one.kind === 'call') as Extract<Operation, { readonly kind: 'call' }>;
    finds('sink duplicate', withHistory(call));
    finds('sink order', withHistory({ ...call, revision: 0, event: 'older' }));
    finds('sink lost', { targets: new Map([['desk', new Map<string, number>()]]) });
    assert.deepEqual(check({ ...clean, ...withHistory({ kind: 'set back', sink: 'desk' }, call) }), []);
  });
  it('finds a unit that gave up', () => finds('stopped', withHistory({ kind: 'stopped', unit: 'counter', error: 'no' })));
});
