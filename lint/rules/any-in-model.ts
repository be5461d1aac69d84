/** `any` has one author, runtime/model.ts, where each use says its reason (style.md, habit 34). */
import type { TSESLint } from '@typescript-eslint/utils';
import { liesIn, placeOf } from '../places.ts';

const messages = {
  any: 'Say the type, or take `unknown` and check it; `any` is written in runtime/model.ts only, with its reason.',
} as const;

export const anyInModel: TSESLint.RuleModule<keyof typeof messages> = {
  meta: { type: 'problem', schema: [], messages },
  create: context => {
    if (liesIn(placeOf(context.cwd, context.filename), ['runtime/model.ts'])) return {};
    return {
      TSAnyKeyword: node => {
        context.report({ node, messageId: 'any' });
      },
    };
  },
};
