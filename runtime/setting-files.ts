/** `NAME_FILE`: a secret that stands in a file, as orchestrators mount them, so that it is in no environment and no process list. */
import { readFileSync, statSync } from 'node:fs';

/** A secret is a few lines; what is larger is another file. */
const largestBytes = 64 * 1024;

/** The setting that names the file of a secret. */
export const fileNameOf = (name: string): string => `${name}_FILE`;

/** The content without its last line ends, or what is wrong with the file: never a part of what it holds. */
export const readSecretFile = (path: string): { readonly text: string } | { readonly problem: string } => {
  let bytes: Buffer;
  try {
    const found = statSync(path);
    // A pipe would be waited for, for ever when nobody writes to it.
    if (!found.isFile()) return { problem: `${path} is no file` };
    if (found.size > largestBytes)
      return { problem: `${path} has ${found.size} bytes, more than a secret has (${largestBytes})` };
    bytes = readFileSync(path);
  } catch (error) {
    return { problem: `${path} cannot be read (${codeOf(error)})` };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\r\n]+$/, '');
    if (text === '') return { problem: `${path} is empty` };
    return text.includes('\0') ? { problem: `${path} is no text` } : { text };
  } catch {
    return { problem: `${path} is no text` };
  }
};
/** The system's word: its sentence would repeat the path. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

/** Whether more than the owner and the group may read it; containers mount secrets like that, so it is shown and not refused. */
export const isReadableByAll = (path: string): boolean => {
  try {
    return (statSync(path).mode & 0o004) !== 0;
  } catch {
    return false;
  }
};
