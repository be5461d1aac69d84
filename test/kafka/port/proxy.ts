/**
 * Stands before a broker and loses what a test names: a request before it arrives, an answer after it was done, or everything.
 * The broker's answers name its own address; here they name the proxy's, so that clients stay behind it.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Kafka's numbers of the requests that tests lose. */
export const api = { produce: 0, fetch: 1, joinGroup: 11, heartbeat: 12, endTxn: 26 } as const;

/**
 * `lose`: it never arrives. `mute`: it arrives, its answer does not. Both end the connection. `hold`: it arrives when released.
 * A number: it is done, and answered with this error code.
 */
export type Fate = 'pass' | 'lose' | 'mute' | 'hold' | number;

/** Where the (first) error code stands in an answer, behind its size and correlation id. */
const errorAt: Readonly<Record<number, (answer: Buffer) => number>> = {
  [api.produce]: answer => 8 + 4 + 2 + answer.readInt16BE(12) + 4 + 4,
  [api.fetch]: answer => 8 + 10 + 4 + 2 + answer.readInt16BE(22) + 4 + 4,
  [api.heartbeat]: () => 8 + 4,
  [api.endTxn]: () => 8 + 4,
};

export interface FaultProxy {
  readonly brokers: string;
  /** Of the next request of this kind; those before and after pass. */
  readonly next: (apiKey: number, fate: Fate) => void;
  /** Lets held requests go on to the broker, late, on the connection that they came by. */
  readonly release: () => void;
  /** How many held requests wait. */
  readonly held: () => number;
  /** Takes nothing in and hands nothing out, with all connections open, until it is called with false. */
  readonly blackHole: (on: boolean) => void;
  /** Ends all connections and listens no more. */
  readonly down: () => Promise<void>;
  /** Listens again, at the same address, for the same broker or for another address of it. */
  readonly up: (target?: string) => Promise<void>;
}

interface Fated {
  readonly apiKey: number;
  readonly fate: Fate;
}
interface Line {
  readonly client: Socket;
  readonly broker: Socket;
  readonly waiting: Buffer[];
}

export const faultProxy = async (target: string): Promise<FaultProxy> => {
  let [host = '', targetPort = ''] = target.split(':');
  const fates = new Map<number, Fate>();
  const lines = new Set<Line>();
  const heldBack: (() => void)[] = [];
  let swallowing = false;
  let server: Server;
  let port = 0;

  const toBroker = (line: Line, fated: Map<number, Fated>, frame: Buffer): void => {
    const apiKey = frame.readInt16BE(4);
    const fate = fates.get(apiKey) ?? 'pass';
    fates.delete(apiKey);
    if (fate === 'lose') line.client.destroy();
    else if (fate === 'hold') {
      heldBack.push(() => line.broker.write(frame));
      line.client.destroy();
    } else {
      if (fate !== 'pass') fated.set(frame.readInt32BE(8), { apiKey, fate });
      line.broker.write(frame);
    }
  };
  const serve = (client: Socket): void => {
    const broker = createConnection({ host, port: Number(targetPort) });
    const line: Line = { client, broker, waiting: [] };
    const fated = new Map<number, Fated>();
    lines.add(line);
    const requests = frames(frame => {
      if (swallowing) line.waiting.push(frame);
      else toBroker(line, fated, frame);
    });
    client.on('data', requests);
    broker.on(
      'data',
      frames(frame => {
        const answer = renamed(frame, host, Number(targetPort), port);
        const found = fated.get(frame.readInt32BE(4));
        fated.delete(frame.readInt32BE(4));
        if (found?.fate === 'mute') client.destroy();
        else if (!swallowing) client.write(found === undefined ? answer : refused(answer, found));
      }),
    );
    client.on('close', () => {
      // A held request still has to arrive, on this connection.
      if (heldBack.length === 0) broker.destroy();
    });
    broker.on('close', () => {
      lines.delete(line);
      client.destroy();
    });
    for (const socket of [client, broker]) socket.on('error', () => socket.destroy());
  };
  const up = (at: string): Promise<void> =>
    new Promise(resolve => {
      [host = '', targetPort = ''] = at.split(':');
      server = createServer(serve).listen(port, '127.0.0.1', () => {
        ({ port } = server.address() as AddressInfo);
        resolve();
      });
    });
  await up(target);
  return {
    brokers: `127.0.0.1:${String(port)}`,
    next: (apiKey, fate) => void fates.set(apiKey, fate),
    release: () => {
      for (const go of heldBack.splice(0)) go();
    },
    held: () => heldBack.length,
    blackHole: on => {
      swallowing = on;
    },
    down: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const { client, broker } of lines) {
          client.destroy();
          broker.destroy();
        }
      }),
    up: (at = `${host}:${targetPort}`) => up(at),
  };
};

/** Hands on whole frames: four bytes of size, then as many. */
const frames = (take: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let pending = Buffer.alloc(0);
  return chunk => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0);
      take(pending.subarray(0, end));
      pending = pending.subarray(end);
    }
  };
};

/** Answers that name a broker carry its host, with its length before it, and then the port. */
const renamed = (frame: Buffer, host: string, from: number, to: number): Buffer => {
  const mark = Buffer.concat([Buffer.from([0, host.length]), Buffer.from(host), Buffer.alloc(4)]);
  mark.writeInt32BE(from, mark.length - 4);
  for (let at = frame.indexOf(mark); at >= 0; at = frame.indexOf(mark, at + 1)) frame.writeInt32BE(to, at + mark.length - 4);
  return frame;
};

const refused = (answer: Buffer, { apiKey, fate }: Fated): Buffer => {
  const at = errorAt[apiKey]?.(answer);
  if (at !== undefined && typeof fate === 'number') answer.writeInt16BE(fate, at);
  return answer;
};
