/** A changelog in memory and a task's context over it: what restoring needs, and nothing else. */
import { realClock } from '../../../runtime/clock.ts';
import { memoryLog, type MemoryLog } from '../../../runtime/memory/log.ts';
import type { Logger } from '../../../runtime/model.ts';
import { metricsOf } from '../../../runtime/observe/metrics.ts';
import type { Log } from '../../../runtime/port.ts';
import { defaultLimits, type TaskContext } from '../../../runtime/task/context.ts';
import { namesOf, ownTopics } from '../../../runtime/topology.ts';
import { codecOf, memoryRegistry } from '../../../runtime/wire/codec.ts';
import { policy } from '../../support/policy.ts';
import { counter } from './counter.ts';

export interface Restoring {
  readonly log: MemoryLog;
  /** `over` stands between the task and the log. */
  readonly context: (over?: Partial<Log>) => TaskContext;
  /** Puts these keys into the changelog; null takes one away. */
  readonly write: (changes: Iterable<readonly [string, string | null]>) => Promise<void>;
  /** Removes what lies below this offset, as compaction may. */
  readonly truncate: (start: number) => void;
  readonly restored: (context: TaskContext) => Promise<number>;
  readonly said: readonly string[];
}
export const restoringOf = async (): Promise<Restoring> => {
  const log = memoryLog(realClock);
  const at = { topic: ownTopics.changelog(counter.name), partition: 0 };
  await log.admin.create([{ name: at.topic, partitions: 1, settings: {} }]);
  const appender = await log.appender();
  const said: string[] = [];
  const say = (_: object, message: string): void => void said.push(message);
  const logger: Logger = { debug: say, info: say, warn: say, error: say };
  return {
    log,
    said,
    context: (over = {}) => ({
      log: { ...log, ...over },
      clock: realClock,
      logger,
      metrics: metricsOf(),
      names: namesOf(''),
      codec: codecOf(memoryRegistry()),
      unit: { kind: 'processor', unit: counter },
      policy,
      release: 'test',
      partitions: new Map(),
      storeOf: () => {
        throw new Error('the test opens its stores itself');
      },
      unitNamed: () => undefined,
      limits: defaultLimits,
    }),
    write: async changes => {
      const records = [...changes].map(([key, value]) => ({
        ...at,
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
      }));
      const written = await appender.send(records);
      if (written.is !== 'ok') throw written.error;
    },
    truncate: start => log.truncate(at, start),
    restored: async context => (await context.metrics.restored.get()).values[0]?.value ?? 0,
  };
};
