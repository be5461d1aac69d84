/** Every way in which a file can name another module, as one list for rules to look at. */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';

export interface Import {
  readonly node: TSESTree.Node;
  readonly specifier: string;
  /** `import type`: nothing of it is left when the file runs. `import { type X }` still loads the module. */
  readonly typeOnly: boolean;
}

export const onImports = (visit: (found: Import) => void): TSESLint.RuleListener => {
  const look = (node: TSESTree.Node, source: TSESTree.Node | null, typeOnly: boolean): void => {
    if (source?.type === 'Literal' && typeof source.value === 'string') visit({ node, specifier: source.value, typeOnly });
  };
  return {
    ImportDeclaration: node => {
      look(node, node.source, node.importKind === 'type');
    },
    ExportNamedDeclaration: node => {
      look(node, node.source, node.exportKind === 'type');
    },
    ExportAllDeclaration: node => {
      look(node, node.source, node.exportKind === 'type');
    },
    ImportExpression: node => {
      look(node, node.source, false);
    },
    TSImportType: node => {
      look(node, node.source, true);
    },
    CallExpression: node => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') look(node, node.arguments[0] ?? null, false);
    },
  };
};
