/** What the lint configuration switches on, as ESLint reads it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { ownRules } from '../../lint/config.ts';

const root = join(import.meta.dirname, '..', '..');

const rulesFor = async (path: string): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const config: unknown = await new ESLint({ cwd: root }).calculateConfigForFile(join(root, path));
  assert.ok(typeof config === 'object' && config !== null && 'rules' in config);
  return config.rules as Readonly<Record<string, readonly unknown[]>>;
};

const error = 2;

describe('lint configuration', () => {
  it('switches every rule of ours on, as an error, for every TypeScript file', async () => {
    for (const path of ['processors/stock/decide.ts', 'runtime/main.ts', 'test/flows/order.test.ts', 'infra/up.ts']) {
      const rules = await rulesFor(path);
      for (const name of Object.keys(ownRules)) assert.equal(rules[`onhand/${name}`]?.[0], error, `${name} for ${path}`);
    }
  });

  it('checks promises, switches and type imports with types', async () => {
    const rules = await rulesFor('runtime/main.ts');
    for (const name of ['no-floating-promises', 'switch-exhaustiveness-check', 'consistent-type-imports'])
      assert.equal(rules[`@typescript-eslint/${name}`]?.[0], error, name);
  });

  it('lets no comment switch a rule off', async () => {
    const [result] = await new ESLint({ cwd: root }).lintText('/* eslint-disable */\nexport type X = any;\n', {
      filePath: join(root, 'runtime/failure.ts'),
    });
    assert.deepEqual(
      result?.messages.filter(({ severity }) => severity === error).map(({ ruleId }) => ruleId),
      ['onhand/any-in-model'],
    );
  });
});
