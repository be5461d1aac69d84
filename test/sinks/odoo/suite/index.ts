/** What the Odoo sink does to an Odoo: the same tests for the simulator and for a real one. */
import { openWorld, type OdooAccess, type OdooWorld } from '../support/world.ts';

export const odooSuite = (
  name: string,
  open: () => Promise<{ readonly access: OdooAccess; readonly close: () => Promise<void> }>,
  parts: readonly ((world: () => OdooWorld) => void)[],
): void => {
  describe(`odoo: in ${name}`, function () {
    // A real Odoo on a busy machine takes a second per call.
    this.timeout(120_000);
    let world: OdooWorld | undefined;
    let close: (() => Promise<void>) | undefined;
    const current = (): OdooWorld => {
      if (world === undefined) throw new Error('the world of the suite is opened before its tests');
      return world;
    };
    before(async () => {
      const opened = await open();
      close = opened.close;
      world = await openWorld(opened.access);
    });
    after(() => close?.());
    for (const part of parts) part(current);
  });
};
