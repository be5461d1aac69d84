/** Units meet only in schemas/: a producer, processor or sink never imports another (style.md, habit 3). */
import type { TSESLint } from '@typescript-eslint/utils';
import { onImports } from '../imports.ts';
import { importedPath, placeOf, unitFile, type UnitFile } from '../places.ts';

const messages = {
  apart:
    'A unit never imports another, not even a type of it: read its facts from a topic. What both need belongs in schemas/ (facts), runtime/ (mechanics) or directly in {{group}}/ (rules shared by its units).',
} as const;

/** Shared by all producers of a kind, and a unit of none. */
const shared = new Set(['tell']);

export const unitsApart: TSESLint.RuleModule<keyof typeof messages> = {
  meta: { type: 'problem', schema: [], messages },
  create: context => {
    const path = placeOf(context.cwd, context.filename);
    const self = unitFile(path);
    if (self === undefined) return {};
    return onImports(({ node, specifier }) => {
      const target = importedPath(path, specifier);
      const other = target === undefined ? undefined : unitFile(target);
      if (other === undefined || mayMeet(self, other)) return;
      context.report({ node, messageId: 'apart', data: { group: self.group } });
    });
  },
};

/** A shared file knows no unit; a unit knows itself and what its group shares. */
const mayMeet = (self: UnitFile, other: UnitFile): boolean =>
  self.group === other.group && (self.unit === other.unit || isShared(other));

const isShared = ({ group, unit }: UnitFile): boolean => unit === undefined || (group === 'producers' && shared.has(unit));
