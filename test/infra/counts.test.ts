/** How runs of mocha add up to the last line that CI reads. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { add, countLine, judge } from '../support/counts.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the counts of a test run', () => {
  const counts = { passed: 5, failed: 0, skipped: 2 };

  it('add up over suites', () => {
    assert.equal(countLine(add(counts, { passed: 1, failed: 2, skipped: 3 })), '6 passed, 2 failed, 5 skipped');
  });

  it('are what mocha wrote when it ended well, or with the failures that it named', () => {
    assert.deepEqual(judge(counts, 0), counts);
    assert.deepEqual(judge({ ...counts, failed: 3 }, 3), { ...counts, failed: 3 });
  });

  it('have one failure more when mocha ended badly and named none', () => {
    assert.deepEqual(judge(counts, 1), { ...counts, failed: 1 });
    assert.deepEqual(judge(counts, null), { ...counts, failed: 1 });
    assert.deepEqual(judge(undefined, 7), { passed: 0, failed: 1, skipped: 0 });
  });

  it('have a failure when mocha ended well without having run', () => {
    assert.deepEqual(judge(undefined, 0), { passed: 0, failed: 1, skipped: 0 });
  });
});

describe('the runner of the tests', () => {
  const run = promisify(execFile);
  const runner = join(root, 'test', 'support', 'run.ts');

  it('ends with the count line, over the files it is narrowed to', async () => {
    const { stdout } = await run(process.execPath, [runner, 'test/infra/ways.test.ts']);
    assert.match(stdout, /\n\d+ passed, 0 failed, 0 skipped\n$/);
  });

  it('fails when it is narrowed to nothing', async () => {
    await assert.rejects(run(process.execPath, [runner, 'test/no-such']), /no test file begins with test\/no-such/);
  });
});
