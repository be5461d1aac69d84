/** Runs the simulator by itself: `node infra/odoo-simulator/main.ts --port 8069 --file odoo.jsonl`. Ends on SIGINT and SIGTERM. */
import { parseArgs } from 'node:util';
import { startOdooSimulator } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8069' },
    'control-port': { type: 'string', default: '0' },
    file: { type: 'string' },
    db: { type: 'string', default: 'onhand' },
  },
});

const simulator = await startOdooSimulator({
  port: Number(values.port),
  controlPort: Number(values['control-port']),
  db: values.db,
  ...(values.file === undefined ? {} : { file: values.file }),
});
const { url, controlUrl, db, login, apiKey } = simulator;
process.stdout.write(`${JSON.stringify({ url, controlUrl, db, login, apiKey })}\n`);

const end = (): void => {
  void simulator.stop().then(() => process.exit(0));
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
