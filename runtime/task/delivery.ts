/** What the parts of a sink's pump share: its work that is open, what is set aside, and the transaction that is being gathered. */
import type { AnySink } from '../model.ts';
import type { Outgoing } from '../port.ts';
import type { Keys } from '../keys/keys.ts';
import type { Change } from '../store/view.ts';
import { nameOf } from '../topology.ts';
import type { AnyTarget } from './converge.ts';
import { storeKeys, type Consumed } from './keys.ts';
import { parkingOf, type Parking } from './parking.ts';
import { openWork, type OpenWork, type StoredWork } from './open-work.ts';
import { queuesOf, type Queues } from './queues.ts';
import type { Session } from './task.ts';

export interface DeliverOptions {
  readonly sink: AnySink;
  readonly target: AnyTarget;
  readonly keys: Keys;
  /** Ms that one find or apply may take. */
  readonly callTimeoutMs: number;
  /** Ms that a call without an answer may still take effect; see `Sink.maxInFlightMs`. */
  readonly maxInFlightMs: number;
  /** Ms that a drain waits for open calls before it gives them up as unknown. */
  readonly drainMs: number;
}
export interface Delivery {
  readonly session: Session;
  readonly options: DeliverOptions;
  readonly unit: string;
  readonly parking: Parking;
  readonly queues: Queues;
  readonly work: OpenWork;
  change: Change;
  consumed: Consumed[];
  outputs: Outgoing[];
}
export const deliveryOf = (session: Session, options: DeliverOptions): Delivery => ({
  session,
  options,
  unit: nameOf(session.context.unit),
  parking: parkingOf(session.opened.view),
  queues: queuesOf(),
  work: openWork(JSON.parse(session.opened.view.get(storeKeys.work) ?? '{}') as StoredWork),
  change: session.opened.view.begin(),
  consumed: [],
  outputs: [],
});

/** Keeps why what is set aside is still there. */
export const because = (
  { parking, change }: Delivery,
  scope: string,
  storeKey: string,
  why: { readonly code: string; readonly message: string },
): void => {
  const found = parking.list(change, scope).find(([one]) => one === storeKey);
  if (found !== undefined) parking.update(change, scope, storeKey, { ...found[1], code: why.code, reason: why.message });
};
