/** A task's store in LMDB, one folder per task. Values survive a killed process; after a lost disk the changelog brings them back. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Store, StoreMeta } from './store.ts';

/** UTF-16 big endian sorts as JavaScript compares strings, so that overlays and LMDB agree on the order. */
const encode = (key: string): Buffer => Buffer.from(key, 'utf16le').swap16();
const decode = (bytes: Buffer): string => Buffer.from(bytes).swap16().toString('utf16le');
/** Sorts before every task key, none of which is empty. */
const metaKey = Buffer.from([0]);

const dataFile = 'data.mdb';
/** LMDB's magic number stands behind its first page's header; opening a file without it ends the process. */
const magic = Buffer.from('dec0efbe', 'hex');
const looksWhole = (folder: string): boolean => {
  const path = join(folder, dataFile);
  if (!existsSync(path)) return true;
  const head = Buffer.alloc(64);
  const file = openSync(path, 'r');
  try {
    return readSync(file, head, 0, head.length, 0) === head.length && head.includes(magic);
  } finally {
    closeSync(file);
  }
};
/** Opens the folder's database; throws when it cannot be read. */
const openAt = (folder: string): RootDatabase<Buffer, Buffer> => {
  mkdirSync(folder, { recursive: true });
  const opening = join(folder, 'opening');
  // A file that ended the process when it was last opened is not opened again.
  if (existsSync(opening) || !looksWhole(folder)) throw new Error('the file is damaged');
  writeFileSync(opening, '');
  const db = open<Buffer, Buffer>({ path: folder, encoding: 'binary', keyEncoding: 'binary' });
  db.get(metaKey);
  unlinkSync(opening);
  return db;
};

export const lmdbStore = (folder: string): Store => {
  let db: RootDatabase<Buffer, Buffer>;
  try {
    db = openAt(folder);
  } catch {
    // A damaged file is no loss: the changelog is the truth and fills a new one.
    rmSync(folder, { recursive: true, force: true });
    db = openAt(folder);
  }
  return {
    get: key => db.get(encode(key))?.toString(),
    *range({ gte, lt }, reverse = false) {
      const [low, high] = [encode(gte), encode(lt)];
      const all = reverse ? db.getRange({ start: high, end: low, reverse: true }) : db.getRange({ start: low, end: high });
      for (const { key, value } of all) {
        // Reversed, LMDB takes the start in and leaves the end out: the other way round than asked.
        if (reverse && key.equals(high)) continue;
        yield [decode(key), value.toString()];
      }
      const lowest = reverse ? db.get(low) : undefined;
      if (lowest !== undefined) yield [gte, lowest.toString()];
    },
    commit: async (changes, meta) => {
      await db.transaction(() => {
        for (const [key, value] of changes) {
          if (value === null) void db.remove(encode(key));
          else void db.put(encode(key), Buffer.from(value));
        }
        void db.put(metaKey, Buffer.from(JSON.stringify(meta)));
      });
    },
    meta: () => {
      const stored = db.get(metaKey);
      return stored === undefined ? undefined : (JSON.parse(stored.toString()) as StoreMeta);
    },
    wipe: async () => {
      await db.clearAsync();
    },
    close: async () => {
      await db.close();
    },
  };
};
