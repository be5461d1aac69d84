/** How tests steer the simulator: from the same process by this object, from another one by `/_simulator/...`. */
import type { Json, JsonObject, Wire } from '../json.ts';
import { splitQuant } from '../stock/quants.ts';
import type { DatabaseCopy } from '../store/database.ts';
import type { Clock, Engine } from './engine.ts';
import type { Fault, FaultHandle, Faults } from './faults.ts';
import type { Journal } from './journal.ts';

/** refuse: nobody listens. A number: every request gets that status with a page; 404 is what a lost PostgreSQL looks like. */
export type Down = 'refuse' | 502 | 503 | 504 | 404;

export interface Control {
  /** Takes Odoo down for every caller until `up`. Requests under way are cut off by 'refuse'. */
  readonly down: (as: Down) => Promise<void>;
  readonly up: () => Promise<void>;
  /** Arms a fault for the calls to come. */
  readonly fail: (fault: Fault) => FaultHandle;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly clock: Clock;
  /** A whole backup, in memory, under a name. */
  readonly snapshot: (name: string) => void;
  /** Goes back to it, ids and numbers included, as restoring an older backup does. */
  readonly restore: (name: string) => void;
  readonly snapshots: () => readonly string[];
  /** Leaves the quant's product and place with a second row, as Odoo does when two transactions meet there; the sum stays. */
  readonly splitQuant: (quantId: number) => void;
  /** What a person does in Odoo itself: any covered call, as the administrator. */
  readonly execute: (model: string, method: string, args: readonly Json[], kwargs?: JsonObject) => Wire | undefined;
}

export interface Listening {
  readonly close: () => Promise<void>;
  readonly listen: () => Promise<void>;
  status: number | undefined;
}

export const createControl = (engine: Engine, listening: Listening): Control => {
  const kept = new Map<string, DatabaseCopy>();
  return {
    down: async as => {
      if (as === 'refuse') await listening.close();
      else listening.status = as;
    },
    up: async () => {
      listening.status = undefined;
      await listening.listen();
    },
    fail: fault => engine.faults.add(fault),
    faults: engine.faults,
    journal: engine.journal,
    clock: engine.clock,
    snapshot: name => {
      kept.set(name, engine.copy());
    },
    restore: name => {
      const copy = kept.get(name);
      if (!copy) throw new Error(`restoring the Odoo simulator: no snapshot is called ${name}`);
      engine.restore(copy);
    },
    snapshots: () => [...kept.keys()],
    splitQuant: quantId => {
      engine.change(env => {
        splitQuant(env, quantId);
      });
    },
    execute: engine.inside,
  };
};
