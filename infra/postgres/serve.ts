/** The child process that serves PGlite over TCP: `node serve.ts PORT FOLDER`, or `PORT memory`. */
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const [port, folder] = process.argv.slice(2);
const db = await PGlite.create(folder === 'memory' || folder === undefined ? 'memory://' : folder);
const server = new PGLiteSocketServer({ db, port: Number(port), host: '127.0.0.1', maxConnections: 100 });
await server.start();

process.once('SIGTERM', () => {
  void server
    .stop()
    .then(() => db.close())
    .then(() => process.exit(0));
});
