/** `onhand run`: units in this process until it is told to stop; then a drain that ends within 10 s. */
import { fatal, isFailure } from '../runtime/failure.ts';
import { startService } from '../runtime/service.ts';
import { checkedStart } from '../runtime/start-checks.ts';
import { nameOf } from '../runtime/topology.ts';
import { exitCodes } from './output.ts';
import type { Context } from './context.ts';

export interface RunCommand {
  readonly units: readonly string[];
  /** Resolves when the process is told to stop. */
  readonly stopped: Promise<string>;
}
/** How long a start waits between tries while a broker, registry or database is away, ms. */
const retryMs = 2_000;

/** Answers the exit code. What is away is named with its address and tried again; what is wrong ends the start. */
export const runUnits = async (context: Context, { units, stopped }: RunCommand): Promise<number> => {
  const known = context.units.map(nameOf);
  const run = units.length === 0 ? known : units;
  const unknown = run.filter(name => !known.includes(name));
  if (unknown.length > 0)
    throw fatal('USAGE', `running ${unknown.join(', ')}: there is no such unit; there are ${known.join(', ')}`);
  const { logger, clock } = context;
  const given = checkedStart({ environment: context.environment, units: context.units, run });
  let stop: string | undefined;
  void stopped.then(why => (stop = why));
  let failed: (error: Error) => void = () => undefined;
  const died = new Promise<Error>(resolve => (failed = resolve));
  const start = async () => {
    for (;;) {
      try {
        return await startService({
          ...given,
          units: context.units,
          run,
          release: context.release,
          clock,
          logger,
          fatal: (unit, error) => {
            logger.error(
              { unit, code: isFailure(error) ? error.code : 'UNKNOWN_ERROR', error: error.message },
              'the unit cannot go on; the process stops',
            );
            failed(error);
          },
        });
      } catch (error) {
        if (!isFailure(error) || error.kind !== 'transient') throw error;
        logger.warn({ code: error.code, error: error.message, waitMs: retryMs }, 'not there yet: trying again');
        await clock.sleep(retryMs);
        if (stop !== undefined) return undefined;
      }
    }
  };
  const service = await start();
  if (service === undefined) return exitCodes.done;
  logger.info({ units: run, port: service.port, release: context.release, policy: given.policy.hash.slice(0, 12) }, 'running');
  const end = await Promise.race([stopped, died]);
  const begun = clock.monotonic();
  await service.close();
  logger.info({ why: end instanceof Error ? 'failure' : end, ms: Math.round(clock.monotonic() - begun) }, 'stopped');
  return end instanceof Error ? exitCodes.failed : exitCodes.done;
};
