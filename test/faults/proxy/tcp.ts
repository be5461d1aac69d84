/** A TCP proxy whose lines can be made bad while they are in use: before a broker, a registry, a database, Odoo. */
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { pipeOf } from './pipe.ts';
import { toxicsOf, type On, type Putting, type Toxic } from './toxics.ts';

export interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** Hands on to the server, or to the client, by way of the toxics. */
  readonly up: (bytes: Buffer) => void;
  readonly down: (bytes: Buffer) => void;
  /** While anything keeps it, the server's side stays open when the client has gone. */
  readonly kept: Set<object>;
}
/** What reads along and decides what is handed on; without one, everything is. */
export type Reading = (
  line: Line,
  proxy: { readonly port: number; readonly target: Target },
) => {
  readonly up: (bytes: Buffer) => void;
  readonly down: (bytes: Buffer) => void;
};
export interface Target {
  readonly host: string;
  readonly port: number;
}
export interface TcpProxy {
  readonly port: number;
  readonly address: string;
  readonly put: (toxic: Toxic, how?: Putting) => On;
  /** Connections open now. */
  readonly open: () => number;
  /** Connections ever accepted. */
  readonly accepted: () => number;
  /** Ends all connections and listens no more: whoever connects is refused. */
  readonly down: () => Promise<void>;
  /** Listens again, at the same address, for the same target or for another address of it. */
  readonly up: (target?: string) => Promise<void>;
}
const targetOf = (text: string): Target => {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
};

/** `target` as host:port. `random` decides jitter: give it a seed's. */
export const tcpProxy = async (target: string, random: () => number = Math.random, reading?: Reading): Promise<TcpProxy> => {
  const toxics = toxicsOf();
  const lines = new Set<Line>();
  let goal = targetOf(target);
  let port = 0;
  let accepted = 0;
  let server: Server | undefined;

  const serve = (client: Socket): void => {
    accepted++;
    const upstream = createConnection(goal);
    const end = (how: 'close' | 'reset'): void => {
      for (const socket of [client, upstream]) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.destroy();
      }
    };
    const of = { line: client, toxics, random, end };
    const up = pipeOf({ way: 'up', from: client, to: upstream, ...of });
    const down = pipeOf({ way: 'down', from: upstream, to: client, ...of });
    const line: Line = { client, server: upstream, up: up.push, down: down.push, kept: new Set() };
    const read = reading?.(line, { port, target: goal }) ?? line;
    lines.add(line);
    client.on('data', (bytes: Buffer) => read.up(bytes));
    upstream.on('data', (bytes: Buffer) => read.down(bytes));
    const slowly = async (way: 'up' | 'down', pipe: typeof up, other: Socket): Promise<void> => {
      await pipe.drained();
      const slow = toxics.of('slow-close', way, client);
      if (slow !== undefined) {
        slow.felt++;
        await delay(slow.toxic.ms);
      }
      if (way === 'down' || line.kept.size === 0) other.destroySoon();
    };
    client.on('close', () => void slowly('up', up, upstream));
    upstream.on('close', () => {
      lines.delete(line);
      void slowly('down', down, client);
    });
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  };
  const listen = async (): Promise<void> => {
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await listen();
  return {
    port,
    address: `127.0.0.1:${port}`,
    put: toxics.put,
    open: () => lines.size,
    accepted: () => accepted,
    down: async () => {
      if (server === undefined) return;
      const closed = once(server, 'close');
      server.close();
      server = undefined;
      for (const { client, server: upstream } of lines) {
        client.destroy();
        upstream.destroy();
      }
      await closed;
    },
    up: async to => {
      if (to !== undefined) goal = targetOf(to);
      if (server === undefined) await listen();
    },
  };
};
