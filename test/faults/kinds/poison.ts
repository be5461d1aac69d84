/** F28, and of F27 what a record can be wrong in: bytes that nobody can read, among the traffic, on inputs of every kind of unit. */
import { randomUUID } from 'node:crypto';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import type { Draw, Fault } from '../fault.ts';
import { below } from '../support/kills.ts';
import { drawnMoment } from '../support/moment.ts';
import { partitions } from '../support/plant.ts';
import { refusedBy, type Unworkable } from './refused.ts';

/** The largest that a broker takes under our settings; its own overhead is less than the rest. */
const largest = 4 << 20;
const overhead = 200;
/** Topics whose readers are of every kind, and keys as they have there. */
const inputs: Readonly<Record<string, (id: string) => string>> = {
  'intake.woocommerce.v1': id => `web|${id}`,
  'orders.v1': id => `acme|web:${id}`,
  'stock-requests.v1': id => `acme|${id}`,
  'order-decisions.v1': id => `acme|web:${id}`,
};
const ce = (type: string): readonly (readonly [string, string])[] => [
  ['ce_id', randomUUID()],
  ['ce_type', `onhand.${type}`],
  ['ce_time', new Date().toISOString()],
];
const bytes = (draw: Draw, count: number): Buffer => Buffer.from(Array.from({ length: count }, () => below(draw, 256)));
const framed = (magic: number, schema: number, rest: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = magic;
  head.writeInt32BE(schema, 1);
  return Buffer.concat([head, rest]);
};

interface Kind {
  readonly id: string;
  readonly name: string;
  /** Whether its key tells whose it is. */
  readonly keyed: boolean;
  readonly code: string;
  readonly make: (draw: Draw, key: string) => Pick<Unworkable, 'key' | 'value' | 'headers'>;
}
const kinds: readonly Kind[] = [
  {
    id: 'F28',
    name: 'garbage under a key',
    keyed: true,
    code: 'RECORD_UNREADABLE',
    make: (draw, key) => ({ key: Buffer.from(key), value: Buffer.concat([Buffer.from([7]), bytes(draw, 40)]) }),
  },
  {
    id: 'F28',
    name: 'a record without a key',
    keyed: false,
    code: 'RECORD_UNREADABLE',
    make: draw => ({ key: null, value: bytes(draw, 40), headers: ce('OrderPlaced') }),
  },
  {
    id: 'F28',
    name: 'a tombstone under a key',
    keyed: true,
    code: 'RECORD_UNREADABLE',
    make: (_, key) => ({ key: Buffer.from(key), value: null, headers: ce('OrderPlaced') }),
  },
  {
    id: 'F28',
    name: 'a tombstone without a key',
    keyed: false,
    code: 'RECORD_UNREADABLE',
    make: () => ({ key: null, value: null }),
  },
  {
    id: 'F28',
    name: 'a key that is no key',
    keyed: false,
    code: 'RECORD_UNREADABLE',
    make: draw => ({ key: Buffer.from([0xff, 0, 0x7c, ...bytes(draw, 8)]), value: bytes(draw, 20), headers: ce('OrderPlaced') }),
  },
  {
    id: 'F28',
    name: 'the largest record that there can be, without a key',
    keyed: false,
    code: 'RECORD_UNREADABLE',
    make: () => ({ key: null, value: Buffer.alloc(largest - overhead, 1) }),
  },
  {
    id: 'F28',
    name: 'the largest record that there can be, under a key',
    keyed: true,
    code: 'RECORD_UNREADABLE',
    make: (_, key) => ({ key: Buffer.from(key), value: Buffer.alloc(largest - overhead - key.length, 1) }),
  },
  {
    id: 'F28',
    name: 'a key too long for a store',
    keyed: false,
    code: 'RECORD_UNREADABLE',
    make: (draw, key) => ({ key: Buffer.from(key + 'x'.repeat(3_000)), value: bytes(draw, 20), headers: ce('OrderPlaced') }),
  },
  {
    id: 'F27',
    name: 'a schema id that nobody knows',
    keyed: true,
    code: 'SCHEMA_UNKNOWN',
    make: (draw, key) => ({
      key: Buffer.from(key),
      value: framed(0, 0x7fff0000 + below(draw, 1_000), bytes(draw, 30)),
      headers: ce('OrderPlaced'),
    }),
  },
  {
    id: 'F27',
    name: 'a wrong magic byte',
    keyed: true,
    code: 'RECORD_UNREADABLE',
    make: (draw, key) => ({
      key: Buffer.from(key),
      value: framed(1 + below(draw, 255), 1, bytes(draw, 30)),
      headers: ce('OrderPlaced'),
    }),
  },
];

const poisonOf = ({ id, name, keyed, code, make }: Kind): Fault => ({
  id,
  name,
  touches: ['edge', 'processors', 'sinks'],
  times: { quick: 1, long: 2 },
  inject: async (world, draw) => {
    await drawnMoment(draw, 500);
    const topic = draw(Object.keys(inputs));
    const record = make(draw, inputs[topic]!(`bad-${randomUUID()}`));
    const partition = keyed ? partitionOf(record.key!, partitions) : below(draw, partitions);
    const { who, tookMs } = await refusedBy(world, { topic, partition, ...record, goes: keyed ? 'set aside' : 'dlq', code });
    return {
      fired: true,
      what: `on ${topic}: ${keyed ? 'set aside' : 'written to the DLQ'} by ${who.join(', ')} within ${tookMs} ms`,
    };
  },
});
export const poison: readonly Fault[] = kinds.map(poisonOf);
