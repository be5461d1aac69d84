/** The runtime under every fault that a seed can draw, judged by the checker: `node test/simulation/main.ts --help` for more of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulate } from './child.ts';
import { run } from './run.ts';

interface Kept {
  readonly seed: number;
  readonly operations: number;
  readonly found: string;
}
const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'seeds.json'), 'utf8')) as readonly Kept[];
/** Two cores, two processes; the time is the machine's, not a verdict. */
const ownTimeMs = 900_000;

describe('the simulation', () => {
  it('goes the same way again for the same seed, and another way for another', async function () {
    this.timeout(ownTimeMs);
    const traces: string[] = [];
    for (const seed of [11, 12, 11]) traces.push((await run({ seed, operations: 300 })).trace);
    assert.equal(traces[0], traces[2]);
    assert.notEqual(traces[0], traces[1]);
  });
  it('finds nothing in 300 seeds of 2,000 operations, nor where only safety is asked for', async function () {
    this.timeout(ownTimeMs);
    const runs = await Promise.all([
      simulate(['--first', '1', '--seeds', '150', '--ops', '2000']),
      simulate(['--first', '151', '--seeds', '150', '--ops', '2000']),
    ]);
    const safety = await simulate(['--first', '301', '--seeds', '10', '--ops', '2000', '--safety']);
    for (const { code, output } of [...runs, safety]) assert.equal(code, 0, output);
    // A fault that never fired is a test that did not happen.
    const all = runs.map(one => one.output).join('\n');
    for (const fault of [
      'kill -9',
      'held still',
      'drained',
      'cut off',
      'store wiped',
      'store set back',
      'disk full',
      'commit: late',
      'send: lost after',
    ])
      assert.ok(all.includes(fault), `${fault} never happened`);
  });
  it('finds nothing when the process is killed before any step of 200 operations, each of them once', async function () {
    this.timeout(ownTimeMs);
    const halves = ['1', '2'].map(first => simulate(['--exhaustive', '--ops', '200', '--first', first, '--every', '2']));
    for (const { code, output } of await Promise.all(halves)) assert.equal(code, 0, output);
  });
  for (const { seed, operations, found } of kept)
    it(`keeps seed ${seed}: ${found}`, async function () {
      this.timeout(ownTimeMs);
      const { problems } = await run({ seed, operations });
      assert.deepEqual(problems, []);
    });
});
