/** What commands need of the world, opened when first asked for and closed at the end. */
import { clientOf, type Client } from '../runtime/client.ts';
import { realClock } from '../runtime/clock.ts';
import { loadCompany } from '../runtime/company.ts';
import type { Clock, Logger } from '../runtime/model.ts';
import type { Log } from '../runtime/port.ts';
import { logSettings, processSettings, type LogSettings, type ProcessSettings } from '../runtime/process-settings.ts';
import { openLog } from '../runtime/service.ts';
import { readSettings, settingsFailure } from '../runtime/settings.ts';
import { shopChecker, strayIn } from '../runtime/start-checks.ts';
import { namesOf, type Names, type Unit } from '../runtime/topology.ts';
import { codecOf, type Codec } from '../runtime/wire/codec.ts';
import { confluentRegistry } from '../runtime/wire/registry.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Output } from './output.ts';

export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly units: readonly Unit[];
  readonly release: string;
  /** Who gave a name of the environment that nobody set: the file of `make up`. */
  readonly filledIn?: (name: string) => string | undefined;
  readonly settings: () => LogSettings;
  readonly processSettings: () => ProcessSettings;
  readonly policy: () => Policy;
  readonly log: () => Log;
  readonly names: () => Names;
  readonly codec: () => Codec;
  readonly client: () => Client;
  readonly registry: () => ReturnType<typeof confluentRegistry>;
  readonly close: () => Promise<void>;
}
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

export const contextOf = (
  given: Pick<Context, 'environment' | 'output' | 'logger' | 'units' | 'release' | 'filledIn'>,
): Context => {
  const closers: (() => Promise<void>)[] = [];
  const stray = once(() => strayIn(given.units, given.environment));
  const settings = once(() => readSettings(logSettings, given.environment, stray()));
  const names = once(() => namesOf(settings().ONHAND_PREFIX));
  const registry = once(() => confluentRegistry(settings().SCHEMA_REGISTRY_URL));
  const codec = once(() => codecOf(registry()));
  const log = once(() => {
    const opened = openLog(settings(), given.logger);
    closers.push(opened.close);
    return opened;
  });
  const client = once(() => {
    const opened = clientOf({ log: log(), names: names(), codec: codec(), clock: realClock });
    closers.unshift(opened.close);
    return opened;
  });
  return {
    ...given,
    clock: realClock,
    settings,
    processSettings: once(() => readSettings(processSettings, given.environment, stray())),
    policy: once(() => {
      if (stray().length > 0) throw settingsFailure('reading the settings', stray());
      return loadCompany(
        given.environment['ONHAND_COMPANY'] ?? processSettings.ONHAND_COMPANY.default ?? '',
        shopChecker(given.units),
      );
    }),
    log,
    names,
    codec,
    client,
    registry,
    close: async () => {
      for (const close of closers) await close();
    },
  };
};
