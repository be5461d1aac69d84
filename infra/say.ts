/** What the commands of `infra/` tell a person; addresses alone go to standard output. */

export const say = (line: string): void => {
  process.stderr.write(`infra: ${line}\n`);
};

export const tellAndExit = (error: unknown): never => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
};
