/** Writes outside transactions: tried again while the log certainly did not take it; an unknown outcome is the caller's to repeat or tell. */
import { transient } from './failure.ts';
import type { Clock } from './model.ts';
import type { Appender, Outgoing } from './port.ts';

/** How long a refused write is tried again, ms: longer than a broker needs to load its coordinator, shorter than a channel waits. */
const tryForMs = 4_000;

export const durably = async (appender: Appender, clock: Clock, records: readonly Outgoing[], doing: string): Promise<void> => {
  const until = clock.monotonic() + tryForMs;
  for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
    const outcome = await appender.send(records);
    if (outcome.is === 'ok') return;
    if (outcome.is !== 'failed' || clock.monotonic() + wait > until)
      throw transient('KAFKA_UNREACHABLE', `${doing}: not acknowledged (${outcome.error.message})`, { cause: outcome.error });
    await clock.sleep(wait);
  }
};
