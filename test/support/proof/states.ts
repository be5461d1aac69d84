/** States as the rules leave them, against the states that the changelog keeps. */
import { isEntries } from '../../../runtime/entries.ts';
import type { AnyProcessor } from '../../../runtime/model.ts';
import type { StoredState } from '../../../runtime/task/keys.ts';
import type { Rule } from './evidence.ts';
import { canonical, type Task } from './reading.ts';

type Fields = Readonly<Record<string, unknown>>;
/** A state in the open: its plain fields, and each entry of its collections. */
interface Open {
  readonly main: Fields;
  readonly entries: ReadonlyMap<string, string>;
}

const openState = (state: unknown): Open => {
  const main: Record<string, unknown> = {};
  const entries = new Map<string, string>();
  for (const [field, value] of Object.entries(state as Fields))
    if (isEntries(value)) for (const [id, one] of value.range()) entries.set(`${field}\0${id}`, canonical(one));
    else main[field] = value;
  return { main, entries };
};
/** What a changelog keeps, by key. `sizes` must agree with the entries that are there. */
export interface Kept {
  readonly state: StoredState | undefined;
  readonly entries: Map<string, string>;
}
export const keptStates = (task: Task): ReadonlyMap<string, Kept> => {
  const all = new Map<string, { state: StoredState | undefined; entries: Map<string, string> }>();
  const of = (key: string): { state: StoredState | undefined; entries: Map<string, string> } => {
    const found = all.get(key) ?? { state: undefined, entries: new Map<string, string>() };
    all.set(key, found);
    return found;
  };
  for (const [storeKey, value] of task.entries) {
    const [kind, key, ...rest] = storeKey.split('\0') as [string, string, ...string[]];
    if (kind === 's') of(key).state = JSON.parse(value) as StoredState;
    if (kind === 'e') of(key).entries.set(rest.join('\0'), canonical(JSON.parse(value)));
  }
  return all;
};

export const compareStates = (
  unit: AnyProcessor,
  task: Task,
  states: ReadonlyMap<string, unknown>,
  tell: (rule: Rule, found: string) => void,
): void => {
  const kept = keptStates(task);
  const initial = openState(unit.initial);
  const fields = new Set<string>(unit.entries);
  for (const key of new Set([...states.keys(), ...kept.keys()])) {
    const wanted = states.has(key) ? openState(states.get(key)) : initial;
    const there = kept.get(key);
    const main =
      there?.state === undefined
        ? initial.main
        : there.state.v < unit.stateVersion && unit.upgrade !== undefined
          ? withoutEntries(unit.upgrade(there.state.s, there.state.v) as Fields, fields)
          : there.state.s;
    const field = differing(wanted.main, main);
    if (field !== undefined) {
      tell('state', `of ${key}: ${field} is not what follows from what was consumed`);
      continue;
    }
    const entry = differingEntry(wanted.entries, there?.entries ?? new Map<string, string>());
    if (entry !== undefined) tell('state', `of ${key}: entry ${entry} is not what follows from what was consumed`);
    else if (there?.state !== undefined) {
      const sizes = [...fields].filter(one => (there.state!.n[one] ?? 0) !== countOf(there.entries, one));
      if (sizes.length > 0) tell('state', `of ${key}: the size of ${sizes.join(', ')} is not the number of its entries`);
    }
  }
};
const withoutEntries = (state: Fields, fields: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(state).filter(([name]) => !fields.has(name)));
/** As JSON keeps it: a field that is undefined is not there. */
const plain = (value: unknown): string | undefined => (value === undefined ? undefined : canonical(value));
const differing = (a: Fields, b: Fields): string | undefined =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].find(name => plain(a[name]) !== plain(b[name]));
const differingEntry = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string | undefined => {
  const found = [...new Set([...a.keys(), ...b.keys()])].find(id => a.get(id) !== b.get(id));
  return found?.replace('\0', ' ');
};
const countOf = (entries: ReadonlyMap<string, string>, field: string): number =>
  [...entries.keys()].filter(id => id.startsWith(`${field}\0`)).length;
