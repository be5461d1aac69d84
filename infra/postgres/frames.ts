/** Cuts what a PostgreSQL client sends into messages, and reads the few things in them that the gate must know. Pure. */

export type Frame =
  | { readonly kind: 'encryption' | 'cancel' | 'startup'; readonly bytes: Buffer }
  /** `type` is the letter of the protocol: Q query, P parse, B bind, D describe, E execute, S sync, X terminate … */
  | { readonly kind: 'message'; readonly type: string; readonly bytes: Buffer };

const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;

/** The first message in `buffer`, or undefined while it is incomplete. Before the startup message, messages carry no type. */
export const firstFrame = (buffer: Buffer, started: boolean): Frame | undefined => {
  const headerBytes = started ? 5 : 8;
  if (buffer.length < headerBytes) return undefined;
  const length = started ? 1 + buffer.readInt32BE(1) : buffer.readInt32BE(0);
  if (buffer.length < length) return undefined;
  const bytes = buffer.subarray(0, length);
  if (started) return { kind: 'message', type: String.fromCharCode(bytes[0] ?? 0), bytes };
  const code = bytes.readInt32BE(4);
  if (code === sslRequest || code === gssRequest) return { kind: 'encryption', bytes };
  return { kind: code === cancelRequest ? 'cancel' : 'startup', bytes };
};

/** Name and value pairs of a startup message. */
export const startupParameters = (bytes: Buffer): ReadonlyMap<string, string> => {
  const words = bytes.subarray(8).toString('utf8').split('\0');
  const found = new Map<string, string>();
  for (let index = 0; index + 1 < words.length && words[index] !== ''; index += 2)
    found.set(words[index] ?? '', words[index + 1] ?? '');
  return found;
};

/** The SQL of a query or parse message; undefined for others. */
export const sqlOf = (type: string, bytes: Buffer): string | undefined => {
  if (type !== 'Q' && type !== 'P') return undefined;
  const start = type === 'Q' ? 5 : bytes.indexOf(0, 5) + 1;
  return bytes.subarray(start, bytes.indexOf(0, start)).toString('utf8');
};

/** The same query or parse message with other SQL. */
export const withSql = (type: string, bytes: Buffer, sql: string): Buffer => {
  const start = type === 'Q' ? 5 : bytes.indexOf(0, 5) + 1;
  const body = Buffer.concat([bytes.subarray(5, start), Buffer.from(sql), bytes.subarray(bytes.indexOf(0, start))]);
  return message(type, body);
};

/** A message of its type and body. */
export const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};

export const query = (sql: string): Buffer => message('Q', Buffer.from(`${sql}\0`));
/** Ends a copy that its client left; ignored when there is none. */
export const copyFail: Buffer = message('f', Buffer.from('left\0'));
export const sync: Buffer = message('S', Buffer.alloc(0));

/** An error that ends the connection, in the shape the drivers show. */
export const fatalError = (sqlState: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${text}\0\0`));

/** idle, in a transaction, in a failed transaction. */
export type Status = 'I' | 'T' | 'E';

const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);

/** What the database said last about the transaction, when its answer ends with "ready for query". */
export const statusAtEnd = (answer: Buffer): Status | undefined => {
  if (answer.length < 6 || !answer.subarray(-6, -1).equals(readyForQuery)) return undefined;
  const status = String.fromCharCode(answer[answer.length - 1] ?? 0);
  return status === 'I' || status === 'T' || status === 'E' ? status : undefined;
};
