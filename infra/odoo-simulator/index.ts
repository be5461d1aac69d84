/** A simulator of Odoo 19 over HTTP, for what Onhand uses of it. What it does not cover it refuses; see README.md. */
import type { FastifyInstance } from 'fastify';
import { exampleSeed, type Seed } from './seed-example.ts';
import { createApp } from './server/app.ts';
import { addControlRoutes } from './server/control-routes.ts';
import { createControl, type Control, type Listening } from './server/control.ts';
import { createEngine } from './server/engine.ts';

export { exampleSeed } from './seed-example.ts';
export type { Seed, SeedProduct, SeedTax, SeedUser } from './seed-example.ts';
export type { Control, Down } from './server/control.ts';
export type { Fault, FaultHandle, FaultKind, Match } from './server/faults.ts';
export type { Counters, JournalEntry } from './server/journal.ts';

export interface SimulatorOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Where `/_simulator/...` answers also while Odoo is down. Default: a free one. */
  readonly controlPort?: number;
  readonly seed?: Seed;
  /** Keeps the database: written at every commit, read at the start; then the seed is not used. */
  readonly file?: string;
  readonly db?: string;
  /** The machine's clock; a test's own where time matters. */
  readonly now?: () => number;
}

export interface Simulator {
  readonly url: string;
  readonly controlUrl: string;
  readonly db: string;
  /** The integration user: the seed's second, else its first. */
  readonly login: string;
  readonly apiKey: string;
  readonly control: Control;
  readonly stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on one port, again after it was closed; a closed fastify cannot be opened, so each time is a new one. */
const listener = (make: (listening: Listening) => FastifyInstance, port: number): Listening & { readonly port: () => number } => {
  let app: FastifyInstance | undefined;
  let bound = port;
  const listening = {
    status: undefined as number | undefined,
    port: () => bound,
    listen: async (): Promise<void> => {
      if (app) return;
      const next = make(listening);
      await next.listen({ port: bound, host: HOST });
      const address = next.server.address();
      if (typeof address === 'object' && address) bound = address.port;
      app = next;
    },
    close: async (): Promise<void> => {
      const open = app;
      app = undefined;
      await open?.close();
    },
  };
  return listening;
};

export const startOdooSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const seed = options.seed ?? exampleSeed;
  const engine = createEngine({
    db: options.db ?? 'onhand',
    seed,
    now: options.now ?? Date.now,
    ...(options.file === undefined ? {} : { file: options.file }),
  });
  const withControl = (app: FastifyInstance): FastifyInstance => {
    addControlRoutes(app, control);
    return app;
  };
  const odoo = listener(listening => withControl(createApp(engine, listening)), options.port ?? 0);
  const side = listener(() => withControl(createApp(engine, { status: 404 })), options.controlPort ?? 0);
  const control: Control = createControl(engine, odoo);
  await odoo.listen();
  await side.listen();
  const user = seed.users[1] ?? seed.users[0];
  return {
    url: `http://${HOST}:${String(odoo.port())}`,
    controlUrl: `http://${HOST}:${String(side.port())}`,
    db: engine.db,
    login: user?.login ?? '',
    apiKey: user?.apiKey ?? '',
    control,
    stop: async () => {
      engine.faults.clear();
      await Promise.all([odoo.close(), side.close()]);
    },
  };
};
