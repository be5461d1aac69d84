/** README and pages: what they show works, what they name exists. What needs a broker is in test/kafka/readme.test.ts. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failureCodes } from '../../runtime/failure-codes.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import { settingsOf } from '../../runtime/describe/settings-page.ts';
import { anchor } from '../../runtime/describe/markdown.ts';
import { nameOf } from '../../runtime/topology.ts';
import { units } from '../../runtime/units.ts';
import { isCommand, root, say } from './support/commands.ts';
import { blocks, examples, linesAt, pages, places } from './support/examples.ts';
import { shell } from './support/shell.ts';

const byStarting = 'started and ended by the suites of processes (test/kafka), with settings of their own';
const bySuite = 'the suite of infra runs it in a checkout of its own';
const unrun: Readonly<Record<string, string>> = {
  'make demo': 'three minutes, on a broker of its own: CI runs it by itself',
  'make test': 'it is what runs this',
  'make bench': 'three quarters of an hour on a quiet machine; test/bench has what it reckons',
  'make faults': 'test/faults/quick.test.ts is the same run',
  'make faults LONG=1': 'half an hour; the quick run is part of this',
  'make check': 'it is what runs beside this in CI',
  'make docs': 'it would mend what `make check` shall find; test/docs/generated.test.ts runs what it runs',
  'npm ci': 'it would take away the packages that this runs on; make runs it in a fresh clone',
  'export PATH="$PWD/bin:$PATH"': 'every line here is run with that path',
  'make up': bySuite,
  'make down': bySuite,
  'node_modules/.bin/node infra/odoo-simulator/main.ts --port 8069': 'its port may be taken; the suites start it on a free one',
  'onhand run': byStarting,
  'onhand run woocommerce-intake stripe-intake odoo-intake': byStarting,
  'curl http://127.0.0.1:8080/livez': 'its port may be taken; test/kafka/readme.test.ts asks the same of a free one',
  'curl http://127.0.0.1:8080/readyz': 'as livez',
  'curl http://127.0.0.1:8080/metrics': 'as livez',
};
const expected: Readonly<Record<string, RegExp>> = {
  'onhand --help': /^Usage: onhand/,
  'onhand replay plan --help': /Examples:\n {2}\$ onhand replay plan/,
  'onhand policy check': /^Fine: acme with the shops web, outlet, stripe, odoo/,
  'head -c 32 /dev/urandom | base64': /^[A-Za-z0-9+/]{43}=\n$/,
  'onhand listings apply examples/listings.json --dry-run': /^3 code\(s\) would be defined or withdrawn/,
};

describe('the commands of the pages', () => {
  it('all say where they are run', () => {
    assert.ok(examples.length > 40, `only ${examples.length} were found`);
    assert.deepEqual(
      examples.filter(one => !places.some(place => place === one.place)),
      [],
    );
  });
  it('are listed with a reason when nothing runs them, and only then', () => {
    assert.deepEqual([...linesAt('unrun')].sort(), Object.keys(unrun).sort());
  });
  it('are commands that exist, wherever a page names one in passing', async () => {
    const named = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/`onhand ([a-z][^`]*)`/g)].map(found => ({ file, words: found[1]!.split(/\s+/) })),
    );
    assert.ok(named.length > 10);
    for (const { file, words } of named) assert.ok(await isCommand(words), `${file} names \`onhand ${words.join(' ')}\``);
  });
  it('have an expectation each when they need nothing', () => {
    assert.deepEqual([...linesAt('offline')].sort(), Object.keys(expected).sort());
  });
  for (const line of linesAt('offline'))
    it(`${line} does what it says`, async () => {
      const { code, out, err } = await shell(line);
      assert.equal(code, 0, err);
      assert.match(out, expected[line] ?? assert.fail(`nothing is expected of ${line}`));
    });
});

describe('the pages', () => {
  it('link to what is there', () => {
    const anchorsOf = (text: string): readonly string[] => [...text.matchAll(/^#+ (.*)$/gm)].map(found => anchor(found[1]!));
    for (const { file, text } of pages)
      for (const [, to = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(to)) continue;
        const [path = '', fragment] = to.split('#');
        const target = path === '' ? join(root, file) : join(root, dirname(file), path);
        assert.ok(existsSync(target), `${file} links to ${to}`);
        if (fragment !== undefined)
          assert.ok(anchorsOf(readFileSync(target, 'utf8')).includes(fragment), `${file} links to ${to}`);
      }
  });
  it('show excerpts as they stand in the files that they name', () => {
    const shown = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/<!-- from (\S+) -->\n\n```ts\n([\s\S]*?)```/g)].map(found => ({
        file,
        from: found[1]!,
        excerpt: found[2]!,
      })),
    );
    assert.equal(shown.length, blocks.filter(block => block.language === 'ts').length, 'a block does not say where it is from');
    const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
    for (const { file, from, excerpt } of shown)
      assert.ok(flat(readFileSync(join(root, from), 'utf8')).includes(flat(excerpt)), `${file}: ${excerpt}`);
  });
  it('name settings, codes and metrics that exist', () => {
    const settings = new Set([processSettings, ...units.map(settingsOf)].flatMap(one => Object.keys(one)));
    const codes = new Set<string>(failureCodes.map(one => one.code));
    const metrics = new Set(
      metricsOf()
        .registry.getMetricsAsArray()
        .map(metric => metric.name),
    );
    for (const { file, text } of pages) {
      for (const [, name = ''] of text.matchAll(/`((?:ONHAND|KAFKA|SCHEMA|KEYS|WOO|STRIPE|ODOO|LEDGER)_[A-Z_]+)[`=]/g))
        assert.ok(settings.has(name) || codes.has(name), `${file} names ${name}`);
      for (const [, name = ''] of text.matchAll(/`(onhand_[a-z_]+)`/g)) assert.ok(metrics.has(name), `${file} names ${name}`);
    }
  });
});

describe('the console without a broker', () => {
  const paths = [
    '',
    ...[
      'run',
      'settings',
      'policy check',
      'topics plan',
      'topics apply',
      'schemas plan',
      'schemas apply',
      'keys migrate',
      'audit',
    ],
  ];
  const more = ['keys erase', 'lag', 'exceptions', 'order show', 'order withdraw', 'order retry', 'order resolve', 'parked list'];
  const rest = ['parked show', 'parked retry', 'parked skip', 'ledger migrate', 'ledger balance', 'ledger show', 'replay plan'];
  const all = [...paths, ...more, ...rest, 'replay run', 'payment link', 'stock release', 'listings apply'];
  it('explains every command, and the examples of its help are commands', async () => {
    for (const path of all) {
      const { code, out } = await say([...path.split(' ').filter(word => word !== ''), '--help']);
      assert.equal(code, 0, path);
      assert.ok(out.startsWith(`Usage: onhand ${path}`.trim()), path);
      for (const [, words = ''] of out.matchAll(/^ {2}\$ onhand (.*)$/gm))
        assert.ok(await isCommand(words.split(' ')), `the help of ${path} shows \`onhand ${words}\``);
    }
  });
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a command that does not exist', ['reckon'], /unknown command 'reckon'/],
    ['a replay without a sink', ['replay', 'plan', '--key', 'k'], /--sink/],
    [
      'a replay without a range',
      ['replay', 'plan', '--sink', 'odoo'],
      /name a range \(--since, --until, --from-offset, --to-offset\) or a --key/,
    ],
    [
      'a replay whose beginning is named twice',
      ['replay', 'plan', '--sink', 'odoo', '--since', '1790000000000', '--from-offset', '0:1'],
      /name the beginning once/,
    ],
    ['a replay at no rate', ['replay', 'run', 'plan.json', '--reason', 'r', '--rate', '0'], /not a positive number/],
    ['an offset that is none', ['replay', 'plan', '--sink', 'odoo', '--from-offset', '12'], /not PARTITION:OFFSET/],
    ['a decision without a reason', ['parked', 'skip', 'odoo', '--key', 'k'], /--reason/],
    ['listings without a reason', ['listings', 'apply', 'examples/listings.json'], /say why with --reason/],
    ['an erasure without a reason', ['keys', 'erase', 'web:c25'], /--reason/],
    ['a reason that says nothing', ['keys', 'erase', 'web:c25', '--reason', '  '], /say why/],
    ['a time without a zone', ['audit', '--since', '2026-11-21T11:00:00'], /neither ISO 8601 with a zone/],
    ['a count of partitions that is none', ['topics', 'apply', '--partitions', '0'], /not a positive integer/],
  ];
  for (const [what, words, says] of refused)
    it(`refuses ${what} with exit code 2 and says what is missing`, async () => {
      const { code, err } = await say(words);
      assert.equal(code, 2, err);
      assert.match(err, says);
    });
  it('tells all missing settings at once, with exit code 1', async () => {
    const { code, out, err } = await say(['lag'], {});
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /2 problem\(s\)[\s\S]*KAFKA_BROKERS is not set[\s\S]*SCHEMA_REGISTRY_URL is not set/);
  });
  it('names every unit that can be run', async () => {
    const { out } = await say(['run', '--help']);
    for (const unit of units) assert.ok(out.includes(nameOf(unit)), nameOf(unit));
  });
});
