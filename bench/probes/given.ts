/** What a probe is told by whoever starts it. */

export const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: bench/main.ts starts this`);
  return value;
};
/** The result, for whoever started this: its last line. */
export const answer = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
