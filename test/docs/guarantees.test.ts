/** What docs/guarantees.md promises is shown by tests that exist. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing, type Shown } from '../coverage/titles.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'guarantees.md'), 'utf8');
/** By the promise's letter and number. */
const promises = text
  .split(/^\*\*(?=[PRSA]\d+\. )/m)
  .slice(1)
  .map(part => ({
    name: /^[PRSA]\d+/.exec(part)![0],
    tests: [...part.matchAll(/^- (test\/\S+\.ts): (.+)$/gm)].map(([, file, title]): Shown => [file!, title!]),
  }));

describe('the page of guarantees', () => {
  it('has promises for producers, processors, sinks and what is after faults', () =>
    assert.deepEqual([...new Set(promises.map(({ name }) => name[0]))], ['P', 'R', 'S', 'A']));
  it('names each promise once', () => assert.equal(new Set(promises.map(({ name }) => name)).size, promises.length));
  for (const { name, tests } of promises)
    it(`names tests for ${name} that exist`, () => {
      assert.ok(tests.length > 0, 'no test is named');
      assert.deepEqual(missing({ [name]: tests }), []);
    });
});
