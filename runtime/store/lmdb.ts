/** A task's store in LMDB, one folder per task. Values survive a killed process; after a lost disk the changelog brings them back. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import type { Filling, Logged, Store, StoreMeta } from './store.ts';

/** UTF-16 big endian sorts as JavaScript compares strings, so that overlays and LMDB agree on the order. */
export const encode = (key: string): Buffer => Buffer.from(key, 'utf16le').swap16();
export const decode = (bytes: Buffer): string => Buffer.from(bytes).swap16().toString('utf16le');
/** LMDB takes a key in at once, so one buffer serves all that are asked for. */
const asked = Buffer.alloc(2_000);
/** As `encode`, into that buffer. */
const encodeAsked = (key: string): Buffer => {
  if (key.length * 2 > asked.length) return encode(key);
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    asked[2 * i] = unit >>> 8;
    asked[2 * i + 1] = unit;
  }
  return asked.subarray(0, 2 * key.length);
};
/** As `encode` of its text; LMDB copies a key at once, so `scratch` serves all of them. */
const widened = (utf8: Buffer, scratch: Buffer): Buffer => {
  if (utf8.length * 2 > scratch.length) return encode(utf8.toString());
  for (let i = 0; i < utf8.length; i++) {
    const byte = utf8[i]!;
    if (byte > 127) return encode(utf8.toString());
    scratch[2 * i] = 0;
    scratch[2 * i + 1] = byte;
  }
  return scratch.subarray(0, 2 * utf8.length);
};
/** Sorts before every task key, none of which is empty. */
export const metaKey = Buffer.from([0]);

export const dataFile = 'data.mdb';
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
type Db = RootDatabase<Buffer, Buffer>;
const openingIn = (folder: string): string => join(folder, 'opening');
const fillingIn = (folder: string): string => join(folder, 'filling');
/** Opens the folder's database; throws when it cannot be read. */
const openAt = (folder: string, options: Partial<RootDatabaseOptions> = {}): Db => {
  mkdirSync(folder, { recursive: true });
  const opening = openingIn(folder);
  // A file that ended the process when it was last opened is not opened again.
  if (existsSync(opening) || !looksWhole(folder)) throw new Error('the file is damaged');
  writeFileSync(opening, '');
  const db = open<Buffer, Buffer>({ path: folder, encoding: 'binary', keyEncoding: 'binary', ...options });
  db.get(metaKey);
  unlinkSync(opening);
  return db;
};
const openWhole = (folder: string): Db => {
  try {
    if (existsSync(fillingIn(folder))) throw new Error('it was filled and not to the end');
    return openAt(folder);
  } catch {
    // A damaged file is no loss: the changelog is the truth and fills a new one.
    rmSync(folder, { recursive: true, force: true });
    return openAt(folder);
  }
};
const putMeta = (db: Db, meta: StoreMeta): void => {
  void db.put(metaKey, Buffer.from(JSON.stringify(meta)));
};

/** So many are worth opening the file twice for. */
const manyRecords = 20_000;
/** Records that are handed to LMDB's thread at once: a few milliseconds, so that heartbeats are not kept waiting. */
const slice = 5_000;
const put = async (db: Db, records: readonly Logged[]): Promise<void> => {
  const scratch = Buffer.alloc(2_000);
  let written: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < records.length; from += slice) {
    written = db.batch(() => {
      for (const [key, value] of records.slice(from, from + slice))
        if (value === null) void db.remove(widened(key, scratch));
        else void db.put(widened(key, scratch), value);
    });
    // Awaited below: the last one resolves after the others.
    written.catch(() => undefined);
    await setImmediate();
  }
  await written;
};
const fillingOf = (db: Db, whenEnded: (meta: StoreMeta) => Promise<void>): Filling => {
  let writing: Promise<void> = Promise.resolve();
  return {
    add: async records => {
      await writing;
      writing = put(db, records);
      writing.catch(() => undefined);
    },
    end: async meta => {
      await writing;
      await whenEnded(meta);
    },
  };
};

export const lmdbStore = (folder: string): Store => {
  let db = openWhole(folder);
  /** Straight into the file's mapping and without syncing, which a crash in between may leave in any shape: then it is wiped. */
  const filledAnew = async (): Promise<Filling> => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(fillingIn(folder), '');
    db = openAt(folder, { useWritemap: true, noSync: true });
    return fillingOf(db, async meta => {
      await db.batch(() => putMeta(db, meta));
      await db.close();
      const file = await openFile(join(folder, dataFile), 'r+');
      await file.sync().finally(() => file.close());
      unlinkSync(fillingIn(folder));
      db = openAt(folder);
    });
  };
  return {
    get: key => db.get(encodeAsked(key))?.toString(),
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
      // One transaction, written by LMDB's own thread: a `transaction` would keep this one waiting for each page.
      await db.batch(() => {
        for (const [key, value] of changes) {
          if (value === null) void db.remove(encodeAsked(key));
          else void db.put(encodeAsked(key), Buffer.from(value));
        }
        putMeta(db, meta);
      });
    },
    meta: () => {
      const stored = db.get(metaKey);
      return stored === undefined ? undefined : (JSON.parse(stored.toString()) as StoreMeta);
    },
    filling: async (anew, records) => {
      if (anew && records > manyRecords) return filledAnew();
      if (anew) await db.clearAsync();
      return fillingOf(db, async meta => {
        await db.batch(() => putMeta(db, meta));
      });
    },
    close: async () => {
      await db.close();
    },
  };
};
