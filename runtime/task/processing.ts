/** What the parts of the pump of processors and producers share: the rules, what is set aside, what holds alarms, and the turn at work. */
import { nameOf } from '../topology.ts';
import type { Change } from '../store/view.ts';
import { placeIn, type TaskContext } from './context.ts';
import { gateOf, type Gate } from './gate.ts';
import { keptStates, type KeptBudget } from './kept.ts';
import { parkingOf, type Parking } from './parking.ts';
import type { Rules } from './rules.ts';
import type { Session } from './task.ts';
import { beginWork, type Work, type WorkContext } from './work.ts';

export interface Processing {
  readonly session: Session;
  readonly rules: Rules;
  readonly unit: string;
  readonly parking: Parking;
  readonly gate: Gate;
  readonly working: WorkContext;
  /** So much is set aside that the partition pauses, and it was said. */
  full: boolean;
}
/** What goes into one transaction. */
export interface Turn {
  readonly change: Change;
  readonly work: Work;
  /** Records written to the DLQ. */
  dlq: number;
  /** Records by topic. */
  readonly consumed: Map<string, number>;
  /** Records and alarms. */
  taken: number;
}

const placesIn = (context: TaskContext): WorkContext['place'] => {
  const look = placeIn(context);
  const places = new Map<string, ReturnType<typeof look>>();
  return topic => {
    const found = places.get(topic) ?? look(topic);
    places.set(topic, found);
    return found;
  };
};
/** Whether the task has read what its cluster topics held: `targets` are offsets by `topic/partition`. */
const passedBy =
  ({ context, partition, inputs }: Session) =>
  (targets: ReadonlyMap<string, number>): boolean => {
    const now = new Map(
      Object.entries(inputs.positions()).map(([topic, offset]) => [`${context.names.topic(topic)}/${partition}`, offset]),
    );
    return [...targets].every(([at, target]) => (now.get(at) ?? Infinity) >= target);
  };

export const processingOf = (session: Session, rules: Rules, budget: KeptBudget, suspects: Set<string>): Processing => {
  const { context, partition, opened, inputs } = session;
  return {
    session,
    rules,
    unit: nameOf(context.unit),
    parking: parkingOf(opened.view),
    gate: gateOf(context, partition, inputs.time, passedBy(session), session.wake),
    working: { rules, codec: context.codec, place: placesIn(context), partition, kept: keptStates(budget.share), suspects },
    full: false,
  };
};
export const beginTurn = ({ session, working }: Processing): Turn => {
  const change = session.opened.view.begin();
  return { change, work: beginWork(working, change), dlq: 0, consumed: new Map(), taken: 0 };
};
