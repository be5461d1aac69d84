/** Kills a process with kill -9 at a moment drawn from the seed, starts it again at once, and knows whether work was under way. */
import { setTimeout as delay } from 'node:timers/promises';
import { drawer } from '../../flows/support/draw.ts';
import { until } from '../../support/until.ts';
import { partNames, parts, type Part, type Plant } from './plant.ts';
import type { Reader } from './reader.ts';
import type { Sender } from './traffic.ts';

export type Draw = ReturnType<typeof drawer>;
/** Printed; ONHAND_SEED gives it again. What is drawn is then the same; how fast the machine is at it is not drawn. */
export const seeded = (): Draw => {
  const seed = Number(process.env['ONHAND_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`      ONHAND_SEED=${seed}`);
  return drawer(seed);
};
/** A whole number from 0 up to, not including, `end`. */
export const below = (draw: Draw, end: number): number => draw(Array.from({ length: Math.max(1, end) }, (_, i) => i));

export interface Kill {
  readonly part: Part;
  /** From the first work that was seen. */
  readonly afterMs: number;
  /** Webhooks without an answer, and records that were there and had not been consumed. */
  readonly underWay: number;
}
export interface Killer {
  /** Looks at what is there, so that the strike it answers knows when work begins: on the topic where that arrives. */
  readonly aim: (part: Part, arrivesOn: string) => Promise<() => Promise<void>>;
  /** Parts of which fewer kills than that met work under way. */
  readonly missing: (times: number) => readonly Part[];
  readonly story: () => string;
}
export interface Killing {
  readonly plant: Plant;
  readonly reader: Reader;
  readonly sender: Sender;
  readonly draw: Draw;
}
/** Kills come within this after work has begun, ms; after one that came too late for any, the next of its part comes sooner. */
const firstWithinMs = 300;

export const killerOf = ({ plant, reader, sender, draw }: Killing): Killer => {
  const kills: Kill[] = [];
  const within: Record<Part, number> = { producer: firstWithinMs, processor: firstWithinMs, sink: firstWithinMs };
  const of = (part: Part): readonly Kill[] => kills.filter(one => one.part === part);
  const strike = async (part: Part, begun: () => boolean | Promise<boolean>): Promise<void> => {
    await until(`work for the ${part}`, begun, 60_000);
    const afterMs = below(draw, within[part]);
    await delay(afterMs);
    const killedAt = Date.now();
    const unanswered = part === 'producer' ? sender.open() : 0;
    await plant.processes[part].kill();
    // Every second time its disk is lost too: what it knew comes back from the changelogs.
    if (of(part).length % 2 === 1) plant.loseStores(part);
    await plant.processes[part].again();
    // What had been appended by then and is not consumed now, the life that was ended had not done.
    const underWay = unanswered + (await reader.unread(parts[part], killedAt));
    kills.push({ part, afterMs, underWay });
    if (underWay === 0) within[part] = Math.max(20, Math.floor(within[part] / 2));
  };
  return {
    aim: async (part, arrivesOn) => {
      const writes = (): number => plant.odoo.control.journal.counters().writes;
      const arrived = async (): Promise<number> => (await reader.events(arrivesOn)).length;
      const [written, there] = [writes(), await arrived()];
      const begun = {
        producer: () => sender.open() > 0,
        processor: async () => (await arrived()) > there,
        sink: () => writes() > written,
      };
      return () => strike(part, begun[part]);
    },
    missing: times => partNames.filter(part => of(part).filter(one => one.underWay > 0).length < times),
    story: () =>
      partNames
        .map(
          part =>
            `${part} ${of(part)
              .map(one => `${one.underWay} under way at ${one.afterMs} ms`)
              .join(', ')}`,
        )
        .join('; '),
  };
};
