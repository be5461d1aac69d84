/** What README and pages show, run as a reader would run it, on an installation of the real command. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { say } from '../docs/support/commands.ts';
import { linesAt, type Place } from '../docs/support/examples.ts';
import { shell } from '../docs/support/shell.ts';
import { openWorld, publishAll, type World } from '../docs/support/world.ts';
import { until } from '../support/until.ts';

interface Set {
  readonly unit: string;
  readonly key: string;
  readonly code: string;
}
/** What a page says that the command answers. */
const expected: Readonly<Record<string, RegExp>> = {
  'onhand topics plan': /^All \d+ topics are as they should be/,
  'onhand schemas plan': /^All \d+ schemas are registered/,
  'onhand lag': /odoo/,
  'onhand exceptions': /^Nothing needs a person/,
  'onhand order show web:727': /OrderPlaced[\s\S]*OrderConfirmed[\s\S]*24\.20 EUR/,
  'onhand ledger balance': /1110/,
  'onhand ledger show capture:stripe:pi_123:ch_123': /1700/,
  "onhand keys erase web:c25 --reason 'asked to'": /web:c25/,
  "onhand payment link stripe pi_123 web:727 --reason 'customer called'": /pi_123 pays for web:727/,
  "onhand listings apply examples/listings.json --reason 'new packs'": /^3 code\(s\) published/,
  'onhand audit': /order withdraw[\s\S]*customer called[\s\S]*done: Asked to withdraw/,
  'onhand audit --since 2026-10-01T00:00:00Z --action payment': /payment link/,
  'onhand rebuild stock --verify': /stock\/0[\s\S]*equal/,
  'onhand rebuild orders --what-if --policy examples/acme/policy.json': /Nothing differs/,
};
const looking = /^onhand (?:topics plan|schemas plan|lag|exceptions|parked list|order show|ledger)\b/;

describe('what the pages show, on Kafka', function () {
  this.timeout(180_000);
  let world: World;
  /** Within this process: starting another costs a second. */
  const json = async (...words: readonly string[]): Promise<string> =>
    (await say(['--json', ...words], world.onhand.environment)).out;
  const parked = async (): Promise<readonly Set[]> => JSON.parse(await json('parked', 'list')) as readonly Set[];
  const isParked = (): Promise<unknown> =>
    until('web:728 to be set aside', async () => (await parked()).some(one => one.key === 'acme|web:728'), 60_000);
  const isThere = (order: string): Promise<unknown> => until(`${order} to be in Odoo`, () => world.inOdoo(order) === 1, 60_000);
  const run = async (line: string): Promise<string> => {
    const { code, out, err } = await shell(line, world.onhand.environment, world.folder);
    assert.equal(code, 0, `${line}: ${err}${out}`);
    return out;
  };
  const runAll = async (place: Place): Promise<void> => {
    const lines = linesAt(place);
    assert.ok(lines.length > 0);
    for (const line of lines) {
      const out = await run(line);
      if (expected[line] !== undefined) assert.match(out, expected[line], line);
      if (looking.test(line)) JSON.parse(await json(...line.split(' ').slice(1)));
    }
  };

  before(async () => {
    world = await openWorld();
    await publishAll(world);
    await isThere('web:727');
    await isParked();
  });
  after(() => world.close());

  it('the commands for an installation', () => runAll('installed'));
  it('expects something only of what a page shows', () => {
    const shown = linesAt('installed');
    assert.deepEqual(
      Object.keys(expected).filter(line => !shown.includes(line)),
      [],
    );
  });
  it('the commands for what is set aside', async () => {
    const [retry, skip] = ['retry', 'skip'].map(word => linesAt('parked').find(line => line.includes(`parked ${word}`)));
    for (const line of linesAt('parked')) {
      const out = await run(line);
      if (line.includes('show')) assert.match(out, /ODOO_TAX_UNKNOWN[\s\S]*"type": "OrderConfirmed"/);
      if (line === retry) await isParked();
    }
    assert.ok(retry !== undefined && skip !== undefined);
    await until('web:728 to be skipped', async () => (await parked()).length === 0, 60_000);
  });
  it('the commands for a replay: an order that a restored Odoo has lost is there again, once', async () => {
    world.odoo.control.restore('before all');
    assert.equal(world.inOdoo('web:727'), 0);
    const lines = linesAt('replay');
    for (const line of lines) {
      const out = await run(line);
      if (line.includes('--key')) assert.match(out, /create web:727/);
      if (line.includes('replay run')) assert.match(out, /^Done: 1 event/);
    }
    assert.equal(lines.length, 4);
    assert.equal(world.inOdoo('web:727'), 1);
  });
  it('the reader of decisions', async () => {
    const [line, ...others] = linesAt('reader');
    assert.ok(line !== undefined && others.length === 0);
    const child = spawn('sh', ['-c', `exec ${line}`], {
      cwd: world.folder,
      env: { ...world.onhand.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    try {
      await until(
        'the reader to say what was decided',
        () => out.includes('OrderConfirmed web:727 revision 3 2420 minor EUR'),
        60_000,
      );
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGINT');
      await gone;
    }
    assert.equal(child.exitCode, 0);
  });
  it('health and metrics of a process', async () => {
    for (const path of ['livez', 'readyz']) assert.equal((await fetch(`${world.process.url}/${path}`)).status, 200, path);
    assert.match(
      await (await fetch(`${world.process.url}/metrics`)).text(),
      /^onhand_sink_items_total\{unit="odoo",outcome="applied"\} \d/m,
    );
    assert.equal((await fetch(`${world.process.url}/hooks/woocommerce/web`, { method: 'POST' })).status, 404);
  });

  const refused: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['an order that nobody knows', ['order', 'show', 'web:999'], 1, /the order web:999: no topic knows it[\s\S]*NOT_FOUND/],
    ['a replay of an unknown key', ['replay', 'plan', '--sink', 'odoo', '--key', 'acme|web:999'], 1, /holds nothing of it/],
    ['a replay to an unknown sink', ['replay', 'plan', '--sink', 'sap', '--key', 'k'], 1, /there are odoo, ledger/],
    [
      'a replay of offsets that are not there',
      ['replay', 'plan', '--sink', 'odoo', '--from-offset', '0:0', '--to-offset', '0:999'],
      1,
      /0 to 999 is asked, it holds 0 to \d+[\s\S]*OFFSET_OUT_OF_RANGE/,
    ],
    ['a replay without a range', ['replay', 'plan', '--sink', 'odoo'], 2, /name a range/],
    ['a plan that is not there', ['replay', 'run', 'nowhere.json', '--reason', 'r'], 1, /nowhere\.json/],
    ['a unit that is not there', ['parked', 'list', '--unit', 'sap'], 1, /there is no such unit/],
    ['a key that is not set aside', ['parked', 'retry', 'odoo', '--key', 'k', '--reason', 'r'], 1, /nothing of the key k/],
    ['a journal that is not there', ['ledger', 'show', 'none'], 1, /none/],
    ['a company that is not there', ['ledger', 'balance', '--company', 'umbrella'], 1, /umbrella: the company files name acme/],
  ];
  for (const [what, words, code, says] of refused)
    it(`refuses ${what} with exit code ${code}, in words`, async () => {
      const answer = await say(words, world.onhand.environment);
      assert.match(answer.err, says);
      assert.equal(answer.code, code, answer.err);
      assert.doesNotMatch(answer.err, /\n\s+at /, 'a stack is no message');
    });
});
