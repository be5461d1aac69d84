/** What was said then against what is said now, event by event: counted by rule and fact, with the first examples of each. */
import type { Fact } from '../model.ts';
import { canonical } from './compare.ts';

/** A fact on its way to be compared; notes, which nobody publishes, have no id. */
export interface Spoken {
  readonly id: string | undefined;
  readonly key: string;
  readonly fact: Fact;
}
export interface Example {
  readonly how: 'only then' | 'only now' | 'changed';
  readonly key: string;
  readonly event: string;
  /** Names of the fields that differ. */
  readonly fields?: readonly string[];
  readonly then?: unknown;
  readonly now?: unknown;
}
/** `rule`: the type of the event that was decided on. */
export interface FactGroup {
  readonly rule: string;
  readonly fact: string;
  readonly same: number;
  readonly onlyThen: number;
  readonly onlyNow: number;
  readonly changed: number;
  /** How many keys have a difference; at `keysCounted` counting ends. */
  readonly keys: number;
  /** How often each field differs. */
  readonly fields: Readonly<Record<string, number>>;
  readonly examples: readonly Example[];
}
export interface Refused {
  readonly rule: string;
  readonly code: string;
  readonly count: number;
  /** The first one's. */
  readonly key: string;
  readonly message: string;
}
export interface FactDifferences {
  readonly compare: (rule: string, event: string, then: readonly Spoken[], now: readonly Spoken[]) => void;
  readonly refuse: (rule: string, code: string, key: string, message: string) => void;
  /** Those that differ first. */
  readonly groups: () => readonly FactGroup[];
  readonly refused: () => readonly Refused[];
}
const keysCounted = 10_000;
interface Group {
  same: number;
  onlyThen: number;
  onlyNow: number;
  changed: number;
  readonly keys: Set<string>;
  readonly fields: Map<string, number>;
  readonly examples: Example[];
}
/** Names what would be equal, so that the facts of one event can be matched: the id, or type and place among its kind. */
const named = (all: readonly Spoken[]): ReadonlyMap<string, Spoken> => {
  const counts = new Map<string, number>();
  return new Map(
    all.map(one => {
      if (one.id !== undefined) return [one.id, one];
      const nth = counts.get(one.fact.type) ?? 0;
      counts.set(one.fact.type, nth + 1);
      return [`${one.fact.type} ${nth}`, one];
    }),
  );
};
/** Whose a sealed field is, and not its bytes. */
const shown = (data: unknown): unknown =>
  Object.fromEntries(
    Object.entries(data as object).map(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null && 'keyId' in value ? [name, { keyId: value.keyId }] : [name, value],
    ),
  );
const differing = (one: unknown, other: unknown): readonly string[] => {
  const [left, right] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.filter(name => canonical(left[name] ?? null) !== canonical(right[name] ?? null)).sort();
};

export const factDifferences = (examples: number): FactDifferences => {
  const groups = new Map<string, Group>();
  const refusals = new Map<string, { count: number; readonly key: string; readonly message: string }>();
  const groupOf = (rule: string, fact: string): Group => {
    const name = `${rule}\0${fact}`;
    const found = groups.get(name) ?? {
      same: 0,
      onlyThen: 0,
      onlyNow: 0,
      changed: 0,
      keys: new Set(),
      fields: new Map(),
      examples: [],
    };
    groups.set(name, found);
    return found;
  };
  const tell = (group: Group, example: Example): void => {
    if (group.keys.size < keysCounted) group.keys.add(example.key);
    for (const field of example.fields ?? []) group.fields.set(field, (group.fields.get(field) ?? 0) + 1);
    if (group.examples.length >= examples) return;
    const { then, now, ...rest } = example;
    const parts = { ...(then === undefined ? {} : { then: shown(then) }), ...(now === undefined ? {} : { now: shown(now) }) };
    group.examples.push({ ...rest, ...parts });
  };
  return {
    compare: (rule, event, then, now) => {
      const [before, after] = [named(then), named(now)];
      for (const [id, one] of before) {
        const group = groupOf(rule, one.fact.type);
        const other = after.get(id);
        if (other === undefined) {
          group.onlyThen++;
          tell(group, { how: 'only then', key: one.key, event, then: one.fact.data });
        } else {
          const fields = differing(one.fact.data, other.fact.data);
          if (fields.length === 0) group.same++;
          else {
            group.changed++;
            tell(group, { how: 'changed', key: one.key, event, fields, then: one.fact.data, now: other.fact.data });
          }
        }
      }
      for (const [id, one] of after) {
        if (before.has(id)) continue;
        const group = groupOf(rule, one.fact.type);
        group.onlyNow++;
        tell(group, { how: 'only now', key: one.key, event, now: one.fact.data });
      }
    },
    refuse: (rule, code, key, message) => {
      const found = refusals.get(`${rule}\0${code}`) ?? { count: 0, key, message };
      found.count++;
      refusals.set(`${rule}\0${code}`, found);
    },
    groups: () =>
      [...groups]
        .map(([name, { keys, fields, ...rest }]) => {
          const [rule = '', fact = ''] = name.split('\0');
          return { rule, fact, ...rest, keys: keys.size, fields: Object.fromEntries(fields) };
        })
        .sort((one, other) => weight(other) - weight(one) || (one.rule + one.fact < other.rule + other.fact ? -1 : 1)),
    refused: () =>
      [...refusals].map(([name, rest]) => {
        const [rule = '', code = ''] = name.split('\0');
        return { rule, code, ...rest };
      }),
  };
};
const weight = ({ onlyThen, onlyNow, changed }: Pick<FactGroup, 'onlyThen' | 'onlyNow' | 'changed'>): number =>
  onlyThen + onlyNow + changed;
