/** What is typed behind a command: moments with their zone, reasons that say something, keys from a file. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { moment, reasonOf } from '../../console/commands/options.ts';
import { say } from '../docs/support/commands.ts';
import { temporaryFolder } from '../support/folder.ts';

describe('a moment', () => {
  it('is ISO 8601 with its zone, or epoch ms', () => {
    const at = Date.UTC(2026, 10, 21, 10, 0, 0);
    for (const text of ['2026-11-21T11:00:00+01:00', '2026-11-21T10:00Z', '2026-11-21T10:00:00.000Z', String(at)])
      assert.equal(moment(text), at, text);
    fc.assert(
      fc.property(fc.date({ min: new Date(1e12), max: new Date(4e12), noInvalidDate: true }), date => {
        assert.equal(moment(date.toISOString()), date.getTime());
        assert.equal(moment(String(date.getTime())), date.getTime());
      }),
    );
  });
  it('is none without a zone, as a day alone, as seconds, or where there is no such time', () => {
    for (const text of [
      '2026-11-21T11:00:00',
      '2026-11-21',
      '1790000000',
      'yesterday',
      '',
      '2026-13-01T00:00Z',
      '2026-11-21T25:00Z',
    ])
      assert.throws(() => moment(text), /neither ISO 8601 with a zone/, text);
  });
});
describe('a reason', () => {
  it('says something, and not too much', () => {
    assert.equal(reasonOf('  the customer called '), 'the customer called');
    assert.throws(() => reasonOf(' \n'), /say why/);
    assert.throws(() => reasonOf('x'.repeat(501)), /longer than 500/);
  });
});
describe('keys from a file', () => {
  const folder = temporaryFolder();
  it('are named with the file when it cannot be read', async () => {
    const file = join(folder(), 'keys');
    const { code, err } = await say(['replay', 'plan', '--sink', 'odoo', '--keys', file]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`reading keys from ${file}: ENOENT`));
  });
});
