/**
 * What a fault is, and the world that it is injected into. A fault is a module of `kinds/`, named in `kinds/index.ts`; the runner
 * (`main.ts`) draws when each happens, heals, drains, and has the checker judge the whole history.
 */
import type { Addresses } from '../../infra/index.ts';
import type { Client } from '../../runtime/client.ts';
import type { Log } from '../../runtime/port.ts';
import type { Names } from '../../runtime/topology.ts';
import type { Codec } from '../../runtime/wire/codec.ts';
import type { Ledger } from '../../sinks/ledger/target-database.ts';
import type { Simulator } from '../../infra/odoo-simulator/index.ts';
import type { Installation } from '../../demo/installation.ts';
import type { Edges } from './proxy/edges.ts';
import type { Draw } from './support/kills.ts';
import type { Tail } from './support/tail.ts';
import type { Stream } from './support/stream.ts';

export type { Draw };
/** What a fault disturbs: faults that share nothing of it may happen at the same time; `all` happens alone. */
export type Touch = 'edge' | 'processors' | 'sinks' | 'all';
/** `quick`: in `make test`, seconds each. `long`: `make faults LONG=1`. */
export type Size = 'quick' | 'long';

export interface Fault {
  /** Of the list in the fault matrix: `F2`. Several modules may share one; the report counts by id and name. */
  readonly id: string;
  /** A few words, lower case: `kill -9 of a processor`. */
  readonly name: string;
  readonly touches: readonly Touch[];
  /** How often it must fire. */
  readonly times: Readonly<Record<Size, number>>;
  /**
   * Makes it happen once, at a moment that it draws, and undoes it: what was killed is started, what was cut is whole again; it need
   * not wait until all is quiet. Resolves with `fired: false` when it met no work (it is tried again); throws when the world broke a promise.
   */
  readonly inject: (world: World, draw: Draw, size: Size) => Promise<Fired>;
}
export interface Fired {
  readonly fired: boolean;
  /** What was done, to whom, and what it met; goes into the report. */
  readonly what: string;
  /** From the healing (the restart, the line whole again) until outputs of what it touched flowed again, ms; where it was looked at. */
  readonly recoveryMs?: number;
  /** The longest that partitions of others stood still meanwhile although work waited for them, ms. */
  readonly stallMs?: number;
  /** The part of the process' start in `recoveryMs`: until it answered /readyz, ms. */
  readonly readyMs?: number;
}

/** A process of `onhand run`, with lines of its own to broker and registry. */
export interface Instance {
  readonly name: InstanceName;
  readonly units: readonly string[];
  readonly url: string;
  /** Its process id; another after each start. */
  readonly pid: () => number;
  readonly running: () => boolean;
  /** All that it logged, over all its lives: JSON lines. */
  readonly log: () => string;
  readonly ready: () => Promise<boolean>;
  /** Partitions of a unit that it said it was assigned last. */
  readonly holds: (unit: string) => readonly number[];
  /** kill -9; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM; answers the exit code and how long it took. */
  readonly stop: () => Promise<{ readonly code: number; readonly tookMs: number }>;
  readonly start: () => void;
  /** SIGSTOP and SIGCONT. */
  readonly suspend: () => void;
  readonly resume: () => void;
  /** As when a disk is lost: its local stores. Only while it does not run. */
  readonly loseStores: () => void;
  /** The folder of its stores. */
  readonly folder: string;
  readonly edges: Edges;
}
export type InstanceName = 'edge' | 'processors-a' | 'processors-b' | 'sinks';

export interface Broker {
  /** Ends it and resolves when it is gone; clients' connections end. */
  readonly stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** The same broker on the same data, behind the same addresses. */
  readonly start: () => Promise<void>;
  readonly running: () => boolean;
}

/** What was asked of the log by the test itself, and what became of it: history for the checker. */
export interface Asked {
  readonly topic: string;
  readonly id: string;
  readonly outcome: 'done' | 'failed' | 'unknown';
}

export interface World {
  readonly instances: Readonly<Record<InstanceName, Instance>>;
  readonly broker: Broker;
  /** The broker and registry themselves, for a fault with topics or units of its own (`kafkaWorld` with another prefix). */
  readonly direct: () => Addresses;
  /** The test's own line to the log, undisturbed but for the broker's own end. */
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  readonly client: Client;
  readonly onhand: Installation;
  readonly odoo: Simulator;
  readonly ledger: Ledger;
  /** Odoo's product.product id by SKU. */
  readonly products: ReadonlyMap<string, string>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Orders with races, payments, changes, cancels, shipments, counts, without end; can be paced. */
  readonly traffic: Stream;
  /** Follows all topics read committed while things happen: what is unread, when each task last committed. */
  readonly tail: Tail;
  readonly asked: Asked[];
  /** The same units on the same folder once more, while the first runs: to its end, which must come by itself. */
  readonly second: (first: Instance) => Promise<{ readonly code: number; readonly log: string }>;
  /** What a fault expects a process to complain of in its log (a record that it made unreadable); all else that is set aside breaks I12. */
  readonly excused: ((line: string) => boolean)[];
  readonly transactionTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** Every instance runs and has its tasks. */
  readonly allReady: (deadlineMs?: number) => Promise<void>;
  readonly say: (line: string) => void;
}
