/** The way by Docker, with a stand-in for Docker: no engine runs where this project is built. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { properties } from '../../infra/kafka.ts';
import { dockerStandIn, type DockerStandIn, type StandInOptions } from './support/docker-stand-in.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}
const without = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'];

describe('broker and registry by Docker', function () {
  this.timeout(120_000);
  let docker: DockerStandIn;
  let folder: string;
  const begin = async (options?: StandInOptions): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-docker-'));
    docker = await dockerStandIn(options);
  };
  /** In a process of its own, which finds the stand-in as it would find Docker. */
  const program = async (source: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> => {
    const inherited = Object.entries(process.env).filter(([name]) => !without.includes(name));
    const env = { ...Object.fromEntries(inherited), ...docker.environment, ...more };
    try {
      const { stdout, stderr } = await run(process.execPath, ['--input-type=module-typescript', '-e', source], {
        cwd: folder,
        env,
      });
      return { code: 0, out: stdout, error: stderr };
    } catch (failed) {
      const { code, stdout, stderr } = failed as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, error: stderr };
    }
  };
  const up = (): Promise<Ended> => program(`await import(${JSON.stringify(join(root, 'infra', 'up.ts'))})`);
  const down = (): Promise<Ended> => program(`await import(${JSON.stringify(join(root, 'infra', 'down.ts'))})`);
  const composed = (): readonly string[] =>
    docker.calls().flatMap(({ words }) => words.filter(word => word === 'up' || word === 'down'));
  afterEach(async () => {
    await down();
    await docker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is what `make up` starts where the engine answers, what it finds again, and what `make down` ends', async () => {
    await begin();
    const started = await up();
    assert.equal(started.code, 0, started.error);
    const call = docker.calls().find(({ words }) => words.includes('up'))!;
    assert.ok(call.words.includes('--wait') && call.words.includes(join(root, 'infra', 'docker', 'compose.yaml')));
    assert.ok(started.out.includes(`KAFKA_BROKERS=127.0.0.1:${call.kafka}`));
    assert.ok(started.out.includes(`SCHEMA_REGISTRY_URL=http://127.0.0.1:${call.registry}/apis/ccompat/v7`));
    assert.deepEqual(docker.running(), ['kafka', 'registry']);

    const again = await up();
    assert.equal(again.code, 0, again.error);
    assert.deepEqual(composed(), ['up'], 'it was running already');

    const ended = await down();
    assert.equal(ended.code, 0, ended.error);
    assert.match(ended.error + ended.out, /broker and registry \(containers of onhand-[0-9a-f]{12}\)/);
    assert.deepEqual(composed(), ['up', 'down']);
    assert.deepEqual(docker.calls().at(-1)!.words.includes('--volumes'), false, 'the data stays');
    assert.deepEqual(docker.running(), []);
  });

  it('leaves nothing behind when compose cannot start it, and shows what compose said', async () => {
    await begin({ upFails: true });
    const { code, error } = await up();
    assert.notEqual(code, 0);
    assert.match(error, /pull access denied/);
    assert.deepEqual(composed(), ['up', 'down']);
  });

  it('is lent to tests by testcontainers, and taken back with its volumes', async () => {
    await begin();
    const { code, out, error } = await program(`
      import { startInfra } from ${JSON.stringify(join(root, 'infra', 'index.ts'))};
      const infra = await startInfra({ dataDir: 'data', durable: false });
      console.log(JSON.stringify(infra));
      await infra.stop();
      process.exit(0);
    `);
    assert.equal(code, 0, error);
    const { brokers, registryUrl, project } = JSON.parse(out) as Readonly<Record<string, string>>;
    const call = docker.calls().find(({ words }) => words.includes('up'))!;
    assert.equal(brokers, `127.0.0.1:${call.kafka}`);
    assert.equal(registryUrl, `http://127.0.0.1:${call.registry}/apis/ccompat/v7`);
    assert.equal(project, undefined, 'nothing outlives the tests');
    assert.deepEqual(composed(), ['up', 'down']);
    assert.ok(docker.calls().at(-1)!.words.includes('-v'));
    assert.deepEqual(docker.running(), []);
  });

  it('is passed over where only the client is', async () => {
    await begin({ engine: false });
    const { code, out, error } = await program(`
      import { lookAtMachine } from ${JSON.stringify(join(root, 'infra', 'machine.ts'))};
      const { docker, compose } = await lookAtMachine();
      console.log(JSON.stringify({ engine: docker ?? null, compose }));
    `);
    assert.equal(code, 0, error);
    assert.deepEqual(JSON.parse(out), { engine: null, compose: true });
  });

  it('gives the broker in a container the same settings as the one in a JVM, but for places and counts', () => {
    const compose = readFileSync(join(root, 'infra', 'docker', 'compose.yaml'), 'utf8');
    const inContainer = new Map(
      [...compose.matchAll(/^ {6}KAFKA_(\w+): '?(.*?)'?$/gm)].map(([, name, value]) => [
        name!.toLowerCase().replaceAll('_', '.'),
        value!,
      ]),
    );
    const places = /listeners|voters|log\.dirs|num\.partitions|inter\.broker/;
    const inJvm = properties({ port: 1, controllerPort: 2, data: 'data', durable: true })
      .trim()
      .split('\n')
      .map(line => line.split(/=(.*)/s) as [string, string]);
    for (const [name, value] of inJvm) if (!places.test(name)) assert.equal(inContainer.get(name), value, name);
  });
});
