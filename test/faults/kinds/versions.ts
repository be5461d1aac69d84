/** Facts as a later release would write them: their schema has a field more, which a reader of today does not know. */
import { randomUUID } from 'node:crypto';
import { keyOf } from '../../../runtime/identity.ts';
import { codecOf } from '../../../runtime/wire/codec.ts';
import { headersOf } from '../../../runtime/wire/envelope.ts';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import type { AnyFact } from '../../../schemas/generated/facts.ts';
import { factSchemas, type AvroField, type AvroRecord } from '../../../schemas/load.ts';
import { topicOf } from '../../../schemas/topics.ts';
import type { World } from '../fault.ts';
import { partitions } from '../support/plant.ts';

/** Our schemas with one field more in one of them. */
export const withField = (fact: string, field: AvroField): ReadonlyMap<string, AvroRecord> => {
  const schema = factSchemas.get(fact)!;
  return new Map([...factSchemas, [fact, { ...schema, fields: [...schema.fields, field] }]]);
};
/** Registers a version that nobody has seen and publishes the fact in it; answers its partition and when it was there, epoch ms. */
export const publishNewer = async (world: World, fact: AnyFact): Promise<{ readonly partition: number; readonly at: number }> => {
  const name = `note_${randomUUID().replaceAll('-', '')}`;
  const schemas = withField(fact.type, { name, type: ['null', 'string'], default: null });
  const registry = confluentRegistry(world.direct().registryUrl, schemas);
  await registry.register(fact.type);
  const codec = codecOf(registry, schemas);
  await codec.prepare([fact.type]);
  const topic = topicOf(fact.type)!;
  const [key, id, at] = [Buffer.from(keyOf(topic, fact)), `newer ${randomUUID()}`, Date.now()];
  const partition = partitionOf(key, partitions);
  const headers = headersOf({ id, at, cause: id }, fact.type, '/onhand/test/0', 0);
  await world.client.append([{ topic: world.names.topic(topic.name), partition, key, value: codec.encode(fact), headers }]);
  world.asked.push({ topic: topic.name, id, outcome: 'done' });
  return { partition, at: Date.now() };
};
