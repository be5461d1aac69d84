/**
 * Serves one PGlite, which knows one session, to many connections over TCP. A connection has the database to itself from its
 * first message until the database is ready again outside of a transaction; others wait in line. So statements of different
 * connections never mix, and transactions are serial.
 */
import { createServer, type Server, type Socket } from 'node:net';
import {
  copyFail,
  fatalError,
  firstFrame,
  query,
  sqlOf,
  startupParameters,
  statusAtEnd,
  sync,
  withSql,
  type Frame,
  type Status,
} from './frames.ts';
import { refusalOf } from './session-words.ts';

export interface GateOptions {
  readonly port: number;
  /** Runs one message; `onData` gets the answer in pieces. A rejection means that the database is lost. */
  readonly run: (message: Uint8Array, onData: (bytes: Uint8Array) => void) => Promise<void>;
  readonly database: string;
  /** A transaction whose client is silent this long is rolled back and its connection closed: everybody waits for it. */
  readonly idleInTransactionMs: number;
  readonly onLost: (error: unknown) => void;
}

interface Connection {
  readonly socket: Socket;
  buffer: Buffer;
  started: boolean;
  closed: boolean;
  /** Called when bytes came or the connection closed. */
  noticed: () => void;
}

/** Resolves when it listens. */
export const openGate = (options: GateOptions): Promise<Server> => {
  const line: Connection[] = [];
  let busy = false;
  const serveLine = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let next = line.shift(); next !== undefined; next = line.shift()) {
      await turn(next, options);
      standInLine(next);
    }
    busy = false;
  };
  /** Behind those who wait, when there is something to serve. */
  const standInLine = (connection: Connection): void => {
    connection.noticed = () => {
      standInLine(connection);
    };
    if (connection.closed || line.includes(connection) || firstFrame(connection.buffer, connection.started) === undefined) return;
    line.push(connection);
    serveLine().catch(options.onLost);
  };
  const server = createServer(socket => {
    standInLine(connect(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      resolve(server);
    });
  });
};

const connect = (socket: Socket): Connection => {
  const connection: Connection = { socket, buffer: Buffer.alloc(0), started: false, closed: false, noticed: () => undefined };
  socket.setNoDelay(true);
  socket.on('data', data => {
    connection.buffer = Buffer.concat([connection.buffer, data]);
    connection.noticed();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    connection.closed = true;
    connection.noticed();
  });
  return connection;
};

/** Whatever its client does, the database is idle and clean when its turn ends. */
const turn = async (connection: Connection, options: GateOptions): Promise<void> => {
  let held = false;
  for (;;) {
    const frame = await nextFrame(connection, held ? options.idleInTransactionMs : 0);
    if (frame === undefined) break;
    held = await serve(connection, frame, held, options);
    if (!held) return;
  }
  if (!held) return;
  await clear(options);
  if (!connection.closed) refuse(connection, '25P03', 'terminating connection due to idle-in-transaction timeout');
};

/** Undefined when the client is gone or stays silent for `waitMs`. */
const nextFrame = async (connection: Connection, waitMs: number): Promise<Frame | undefined> => {
  const deadline = Date.now() + waitMs;
  for (;;) {
    if (connection.closed) return undefined;
    const frame = firstFrame(connection.buffer, connection.started);
    if (frame !== undefined) {
      connection.buffer = connection.buffer.subarray(frame.bytes.length);
      return frame;
    }
    const left = deadline - Date.now();
    if (left <= 0) return undefined;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, left);
      connection.noticed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
};

/** Answers whether the connection must keep the database: in the middle of a statement, or in a transaction. */
const serve = async (connection: Connection, frame: Frame, held: boolean, options: GateOptions): Promise<boolean> => {
  const { socket } = connection;
  switch (frame.kind) {
    case 'encryption':
      socket.write('N');
      return false;
    case 'cancel':
      // There is no second session that could cancel; a client expects no answer.
      connection.closed = true;
      socket.destroy();
      return false;
    case 'startup': {
      const wanted = startupParameters(frame.bytes).get('database') ?? options.database;
      if (wanted !== options.database) {
        refuse(connection, '3D000', `database "${wanted}" does not exist; this one is called "${options.database}"`);
        return false;
      }
      connection.started = true;
      return (await answer(connection, frame.bytes, options)) !== 'I';
    }
    case 'message':
      if (frame.type === 'X') {
        connection.closed = true;
        socket.destroy();
        return held;
      }
      return (await answer(connection, allowed(frame.type, frame.bytes), options)) !== 'I';
  }
};

/** Says why and hangs up; what the client sent meanwhile is not served. */
const refuse = (connection: Connection, sqlState: string, text: string): void => {
  connection.closed = true;
  connection.socket.end(fatalError(sqlState, text));
};

/** SQL that may not pass becomes SQL whose syntax error says so: the database then deals with what follows as after any error. */
const allowed = (type: string, bytes: Buffer): Buffer => {
  const sql = sqlOf(type, bytes);
  const refusal = sql === undefined ? undefined : refusalOf(sql);
  return refusal === undefined ? bytes : withSql(type, bytes, `"${refusal} (infra/README.md)"`);
};

const answer = async (connection: Connection, bytes: Buffer, options: GateOptions): Promise<Status | undefined> => {
  let end: Buffer = Buffer.alloc(0);
  await options.run(bytes, data => {
    const piece = Buffer.from(data);
    end = Buffer.concat([end, piece.subarray(-6)]).subarray(-6);
    if (connection.socket.writable) connection.socket.write(piece);
  });
  return statusAtEnd(end);
};

const clear = async (options: GateOptions): Promise<void> => {
  for (const bytes of [copyFail, sync, query('ROLLBACK')]) await options.run(bytes, () => undefined);
};
