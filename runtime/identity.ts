/** How keys and ids are made. Hard to change later: readers and stores hold them. */
import { hash } from 'node:crypto';
import type { Fact, Topic } from './model.ts';
import { poison } from './failure.ts';

const escape = (part: string): string =>
  part.includes('%') || part.includes('|') ? part.replaceAll('%', '%25').replaceAll('|', '%7C') : part;
/** The key of a fact on its topic: its key fields joined by `|`, with `%` and `|` in them percent-encoded. */
export const keyOf = (topic: Topic, fact: Fact): string => {
  let key = '';
  for (const field of topic.key) {
    const value = (fact.data as Readonly<Record<string, unknown>>)[field];
    if (typeof value !== 'string' || value === '')
      throw poison(
        'FACT_INVALID',
        `making the key of ${fact.type} on ${topic.name}: ${field} is ${JSON.stringify(value)}, not an id`,
      );
    if (value.includes('\0'))
      throw poison(
        'FACT_INVALID',
        `making the key of ${fact.type} on ${topic.name}: ${field} holds NUL, which parts the keys of stores`,
      );
    key += key === '' ? escape(value) : `|${escape(value)}`;
  }
  return key;
};
/** The parts of a key. */
export const keyParts = (key: string): readonly string[] =>
  key.split('|').map(part => part.replaceAll('%7C', '|').replaceAll('%25', '%'));

/** Behind its length, so that no two lists of parts make one text. */
const part = (text: string): string => `${text.length}:${text}`;
/** 132 bits of SHA-256: 22 characters. */
const digest = (parts: string): string => hash('sha256', parts, 'base64url').slice(0, 22);

/**
 * What tells facts of one type and one cause apart, in order of preference by name. Never a position among other facts:
 * so adding a fact to a rule does not rename the others. Equal ones are counted (`#1`), which only their own kind can shift.
 */
const discriminatorFields = [
  'line',
  'component',
  'exception',
  'refund',
  'capture',
  'shipment',
  'return',
  'location',
  'reference',
  'code',
  'journal',
  'object',
] as const;
export const discriminatorOf = (key: string, fact: Fact): string => {
  const data = fact.data as Readonly<Record<string, unknown>>;
  let text = key;
  for (const field of discriminatorFields) {
    const value = data[field];
    if (typeof value === 'string') text += text === '' ? `${field}=${value}` : `&${field}=${value}`;
  }
  return text;
};

/** The id of what a processor says: of cause, unit, type and discriminator. */
export const processedId = (cause: string, unit: string, type: string, discriminator: string): string =>
  digest(`1:p${part(cause)}${part(unit)}${part(type)}${part(discriminator)}`);
/** The id of what a producer says: of shop, object, version or content, type and discriminator. */
export const producedId = (shop: string, object: string, version: string, type: string, discriminator: string): string =>
  digest(`1:f${part(shop)}${part(object)}${part(version)}${part(type)}${part(discriminator)}`);
/** The id of a delivery: of its channel, shop and bytes, and when it came: two deliveries of the same bytes are two deliveries. */
export const deliveryId = (channel: string, shop: string, receivedAt: number, content: string): string =>
  digest(`1:d${part(channel)}${part(shop)}${part(String(receivedAt))}${part(content)}`);
