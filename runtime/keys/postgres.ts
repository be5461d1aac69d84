/** The key store in PostgreSQL: data keys wrapped by one key from the settings, so that a copy of the database opens nothing. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import pg from 'pg';
import { fatal, transient } from '../failure.ts';
import { refuseOpenDay, type KeyStore } from './keys.ts';

export interface KeyStoreOptions {
  /** `postgres://…`; its password never reaches a message. */
  readonly url: string;
  /** 32 bytes, base64: wraps the data keys. */
  readonly masterKey: string;
  /** The schema (namespace) that holds the tables. */
  readonly schema?: string;
}

const wrap = (master: Buffer, keyId: string, key: Buffer): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(Buffer.from(keyId));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
};
const unwrap = (master: Buffer, keyId: string, wrapped: string): Buffer => {
  const bytes = Buffer.from(wrapped, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12))
    .setAAD(Buffer.from(keyId))
    .setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch (error) {
    throw fatal('SETTINGS_INVALID', `unwrapping the data key ${keyId}: ONHAND_MASTER_KEY is not the key it was wrapped with`, {
      cause: error,
    });
  }
};
/** Throws fatal SETTINGS_INVALID when it is not 32 bytes. */
export const masterKeyOf = (text: string): Buffer => {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32)
    throw fatal(
      'SETTINGS_INVALID',
      `reading ONHAND_MASTER_KEY: it has ${key.length} bytes, not 32 in base64 (make one with \`openssl rand -base64 32\`)`,
    );
  return key;
};

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const tables = (schema: string): string => `
  create schema if not exists ${identifier(schema)};
  create table if not exists ${identifier(schema)}.data_keys (
    subject text not null, generation integer not null, wrapped text not null, made_at bigint not null, primary key (subject, generation));
  create table if not exists ${identifier(schema)}.erased_subjects (subject text primary key, generation integer not null, erased_at bigint not null);`;
const splitId = (keyId: string): readonly [string, number] => [
  keyId.slice(0, keyId.lastIndexOf('#')),
  Number(keyId.slice(keyId.lastIndexOf('#') + 1)),
];

export const postgresKeyStore = ({
  url,
  masterKey,
  schema = 'onhand',
}: KeyStoreOptions): KeyStore & { readonly migrate: () => Promise<void> } => {
  const master = masterKeyOf(masterKey);
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 5_000, application_name: 'onhand-keys' });
  // A connection that breaks while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const { host } = new URL(url);
  const keys = `${identifier(schema)}.data_keys`;
  const erased = `${identifier(schema)}.erased_subjects`;
  const query = async <R extends pg.QueryResultRow>(
    doing: string,
    sql: string,
    values: readonly unknown[],
  ): Promise<readonly R[]> => {
    try {
      return (await pool.query<R>(sql, [...values])).rows;
    } catch (error) {
      const code = (error as { readonly code?: string }).code;
      if (code === '42P01' || code === '3F000')
        throw fatal('KEY_STORE_UNREACHABLE', `${doing}: the key store at ${host} has no tables; run \`onhand keys migrate\``, {
          cause: error,
        });
      throw transient(
        'KEY_STORE_UNREACHABLE',
        `${doing} in the key store at ${host}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  };
  const load: KeyStore['load'] = async keyIds => {
    const wanted = keyIds.map(splitId).filter(([, generation]) => Number.isSafeInteger(generation));
    if (wanted.length === 0) return new Map();
    const rows = await query<{ subject: string; generation: number; wrapped: string }>(
      'loading data keys',
      `select k.subject, k.generation, k.wrapped from ${keys} k join unnest($1::text[], $2::integer[]) as w(subject, generation) using (subject, generation)`,
      [wanted.map(([subject]) => subject), wanted.map(([, generation]) => generation)],
    );
    return new Map(
      rows.map(row => [`${row.subject}#${row.generation}`, unwrap(master, `${row.subject}#${row.generation}`, row.wrapped)]),
    );
  };
  const newest = async (subjects: readonly string[]) => {
    const rows = await query<{ subject: string; generation: number; wrapped: string }>(
      'loading data keys',
      `select distinct on (subject) subject, generation, wrapped from ${keys} where subject = any($1) order by subject, generation desc`,
      [subjects],
    );
    return new Map(rows.map(row => [row.subject, row]));
  };
  const ensure: KeyStore['ensure'] = async (subjects, at) => {
    const gone = new Map(
      (
        await query<{ subject: string; generation: number; erased_at: string }>(
          'looking for erased subjects',
          `select subject, generation, erased_at from ${erased} where subject = any($1)`,
          [subjects],
        )
      ).map(row => [row.subject, row]),
    );
    const closed = (subject: string): boolean => Number(gone.get(subject)?.erased_at ?? -1) >= at;
    const open = subjects.filter(subject => !closed(subject));
    const before = await newest(open);
    const missing = open
      .filter(subject => !before.has(subject))
      .map(subject => ({ subject, generation: (gone.get(subject)?.generation ?? 0) + 1 }));
    if (missing.length > 0)
      // Two processes may make the same key at once: the first one counts and is read back.
      await query(
        'making data keys',
        `insert into ${keys} (subject, generation, wrapped, made_at) select * from unnest($1::text[], $2::integer[], $3::text[], $4::bigint[]) on conflict do nothing`,
        [
          missing.map(one => one.subject),
          missing.map(one => one.generation),
          missing.map(one => wrap(master, `${one.subject}#${one.generation}`, randomBytes(32))),
          missing.map(() => at),
        ],
      );
    const now = missing.length === 0 ? before : await newest(open);
    return new Map(
      subjects.map(subject => {
        const row = closed(subject) ? undefined : now.get(subject);
        if (row === undefined) return [subject, undefined];
        const keyId = `${subject}#${row.generation}`;
        const erasedAt = gone.get(subject)?.erased_at;
        return [
          subject,
          { keyId, key: unwrap(master, keyId, row.wrapped), erasedAt: erasedAt === undefined ? undefined : Number(erasedAt) },
        ];
      }),
    );
  };
  return {
    load,
    ensure,
    erase: async (subject, at) => {
      refuseOpenDay(subject, at);
      // One statement: a key made in between would take an erased one's id.
      const [row] = await query<{ erased: string }>(
        'erasing data keys',
        `with gone as (delete from ${keys} where subject = $1 returning generation)
         insert into ${erased} (subject, generation, erased_at) select $1, coalesce(max(generation), 0), $2::bigint from gone
         on conflict (subject) do update set generation = greatest(${erased}.generation, excluded.generation), erased_at = excluded.erased_at
         returning (select count(*) from gone) as erased`,
        [subject, at],
      );
      return Number(row?.erased ?? 0);
    },
    migrate: async () => {
      // Several statements: sent without parameters, as PostgreSQL's simple protocol takes them.
      try {
        await pool.query(tables(schema));
      } catch (error) {
        throw transient(
          'KEY_STORE_UNREACHABLE',
          `making the tables of the key store at ${host}: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    },
    close: () => pool.end(),
  };
};
