/** ESLint's configuration: typescript-eslint with types, and the rules of this repository. Layout is Prettier's. */
import type { ESLint } from 'eslint';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { anyInModel } from './rules/any-in-model.ts';
import { kafkaClientInOnePlace } from './rules/kafka-client-in-one-place.ts';
import { pure } from './rules/pure.ts';
import { settingsInOnePlace } from './rules/settings-in-one-place.ts';
import { unitsApart } from './rules/units-apart.ts';

export const ownRules = {
  pure,
  'units-apart': unitsApart,
  'kafka-client-in-one-place': kafkaClientInOnePlace,
  'settings-in-one-place': settingsInOnePlace,
  'any-in-model': anyInModel,
};

// ESLint types the nodes of JavaScript only; typescript-eslint's rules say more about the same thing.
const plugin = { rules: ownRules } as unknown as ESLint.Plugin;

const config = defineConfig(
  { ignores: ['node_modules/', '.onhand/', 'client/built/', 'schemas/generated/', 'docs/generated/', 'eslint.config.js'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { onhand: plugin },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` } },
    linterOptions: { noInlineConfig: true },
    rules: {
      'onhand/pure': 'error',
      'onhand/units-apart': 'error',
      'onhand/kafka-client-in-one-place': 'error',
      'onhand/settings-in-one-place': 'error',
      'onhand/any-in-model': 'error',
      // Its message does not say where `any` may be.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      // What another function changes while this one awaits, it takes for unchanged.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `void | Promise<void>`: a callback that may be waited for.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Both only tell how else the same could be written.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // There are no enums here; those of a library (a syntax tree's) are compared as the texts that they are.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // [...text] by code point is what is meant.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      // An index that was just checked: `noUncheckedIndexedAccess` makes the assertion necessary, and visible.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);

export default config;
