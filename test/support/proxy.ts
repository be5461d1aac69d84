/** A way to a database that can fail: cut or silent from the moment a client says a word. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../infra/ports.ts';

/** before: the word does not arrive. after: it arrives, its answer does not. silent: nothing passes any more, nothing is closed. */
export type Fault = { readonly word: string; readonly how: 'before' | 'after' | 'silent' };
export interface Proxy {
  readonly url: string;
  /** Undefined: everything passes. */
  readonly fault: (fault: Fault | undefined) => void;
  readonly stop: () => Promise<void>;
}

export const proxyTo = async (url: string): Promise<Proxy> => {
  const target = new URL(url);
  const port = await freePort();
  const open = new Set<Socket>();
  let fault: Fault | undefined;
  const server = createServer(client => {
    const database = connect(Number(target.port), target.hostname);
    const close = (): void => {
      client.destroy();
      database.destroy();
    };
    let silent = false;
    for (const socket of [client, database]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    client.on('data', data => {
      if (silent) return;
      const said = fault !== undefined && data.toString('latin1').toLowerCase().includes(fault.word);
      if (!said) return void database.write(data);
      if (fault?.how === 'before') return close();
      silent = true;
      if (fault?.how === 'after') {
        database.write(data);
        database.once('data', close);
      }
    });
    database.on('data', data => {
      if (!silent) client.write(data);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const own = new URL(url);
  own.port = String(port);
  return {
    url: own.href,
    fault: next => {
      fault = next;
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};
