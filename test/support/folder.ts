/** A folder for one test, gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Call it in a `describe`; the function it answers with gives the folder of the running test. `before` is done before the folder goes. */
export const temporaryFolder = (before: () => Promise<unknown> = () => Promise.resolve()): (() => string) => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-test-'));
  });
  afterEach(async () => {
    await before();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return () => folder;
};
