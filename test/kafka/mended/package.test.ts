/** The mended kafkajs as others install it: built, packed, and used by plain JavaScript that knows nothing of this repository. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { done, out } from '../../contract/log-support.ts';
import { broker, uniqueName } from '../../support/broker.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);
const reader = `
import { kafkajs } from 'onhand-kafkajs';
const [brokers, topic] = process.argv.slice(2);
const { Kafka, logLevel } = kafkajs;
const consumer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).consumer({ groupId: topic, maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
const seen = [];
await consumer.run({
  eachMessage: async ({ message }) => {
    seen.push(String(message.value));
    if (seen.at(-1) !== 'committed') return;
    console.log(JSON.stringify(seen));
    process.exit(0);
  },
});
`;

describe('the mended kafkajs as a package', () => {
  let folder: string;
  let installed: string;
  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'onhand-client-'));
    const client = join(root, 'client');
    const built = join(folder, 'package');
    mkdirSync(built);
    for (const file of ['package.json', 'types.d.ts', 'README.md']) copyFileSync(join(client, file), join(built, file));
    await run(process.execPath, [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      ...['-p', client, '--outDir', join(built, 'built')],
    ]);
    await run('npm', ['pack', built, '--offline', '--silent'], { cwd: folder });
    const modules = join(folder, 'node_modules');
    installed = join(modules, 'onhand-kafkajs');
    mkdirSync(installed, { recursive: true });
    // Installing asks the registry for kafkajs; it is here already.
    symlinkSync(join(root, 'node_modules', 'kafkajs'), join(modules, 'kafkajs'));
    await run('tar', ['xzf', join(folder, 'onhand-kafkajs-0.1.0.tgz'), '--strip-components=1', '-C', installed]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what its exports name, and nothing of the rest of this repository', () => {
    const { exports, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      readonly exports: { readonly '.': Readonly<Record<string, string>> };
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const file of Object.values(exports['.']))
      assert.ok(readFileSync(join(installed, file), 'utf8').includes('kafkajs'), file);
    const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    assert.deepEqual(dependencies, { kafkajs: ours.dependencies['kafkajs'] });
  });

  it('reads only what was committed', async () => {
    const { brokers } = await broker();
    const log = kafkaLog({ brokers, clientId: 'package' });
    const topic = uniqueName('package');
    try {
      await log.admin.create([{ name: topic, partitions: 1, settings: {} }]);
      const [one, two] = [await log.initProducer(uniqueName('task'), 10_000), await log.initProducer(uniqueName('task'), 10_000)];
      done(await one.send([out(topic, 'aborted-1')]));
      done(await two.send([out(topic, 'aborted-2')]));
      done(await two.end('abort'));
      done(await one.end('abort'));
      done(await one.send([out(topic, 'committed')]));
      done(await one.end('commit'));
      await Promise.all([one.close(), two.close()]);
      const script = join(folder, 'reader.js');
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(script, reader);
      const { stdout } = await run(process.execPath, ['--no-warnings', script, brokers, topic], { timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), ['committed']);
    } finally {
      await log.admin.remove([topic]).catch(() => undefined);
      await log.close();
    }
  }).timeout(120_000);

  it('refuses to mend a kafkajs that was loaded before it', async () => {
    const script = join(folder, 'late.js');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(script, "import 'kafkajs';\nawait import('onhand-kafkajs');\n");
    await assert.rejects(run(process.execPath, ['--no-warnings', script]), /it was loaded before it was mended/);
  }).timeout(60_000);
});
