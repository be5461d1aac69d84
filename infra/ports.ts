/** Finds ports on the loopback address that nobody listens on. */
import { createServer } from 'node:net';

/** A free port; `preferred` if that is free. Another may take it before it is used, so a starter tries again with new ones. */
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
