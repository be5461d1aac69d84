/** Facts of one order for its rules' tests: whole by default, with what a test is about put over it. */
export * from './words-of.ts';
export * from './words-before.ts';
export * from './words-after.ts';
