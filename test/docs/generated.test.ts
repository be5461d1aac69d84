/** The generated pages: made of the declarations alone, and a stale one is noticed. */
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pagesOf, staleIn, type Pages } from '../../runtime/describe/pages.ts';
import { byPeople } from '../../runtime/describe/wiring.ts';
import { settingsOf } from '../../runtime/describe/settings-page.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import { logSettings, processSettings } from '../../runtime/process-settings.ts';
import type { Setting } from '../../runtime/settings.ts';
import { nameOf } from '../../runtime/topology.ts';
import { units } from '../../runtime/units.ts';
import { factFiles } from '../../schemas/load.ts';
import { allTopics, topicOf } from '../../schemas/topics.ts';

const root = join(import.meta.dirname, '..', '..');
const pageOf = (pages: Pages, name: string): string => pages.get(name) ?? assert.fail(`there is no page ${name}`);

describe('generated pages', () => {
  let pages: Pages;
  let folder: string;
  before(async () => (pages = await pagesOf(units)));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-docs-'));
    for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the same when they are written twice', async () => {
    assert.deepEqual([...(await pagesOf(units))], [...pages]);
    assert.deepEqual(staleIn(folder, pages), []);
  });
  it('name the one that was changed by hand', () => {
    writeFileSync(join(folder, 'settings.md'), `${pageOf(pages, 'settings.md')}\nand more\n`);
    assert.deepEqual(staleIn(folder, pages), ['settings.md']);
  });
  it('name the one that is missing, and all of them where there is no folder', () => {
    rmSync(join(folder, 'topology.svg'));
    assert.deepEqual(staleIn(folder, pages), ['topology.svg']);
    assert.deepEqual(staleIn(join(folder, 'nowhere'), pages), [...pages.keys()].sort());
  });
  it('name the one that nothing writes any more', () => {
    writeFileSync(join(folder, 'sagas.md'), '');
    assert.deepEqual(staleIn(folder, pages), ['sagas.md']);
  });
  it('leave alone what was measured', () => {
    writeFileSync(join(folder, 'faults.md'), '');
    assert.deepEqual(staleIn(folder, pages), []);
  });
  it('are stale when a unit is gone', async () => {
    const fewer = await pagesOf(units.filter(one => nameOf(one) !== 'ledger'));
    assert.deepEqual(staleIn(folder, fewer), ['settings.md', 'topics.md', 'topology.svg', 'units.md']);
  });

  it('show every unit, topic, fact, metric and setting', () => {
    const topics = pageOf(pages, 'topics.md');
    for (const topic of allTopics) assert.match(topics, new RegExp(`^## ${topic.name}$`, 'm'));
    for (const fact of factFiles.values()) {
      assert.match(topics, new RegExp(`^### ${fact.name}$`, 'm'));
      for (const field of fact.fields) assert.ok(topics.includes(`| \`${field.name}\``), `${fact.name}.${field.name}`);
    }
    for (const unit of units) assert.match(pageOf(pages, 'units.md'), new RegExp(`^## ${nameOf(unit)}$`, 'm'));
    for (const topic of allTopics) assert.ok(pageOf(pages, 'topology.svg').includes(`>${topic.name}<`), topic.name);
    for (const metric of metricsOf().registry.getMetricsAsArray())
      assert.ok(pageOf(pages, 'metrics.md').includes(`| \`${metric.name}\` |`), metric.name);
    for (const unit of units)
      for (const name of Object.keys(settingsOf(unit))) assert.ok(pageOf(pages, 'settings.md').includes(`| \`${name}\``), name);
  });
  it('show no value of a secret', () => {
    const all = [processSettings, ...units.map(settingsOf)].flatMap(settings => Object.entries<Setting>(settings));
    const secrets = all.filter(([, setting]) => setting.secret);
    assert.ok(secrets.length > 5);
    for (const [name, setting] of secrets) {
      const row =
        pageOf(pages, 'settings.md')
          .split('\n')
          .find(line => line.startsWith(`| \`${name}\``)) ?? '';
      assert.match(row, /\*\*secrets?\*\*/, name);
      if (typeof setting.default === 'string') assert.ok(!row.includes(setting.default), name);
    }
  });
  it('say of people what the console publishes for them', () => {
    const made = globSync('console/**/*.ts', { cwd: root })
      .flatMap(file => [...readFileSync(join(root, file), 'utf8').matchAll(/\b([a-z]\w+)\(\{\s*company/g)])
      .map(found => found[1]![0]!.toUpperCase() + found[1]!.slice(1))
      .filter(type => topicOf(type) !== undefined);
    assert.deepEqual([...new Set(made)].sort(), [...byPeople].sort());
  });
});

describe('metrics', () => {
  /** Declared, and set by nothing yet: a reader of the page would wait for them in vain. */
  const unset: readonly string[] = [];
  it('are all set somewhere, but for those listed here', () => {
    const source = globSync('runtime/**/*.ts', { cwd: root })
      .filter(file => file !== 'runtime/observe/metrics.ts' && !file.startsWith('runtime/describe/'))
      .map(file => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const names = Object.keys(metricsOf()).filter(name => name !== 'registry');
    assert.deepEqual(
      names.filter(name => !new RegExp(`\\b[mM]etrics(?:\\?)?\\.${name}\\b`).test(source)),
      unset,
    );
  });
});

describe('settings', () => {
  it('have one meaning each: a name that two declare is declared once', () => {
    const seen = new Map<string, Setting>();
    for (const settings of [logSettings, processSettings, ...units.map(settingsOf)])
      for (const [name, setting] of Object.entries<Setting>(settings)) {
        assert.equal(seen.get(name) ?? setting, setting, `${name} is declared twice`);
        seen.set(name, setting);
      }
  });
  it('are upper snake, prefixed by what they are of', () => {
    const names = [processSettings, ...units.map(settingsOf)].flatMap(settings => Object.keys(settings));
    const prefixes = ['ONHAND', 'KAFKA', 'SCHEMA_REGISTRY', 'KEYS', 'WOO', 'STRIPE', 'ODOO', 'LEDGER'];
    for (const name of names) assert.ok(prefixes.some(prefix => name.startsWith(`${prefix}_`)) && /^[A-Z_]+$/.test(name), name);
  });
});
