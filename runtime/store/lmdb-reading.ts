/** A task's LMDB file read beside the process that may have it open: nothing is written, mended or taken away. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { dataFile, decode, encode, metaKey } from './lmdb.ts';
import type { Store, StoreMeta } from './store.ts';

export type Reading = Pick<Store, 'range' | 'meta' | 'close'>;

/** Undefined when there is no such file. */
export const lmdbReading = (folder: string): Reading | undefined => {
  if (!existsSync(join(folder, dataFile))) return undefined;
  const db = open<Buffer, Buffer>({ path: folder, encoding: 'binary', keyEncoding: 'binary', readOnly: true });
  return {
    *range({ gte, lt }) {
      for (const { key, value } of db.getRange({ start: encode(gte), end: encode(lt) })) yield [decode(key), value.toString()];
    },
    meta: () => {
      const stored = db.get(metaKey);
      return stored === undefined ? undefined : (JSON.parse(stored.toString()) as StoreMeta);
    },
    close: () => db.close(),
  };
};
