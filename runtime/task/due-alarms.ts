/** Which alarm fires next: of those that are due the earliest whose gate is open, looked for where there can be one. */
import type { Readable } from '../store/view.ts';
import { alarmOf, separator, storeKeys, type DueAlarm } from './keys.ts';
import type { Processing, Turn } from './processing.ts';

export interface DueAlarms {
  readonly beginTurn: () => void;
  /** The alarm to fire in this turn before any other record. */
  readonly next: (at: Turn) => DueAlarm | undefined;
  /** An alarm was set, epoch ms. */
  readonly set: (at: number) => void;
}

const allAlarms = { gte: `a${separator}`, lt: 'a\x01' };
/** Alarms looked at at once: those held back by a gate are passed over, and the next turn looks on where this one ended. */
const alarmsPerTurn = 1_000;

const firstAlarm = (from: Readable): DueAlarm | undefined => {
  for (const [key, value] of from.range(allAlarms)) return alarmOf(key, value);
  return undefined;
};

export const dueAlarmsOf = ({ session, gate }: Processing): DueAlarms => {
  const { inputs } = session;
  /** Epoch ms of the earliest alarm; alarms held by a gate keep it low, so that they are looked at again. */
  let earliest = firstAlarm(session.opened.view)?.at ?? Infinity;
  /** Task time until which every alarm was looked at and is held by its gate: gates open between turns. */
  let quietUntil = -Infinity;
  /** The store key from which alarms are still to be looked at: those before it fired in this turn, or are held. */
  let from = allAlarms.gte;
  /** Where the last turn ended with more to look at. All before it are held for as long as no gate has opened and none is set there. */
  let rest: { readonly at: number; readonly key: string; readonly opened: number } | undefined;
  /** How much of what the turn consumed was looked through for alarms that it set. */
  let seen = 0;

  /** Alarms that this turn has set; those that wait for others cannot fire in it. */
  const lookAtNew = ({ work: { consumed } }: Turn): void => {
    for (; seen < consumed.length; seen++) {
      const one = consumed[seen]!;
      if (!('sets' in one) || one.waitsFor.length > 0) continue;
      quietUntil = Math.min(quietUntil, one.at);
      const key = storeKeys.alarm(one.at, one.key, one.sets);
      if (key < from) from = key;
    }
  };
  const next = (at: Turn): DueAlarm | undefined => {
    if (earliest === Infinity) return undefined;
    lookAtNew(at);
    const time = inputs.time();
    if (earliest >= time || quietUntil >= time) return undefined;
    const whole = from === allAlarms.gte;
    let looked = 0;
    quietUntil = Infinity;
    for (const [key, value] of at.change.range({ gte: from, lt: allAlarms.lt })) {
      const one = alarmOf(key, value);
      if (looked === 0 && whole) earliest = one.at;
      if (one.at >= time) quietUntil = one.at;
      if (one.at >= time) return undefined;
      if (++looked > alarmsPerTurn) {
        rest = { at: one.at, key, opened: gate.opened() };
        return undefined;
      }
      if (!gate.open(one, at.change.base.get(key) === undefined)) continue;
      quietUntil = -Infinity;
      from = key;
      return one;
    }
    if (looked === 0 && whole) earliest = Infinity;
    return undefined;
  };
  return {
    beginTurn: () => {
      quietUntil = -Infinity;
      from = rest?.opened === gate.opened() ? rest.key : allAlarms.gte;
      rest = undefined;
      seen = 0;
    },
    next,
    set: at => {
      earliest = Math.min(earliest, at);
      if (rest !== undefined && at <= rest.at) rest = undefined;
    },
  };
};
