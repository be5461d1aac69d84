/** The console's commands against a world in memory: what an operator sees and types. */
import type { Context } from '../../../console/context.ts';
import { outputOf } from '../../../console/output.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { silentLog } from '../../support/log.ts';
import type { Trade } from './trade.ts';

export interface Console {
  /** Runs a command; answers what it wrote for people, in one line's width. */
  readonly shows: (command: (context: Context) => Promise<unknown>) => Promise<string>;
  /** The same for programs. */
  readonly json: (command: (context: Context) => Promise<unknown>) => Promise<unknown>;
}
const none = (): never => {
  throw new Error('a command in memory reads no settings and asks no registry');
};

export const consoleOf = ({ world, clock, units }: Trade, policy: Policy): Console => {
  const run = async (command: (context: Context) => Promise<unknown>, json: boolean): Promise<string> => {
    let said = '';
    const output = outputOf(
      json,
      text => (said += text),
      text => (said += text),
    );
    await command({
      environment: {},
      output,
      clock,
      logger: silentLog,
      units,
      release: 'test',
      settings: none,
      processSettings: none,
      registry: none,
      policy: () => policy,
      log: () => world.log,
      names: () => world.names,
      codec: () => world.codec,
      client: () => world.client,
      close: () => Promise.resolve(),
    });
    return said;
  };
  return {
    shows: command => run(command, false),
    json: async command => JSON.parse(await run(command, true)) as unknown,
  };
};
