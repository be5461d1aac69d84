/** Whether facts fit what they are declared to be: their schema, their topic, their key. Used by the laws of processors and producers. */
import avsc from 'avsc';
import type { Fact, Topic } from '../../runtime/model.ts';
import { keyOf } from '../../runtime/identity.ts';
import { factSchemas } from '../../schemas/load.ts';

const types = new Map<string, avsc.Type>();
const typeOf = (fact: string): avsc.Type | undefined => {
  const schema = factSchemas.get(fact);
  if (schema === undefined) return undefined;
  const type = types.get(fact) ?? avsc.Type.forSchema(schema as unknown as avsc.Schema);
  types.set(fact, type);
  return type;
};
/** What is wrong with a fact that a unit says, in words; empty when it fits. `own` are types that are not published. */
export const misfits = (fact: Fact, writes: readonly Topic[], own: readonly string[]): readonly string[] => {
  const extra = Object.keys(fact).filter(field => !['type', 'data'].includes(field));
  const wrong = extra.map(field => `${fact.type} carries ${field}: a fact is its type and data, the runtime stamps the rest`);
  if (own.includes(fact.type)) return wrong;
  const topic = writes.find(one => one.facts.includes(fact.type));
  if (topic === undefined) return [...wrong, `${fact.type} is on none of the topics that the unit writes`];
  const type = typeOf(fact.type);
  if (type === undefined) return [...wrong, `${fact.type} has no schema`];
  const errors: string[] = [];
  type.isValid(fact.data, {
    noUndeclaredFields: true,
    errorHook: (path: readonly string[], value: unknown, expected: avsc.Type) =>
      void errors.push(`${fact.type}.${path.join('.')} is ${JSON.stringify(value)}, expected ${String(expected)}`),
  });
  try {
    keyOf(topic, fact);
  } catch (error) {
    errors.push((error as Error).message);
  }
  return [...wrong, ...errors];
};
