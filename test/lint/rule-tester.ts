/** Shows for one rule of ours where it fires, with which message, and where it stays silent. */
import { RuleTester, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import { ownRules } from '../../lint/config.ts';

export interface Sample {
  /** The rule it states, as the test's name. */
  readonly name: string;
  /** Where the file lies, from the checkout's root. */
  readonly in: string;
  readonly code: string;
}
export interface Refused extends Sample {
  readonly messageIds: readonly string[];
}

export const showRule = (
  rule: keyof typeof ownRules,
  { silent, fires }: { readonly silent: readonly Sample[]; readonly fires: readonly Refused[] },
): void => {
  const tester = new RuleTester({ languageOptions: { parser: tseslint.parser, sourceType: 'module' } });
  tester.run(rule, ownRules[rule] as unknown as Rule.RuleModule, {
    valid: silent.map(({ name, in: filename, code }) => ({ name, filename, code })),
    invalid: fires.map(({ name, in: filename, code, messageIds }) => ({
      name,
      filename,
      code,
      errors: messageIds.map(messageId => ({ messageId })),
    })),
  });
};
