/** Finds ports on the loopback address that nobody listens on. */
import { createServer } from 'node:net';

/**
 * Another may take a free port before it is used, so what fails to start is started again with other ports, twice. The log of the
 * last try is shown, whatever the reason was.
 */
export const withFreshPorts = async <T>(start: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries === 3 || !(error instanceof Error && /address already in use|EADDRINUSE|port.*in use/i.test(error.message)))
        throw error;
    }
  }
};

/** A free port; `preferred` if that is free. */
export const freePort = async (preferred = 0): Promise<number> => {
  const found = await listenable(preferred);
  return found ?? (await freePort());
};

const listenable = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (port !== 0) resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
