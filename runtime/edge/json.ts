/**
 * Reads the JSON of a delivery strictly: what two readers could understand differently, or what could not be kept exactly, is refused
 * as poison BODY_MALFORMED. Sources and the edge call it, always after the signature was found right. Messages never show the content.
 */
import { poison } from '../failure.ts';

/** PHP writes no deeper than this either. */
export const maxDepth = 512;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const refuse = (what: string, found: string): Error => poison('BODY_MALFORMED', `reading ${what}: ${found}`);

interface Frame {
  /** Undefined in a list. */
  readonly keys: Set<string> | undefined;
  /** The key that holds this object. */
  readonly name: string | undefined;
}
const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
};
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wrongKey = (key: string, frame: Frame): string | undefined => {
  if (key === '__proto__' || (key === 'prototype' && frame.name === 'constructor')) return `the key ${key} is refused`;
  return frame.keys?.has(key) === true ? 'one object has the same key twice' : undefined;
};

/** What is wrong beyond syntax; it needs no valid JSON and is done in one pass, so that depth costs nothing. */
const flawOf = (text: string): string | undefined => {
  const frames: Frame[] = [];
  let keyNext = false;
  let name: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '{' || sign === '[') {
      if (frames.length === maxDepth) return `it is deeper than ${maxDepth} levels`;
      frames.push({ keys: sign === '{' ? new Set() : undefined, name });
      keyNext = sign === '{';
      name = undefined;
    } else if (sign === '}' || sign === ']') frames.pop();
    else if (sign === ',') keyNext = frames.at(-1)?.keys !== undefined;
    else if (sign === '"') {
      const end = endOfString(text, at);
      const raw = text.slice(at, end + 1);
      const frame = frames.at(-1);
      if (/\\u[dD][89a-fA-F]/.test(raw) && !(JSON.parse(raw) as string).isWellFormed()) return 'it holds half a character';
      if (keyNext && frame?.keys !== undefined) {
        name = JSON.parse(raw) as string;
        const wrong = wrongKey(name, frame);
        if (wrong !== undefined) return wrong;
        frame.keys.add(name);
        keyNext = false;
      }
      at = end;
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      number.lastIndex = at;
      const found = number.exec(text)?.[0] ?? sign;
      if (!Number.isFinite(Number(found)) && found !== '-') return 'it holds a number beyond all bounds';
      at += found.length - 1;
    }
  }
  return undefined;
};

/** `what` names the delivery for the message. */
export const readJson = (bytes: Uint8Array, what: string): unknown => {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw refuse(what, 'it is not UTF-8');
  }
  if (text.startsWith('\ufeff')) throw refuse(what, 'it begins with a byte order mark');
  let flaw: string | undefined;
  let value: unknown;
  try {
    flaw = flawOf(text);
    if (flaw === undefined) value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    flaw = 'it is not JSON';
  }
  if (flaw !== undefined) throw refuse(what, flaw);
  return value;
};
