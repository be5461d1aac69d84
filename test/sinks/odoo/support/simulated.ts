/** A world in a simulator of its own, for what only a simulator can be made to do. */
import assert from 'node:assert/strict';
import { startOdooSimulator, type Control, type JournalEntry, type Simulator } from '../../../../infra/odoo-simulator/index.ts';
import type { In } from '../../../../sinks/odoo/plan.ts';
import type { Result } from '../../../../runtime/task/converge.ts';
import { bringing, openWorld, targetOf, type OdooAccess, type OdooWorld } from './world.ts';

export const accessOf = ({ url, db, login, apiKey }: Simulator): OdooAccess => ({
  admin: { url, db, login: 'admin', apiKey: 'simulator-admin-key' },
  user: { url, db, login, apiKey },
});
export interface SimulatedWorld extends OdooWorld {
  readonly simulator: Simulator;
  readonly control: Control;
  /** Brings them as one batch, with so much time for a call, by another sink than the world's own. */
  readonly within: (
    ms: number,
    settings?: Partial<OdooWorld['settings']>,
  ) => (...facts: readonly In[]) => Promise<readonly Result[]>;
  /** Writing calls of the sink since the mark. */
  readonly writes: (after?: number) => readonly JournalEntry[];
  /** All that the sink did ends well: what differs from it is said by the test. */
  readonly close: () => Promise<void>;
}
export const simulatedWorld = async (): Promise<SimulatedWorld> => {
  const simulator = await startOdooSimulator();
  const world = await openWorld(accessOf(simulator));
  const { control } = simulator;
  return {
    ...world,
    simulator,
    control,
    within: (ms, settings) => {
      const bring = bringing(targetOf({ ...world.settings, ...settings }), world.policy, ms);
      return (...facts) => bring(facts);
    },
    writes: after => control.journal.entries({ by: 'caller', ...(after === undefined ? {} : { after }) }),
    close: simulator.stop,
  };
};
/** Use in a describe: a world for all of its tests, without faults at the start of each. */
export const ownWorld = (): (() => SimulatedWorld) => {
  let world: SimulatedWorld | undefined;
  before(async () => {
    world = await simulatedWorld();
  });
  afterEach(async () => {
    world?.control.faults.clear();
    await world?.control.up();
  });
  after(() => world?.close());
  return () => {
    assert.ok(world, 'the simulator is started before the tests');
    return world;
  };
};
