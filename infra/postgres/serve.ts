/** The child process that serves PGlite over TCP: `node serve.ts PORT FOLDER`, or `PORT memory`. */
import { PGlite } from '@electric-sql/pglite';
import { openGate } from './gate.ts';

const [port, folder = 'memory'] = process.argv.slice(2);
const db = await PGlite.create(folder === 'memory' ? 'memory://' : folder);
const gate = await openGate({
  port: Number(port),
  run: (message, onData) => db.runExclusive(() => db.execProtocolRawStream(message, { onRawData: onData })),
  database: 'postgres',
  idleInTransactionMs: 30_000,
  onLost: error => {
    console.error('serving PGlite:', error);
    process.exit(1);
  },
});

process.once('SIGTERM', () => {
  gate.close();
  void db.close().then(() => process.exit(0));
});
