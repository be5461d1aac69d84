/** The console's commands on a world in memory that runs a sink onto a shelf: what an operator does, without a broker. */
import type { Context } from '../../../console/context.ts';
import { outputOf } from '../../../console/output.ts';
import type { Client } from '../../../runtime/client.ts';
import { memoryWorld, type MemoryOptions, type MemoryWorld } from '../../../runtime/memory/run.ts';
import { silentLog } from '../../support/log.ts';
import { policy } from '../../support/policy.ts';
import { shelfOf, shelving, type Shelf } from '../../runtime/support/shelf.ts';

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly error: unknown;
}
export interface ConsoleWorld {
  readonly world: MemoryWorld;
  readonly shelf: Shelf;
  /** Runs a command to its end, letting time pass; what it threw is answered. */
  readonly run: (command: (context: Context) => Promise<unknown>, json?: boolean) => Promise<Said>;
  /** A command that goes on while the test does other things. */
  readonly begin: (command: (context: Context) => Promise<unknown>, json?: boolean) => Begun;
  readonly close: () => Promise<void>;
}
export interface Begun {
  readonly said: () => string;
  readonly isOver: () => boolean;
  readonly end: Promise<Said>;
}
const none = (): never => {
  throw new Error('a command in memory reads no settings and asks no registry');
};

export const consoleWorld = async (
  options: Partial<MemoryOptions> & { readonly client?: (client: Client) => Client } = {},
): Promise<ConsoleWorld> => {
  const shelf = shelfOf();
  const units = [{ kind: 'sink', unit: shelving(shelf) }] as const;
  const world = await memoryWorld({ units, policy, ...options });
  // A first session cannot know that nobody was at work before it; one after it can, if it lasted long enough.
  await world.clock.advance(6_000);
  await world.restart();
  const client = options.client?.(world.client) ?? world.client;
  const begin: ConsoleWorld['begin'] = (command, json = false) => {
    let [out, err, over] = ['', '', false];
    const output = outputOf(
      json,
      text => (out += text),
      text => (err += text),
    );
    const end = command({
      environment: {},
      output,
      clock: world.clock,
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
      client: () => client,
      close: () => Promise.resolve(),
    })
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .then(error => {
        over = true;
        return { out, err, error };
      });
    return { said: () => out + err, isOver: () => over, end };
  };
  return {
    world,
    shelf,
    begin,
    run: async (command, json) => {
      const begun = begin(command, json);
      await world.clock.until(begun.isOver, 3_600_000, 'the end of a command');
      return begun.end;
    },
    close: () => world.close(),
  };
};
