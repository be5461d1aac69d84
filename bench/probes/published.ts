/** A fact as an outside author publishes it, with an id of its own. */
import { randomUUID } from 'node:crypto';
import { keyOf } from '../../runtime/identity.ts';
import type { Fact } from '../../runtime/model.ts';
import type { Outgoing } from '../../runtime/port.ts';
import type { Names } from '../../runtime/topology.ts';
import type { Codec } from '../../runtime/wire/codec.ts';
import { headersOf } from '../../runtime/wire/envelope.ts';
import { topicOf } from '../../schemas/topics.ts';

/** To partition 0: the topics of a probe have one. */
export const published = (names: Names, codec: Codec, fact: Fact): Outgoing => {
  const topic = topicOf(fact.type)!;
  const id = randomUUID();
  return {
    topic: names.topic(topic.name),
    partition: 0,
    key: Buffer.from(keyOf(topic, fact)),
    value: codec.encode(fact),
    headers: headersOf({ id, at: Date.now(), cause: id }, fact.type, '/onhand/bench/0', 0),
  };
};
