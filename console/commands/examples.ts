/** Examples of commands that need no more than one line to be understood, by their words. */
import type { Command } from 'commander';
import { examples } from './options.ts';

const simple: Readonly<Record<string, readonly [line: string, says: string]>> = {
  'schemas plan': ['schemas plan', 'changes nothing'],
  'schemas apply': ['schemas apply', 'before a release that brings new facts'],
  'keys migrate': ['keys migrate', 'once per database; safe to repeat'],
  'ledger migrate': ['ledger migrate', 'once per release, and when the chart of accounts changed'],
  'order withdraw': ["order withdraw web:727 --reason 'the customer called'", 'releases what is held and tells Odoo'],
  'order retry': ["order retry web:727 --reason 'a delivery came'", 'asks for stock again'],
  'order resolve': ["order resolve web:727 short --reason 'the customer waits'", 'the id as `exceptions` shows it'],
  'stock release': [
    "stock release acme 42 web:727 315 --reason 'damaged'",
    'owner, product, order and line as `order show` shows them',
  ],
};
/** Adds them to a program whose commands are all there. */
export const simpleExamples = (program: Command): void => {
  for (const [words, example] of Object.entries(simple)) {
    const found = words
      .split(' ')
      .reduce<Command | undefined>((at, word) => at?.commands.find(one => one.name() === word), program);
    if (found === undefined) throw new Error(`there is no command ${words}`);
    examples(found, [example]);
  }
};
