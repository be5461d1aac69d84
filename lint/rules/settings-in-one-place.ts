/** `process.env` is read in runtime/main.ts only: settings are declared, read once and passed as values (style.md, habit 17). */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { liesIn, placeOf } from '../places.ts';

const messages = {
  env: 'The environment is read in runtime/main.ts only: declare a setting beside its user (`runtime/settings.ts`) and take its value as an argument.',
} as const;

/** What starts processes and what tests them works with environments. */
const places = ['runtime/main.ts', 'infra/', 'demo/', 'bench/', 'test/'];

export const settingsInOnePlace: TSESLint.RuleModule<keyof typeof messages> = {
  meta: { type: 'problem', schema: [], messages },
  create: context => {
    if (liesIn(placeOf(context.cwd, context.filename), places)) return {};
    const report = (node: TSESTree.Node): void => {
      context.report({ node, messageId: 'env' });
    };
    return {
      MemberExpression: node => {
        if (isProcess(node.object) && keyIs(node.property, 'env')) report(node);
      },
      VariableDeclarator: node => {
        if (node.id.type !== 'ObjectPattern' || node.init === null || !isProcess(node.init)) return;
        for (const property of node.id.properties)
          if (property.type === 'Property' && keyIs(property.key, 'env')) report(property);
      },
      ImportSpecifier: node => {
        if (/^(?:node:)?process$/.test(node.parent.source?.value ?? '') && keyIs(node.imported, 'env')) report(node);
      },
    };
  },
};

/** `process` or `globalThis.process`. */
const isProcess = (node: TSESTree.Node): boolean =>
  keyIs(node, 'process') || (node.type === 'MemberExpression' && keyIs(node.property, 'process'));

const keyIs = (node: TSESTree.Node, name: string): boolean =>
  (node.type === 'Identifier' && node.name === name) || (node.type === 'Literal' && node.value === name);
