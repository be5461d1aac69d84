/** `translate`, `tell`, `decide`, `evolve`, `find`, `plan` and what they use are pure (style.md, habit 2). */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { onImports } from '../imports.ts';
import { importedPath, isPure, isPureSource, placeOf } from '../places.ts';

const messages = {
  import:
    '`{{specifier}}` is not pure, and this file must be: take what it gives as an argument, use `import type`, or move the effect to the edge, files called `source….ts` or `target….ts`. Pure are runtime/model, failure, entries, remembered, identity, business-day, settings, then schemas/ and the pure files of the unit.',
  clock: 'A rule has no clock, or a replay would decide otherwise: use the `at` of the event, or take the time as an argument.',
  random: 'A rule has no random, or a replay would decide otherwise: derive it from the event, or take it as an argument.',
  effect:
    'A rule does not touch the world: take what `{{name}}` gives as an argument, or do this at the edge, in a file called `source….ts` or `target….ts`.',
  log: 'A rule does not log: return a fact, or throw a failure with the reason; the runtime logs one line per outcome.',
  wait: 'A rule does not wait: take the awaited value as an argument, or do this at the edge, in a file called `source….ts` or `target….ts`.',
} as const;

type MessageId = keyof typeof messages;

const globals: Readonly<Partial<Record<string, MessageId>>> = {
  performance: 'clock',
  setTimeout: 'wait',
  setInterval: 'wait',
  setImmediate: 'wait',
  queueMicrotask: 'wait',
  Promise: 'wait',
  crypto: 'random',
  console: 'log',
  process: 'effect',
  fetch: 'effect',
  require: 'effect',
  WebSocket: 'effect',
  globalThis: 'effect',
};

export const pure: TSESLint.RuleModule<MessageId> = {
  meta: { type: 'problem', schema: [], messages },
  create: context => {
    const path = placeOf(context.cwd, context.filename);
    if (!isPure(path)) return {};
    const wait = (node: TSESTree.Node): void => {
      context.report({ node, messageId: 'wait' });
    };
    const refuseAsync = (node: TSESTree.FunctionLike): void => {
      if (node.async) wait(node);
    };
    return {
      ...onImports(({ node, specifier, typeOnly }) => {
        const target = importedPath(path, specifier);
        if (typeOnly || (target !== undefined && isPureSource(target))) return;
        context.report({ node, messageId: 'import', data: { specifier } });
      }),
      ArrowFunctionExpression: refuseAsync,
      FunctionDeclaration: refuseAsync,
      FunctionExpression: refuseAsync,
      AwaitExpression: wait,
      'ForOfStatement[await=true]': wait,
      'Program:exit': program => {
        for (const { identifier } of globalReferences(context.sourceCode.getScope(program))) {
          const messageId = forbidden(identifier);
          if (messageId !== undefined) context.report({ node: identifier, messageId, data: { name: identifier.name } });
        }
      },
    };
  },
};

/** References to what no file defines. A parameter called `fetch` is none. */
const globalReferences = (scope: TSESLint.Scope.Scope): readonly TSESLint.Scope.Reference[] => {
  let outermost = scope;
  while (outermost.upper !== null) outermost = outermost.upper;
  const declared = outermost.variables.filter(variable => variable.defs.length === 0).flatMap(variable => variable.references);
  return [...new Set([...outermost.through, ...declared])].filter(reference => reference.isValueReference);
};

const forbidden = (identifier: TSESTree.Identifier | TSESTree.JSXIdentifier): MessageId | undefined => {
  const { parent } = identifier;
  if (identifier.name === 'Date') return readsClock(parent) ? 'clock' : undefined;
  if (identifier.name === 'Math') return isMember(parent, 'random') ? 'random' : undefined;
  return Object.hasOwn(globals, identifier.name) ? globals[identifier.name] : undefined;
};

/** `Date.now`, `Date()` and `new Date()`; `new Date(at)` and `Date.UTC` do not. */
const readsClock = (parent: TSESTree.Node): boolean =>
  isMember(parent, 'now') ||
  parent.type === 'CallExpression' ||
  (parent.type === 'NewExpression' && parent.arguments.length === 0);

const isMember = (node: TSESTree.Node, name: string): boolean =>
  node.type === 'MemberExpression' &&
  (node.computed ? node.property.type === 'Literal' && node.property.value === name : node.property.name === name);
