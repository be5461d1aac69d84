/**
 * Data keys of persons and of days of raw intake. Asynchronous only where the key store is asked; sealing and opening are synchronous
 * on what was loaded, so that rules run without waiting. Erasing a subject's key erases the person everywhere, replays included.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fatal, poison } from '../failure.ts';
import type { Sealed } from '../model.ts';

/** Where wrapped keys are kept. `subject` is `person/<customer>` or `intake/<YYYY-MM-DD>`; a key id is `<subject>#<generation>`. */
export interface KeyStore {
  /** The keys of these ids that exist and are not erased. */
  readonly load: (keyIds: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>;
  /**
   * The newest key of each subject; makes one where there is none. A subject erased at a time at or after `at` gets none (what was
   * received before the erasure stays closed); one erased earlier gets a new generation.
   */
  readonly ensure: (subjects: readonly string[], at: number) => Promise<ReadonlyMap<string, NewestKey | undefined>>;
  /** Erases all generations; `at` is epoch ms UTC. Answers how many keys were erased. Refuses the key of a day that deliveries still come on. */
  readonly erase: (subject: string, at: number) => Promise<number>;
  readonly close: () => Promise<void>;
}
export interface NewestKey {
  readonly keyId: string;
  readonly key: Buffer;
  /** When an earlier generation was erased last, epoch ms UTC: what was received until then stays closed. */
  readonly erasedAt: number | undefined;
}
export interface Keys {
  /** Loads what opening these will need. Throws transient KEY_STORE_UNREACHABLE. */
  readonly load: (keyIds: readonly string[]) => Promise<void>;
  /** Loads or makes what sealing under these subjects will need for what was received until `at`. */
  readonly ensure: (subjects: readonly string[], at: number) => Promise<void>;
  /** Seals JSON, received at `at`, under the subject's newest key, or closes it for ever when the subject was erased since; the subject must have been ensured. */
  readonly seal: (subject: string, plain: unknown, at?: number) => Sealed;
  /** The plain JSON, or undefined when the key was erased; the key must have been loaded. Throws poison when it is not the key. */
  readonly open: (sealed: Sealed) => unknown;
}

const encrypt = (key: Buffer, keyId: string, plain: Buffer): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(keyId));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
};
const decrypt = (key: Buffer, keyId: string, text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(keyId))
    .setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
};

/** How long a loaded key may be used without asking again: an erasure takes effect within it. */
const trustMs = 60_000;

const dayMs = 86_400_000;
/**
 * Throws fatal USAGE for the key of a day of raw intake that is not over: processes would go on sealing under it for as long as they trust
 * what they have loaded, and deliveries that were answered could never be opened. Clocks of machines differ by less than an hour.
 */
export const refuseOpenDay = (subject: string, at: number): void => {
  const [, day] = /^intake\/(\d{4}-\d{2}-\d{2})$/.exec(subject) ?? [];
  if (day === undefined) return;
  const erasableFrom = Date.parse(`${day}T00:00:00Z`) + dayMs + 3_600_000;
  if (!(at >= erasableFrom))
    throw fatal(
      'USAGE',
      `erasing the key of ${subject}: deliveries of that day may still come; it can be erased from ${new Date(erasableFrom).toISOString()} on`,
    );
};

export const keysOf = (store: KeyStore, now: () => number): Keys => {
  const byId = new Map<string, { readonly key: Buffer | undefined; readonly until: number }>();
  /** `keyId` undefined: erased, for what was received up to `at`. */
  const newest = new Map<
    string,
    { readonly keyId: string | undefined; readonly erasedAt: number | undefined; readonly at: number; readonly until: number }
  >();
  const fresh = (until: number | undefined): boolean => until !== undefined && until > now();
  const tidy = (): void => {
    if (byId.size > 20_000) for (const [id, one] of byId) if (!fresh(one.until)) byId.delete(id);
    if (newest.size > 20_000) for (const [subject, one] of newest) if (!fresh(one.until)) newest.delete(subject);
  };
  return {
    load: async keyIds => {
      const wanted = [...new Set(keyIds)].filter(id => !fresh(byId.get(id)?.until));
      if (wanted.length === 0) return;
      tidy();
      const found = await store.load(wanted);
      for (const id of wanted) byId.set(id, { key: found.get(id), until: now() + trustMs });
    },
    ensure: async (subjects, at) => {
      // An erased subject may have come back later; a later word tells of earlier times too.
      const wanted = [...new Set(subjects)].filter(subject => {
        const known = newest.get(subject);
        return known === undefined || !fresh(known.until) || at > known.at;
      });
      if (wanted.length === 0) return;
      tidy();
      for (const [subject, found] of await store.ensure(wanted, at)) {
        newest.set(subject, {
          keyId: found?.keyId,
          erasedAt: found?.erasedAt,
          at: found === undefined ? at : Infinity,
          until: now() + trustMs,
        });
        if (found !== undefined) byId.set(found.keyId, { key: found.key, until: now() + trustMs });
      }
    },
    seal: (subject, plain, at = Infinity) => {
      const known = newest.get(subject);
      if (known === undefined) throw new Error(`sealing under ${subject}: its key was not ensured before`);
      const erased = known.erasedAt !== undefined && at <= known.erasedAt;
      const keyId = erased || known.keyId === undefined ? `${subject}#erased` : known.keyId;
      const key = byId.get(keyId)?.key;
      return { keyId, bytes: key === undefined ? '' : encrypt(key, keyId, Buffer.from(JSON.stringify(plain))) };
    },
    open: sealed => {
      if ('open' in sealed) return sealed.open;
      const key = byId.get(sealed.keyId)?.key;
      if (key === undefined || sealed.bytes === '') return undefined;
      try {
        return JSON.parse(decrypt(key, sealed.keyId, sealed.bytes).toString()) as unknown;
      } catch (error) {
        throw poison(
          'KEY_MISSING',
          `opening what is sealed under ${sealed.keyId}: it was not sealed with that key, or is damaged`,
          {
            cause: error,
          },
        );
      }
    },
  };
};

/** A key store in memory, for flows without a database: what it holds is gone with the process. */
export const memoryKeyStore = (): KeyStore => {
  const keys = new Map<string, Buffer>();
  const generations = new Map<string, { generation: number; erasedAt: number | undefined; lastErasedAt: number | undefined }>();
  return {
    load: ids => Promise.resolve(new Map(ids.filter(id => keys.has(id)).map(id => [id, keys.get(id)!]))),
    ensure: (subjects, at) =>
      Promise.resolve(
        new Map(
          subjects.map(subject => {
            let known = generations.get(subject);
            if (known?.erasedAt !== undefined && known.erasedAt >= at) return [subject, undefined];
            if (known === undefined || known.erasedAt !== undefined) {
              known = { generation: (known?.generation ?? 0) + 1, erasedAt: undefined, lastErasedAt: known?.erasedAt };
              generations.set(subject, known);
              keys.set(`${subject}#${known.generation}`, randomBytes(32));
            }
            const keyId = `${subject}#${known.generation}`;
            return [subject, { keyId, key: keys.get(keyId)!, erasedAt: known.lastErasedAt }];
          }),
        ),
      ),
    erase: async (subject, at) => {
      refuseOpenDay(subject, at);
      const mine = [...keys.keys()].filter(id => id.startsWith(`${subject}#`));
      for (const id of mine) keys.delete(id);
      const known = generations.get(subject);
      if (known !== undefined) known.erasedAt = at;
      return Promise.resolve(mine.length);
    },
    close: () => Promise.resolve(),
  };
};
