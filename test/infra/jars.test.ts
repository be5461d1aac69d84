/** The cache of jars: complete or absent, fetched once however many start at a time. Maven is played by a script. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/until.ts';

const module = join(import.meta.dirname, '..', '..', 'infra', 'jars.ts');
const code = `import { kafkaJars } from ${JSON.stringify(module)};
try { console.log(await kafkaJars(line => console.error(line))); } catch (error) { console.log(error.code, error.message); }`;

describe('the cache of jars', () => {
  const folder = temporaryFolder();

  const mavenThat = (script: string): void => {
    mkdirSync(join(folder(), 'bin'), { recursive: true });
    writeFileSync(
      join(folder(), 'bin', 'mvn'),
      `#!/bin/sh\necho called >> ${folder()}/calls\nfor a; do case $a in -DoutputDirectory=*) out=\${a#*=};; esac; done\n${script}\n`,
    );
    chmodSync(join(folder(), 'bin', 'mvn'), 0o755);
  };
  const start = async (
    told: (progress: string) => void = () => undefined,
  ): Promise<{ readonly said: string; readonly progress: string }> => {
    const env = {
      ...process.env,
      XDG_CACHE_HOME: folder(),
      PATH: `${join(folder(), 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    };
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', told);
    const [said, progress] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { said: said.trim(), progress };
  };
  const cache = (): string => join(folder(), 'onhand');
  const calls = (): number => readFileSync(join(folder(), 'calls'), 'utf8').trim().split('\n').length;
  const fetches = `echo "[INFO] Downloaded from central: https://repo/kafka_2.13-4.1.0.jar (5 MB at 1 MB/s)"; touch $out/other.jar $out/kafka_2.13-4.1.0.jar`;

  it('is filled once when several start at a time; the others wait and say so', async () => {
    const allowed = join(folder(), 'allowed');
    mavenThat(`while [ ! -e ${allowed} ] && [ -d ${folder()} ]; do sleep 0.05; done; ${fetches}`);
    let waiting = 0;
    const told = (progress: string): void => {
      waiting += progress.split('waiting: another process fetches').length - 1;
    };
    const all = [start(told), start(told), start(told)];
    await until('two to wait for the third', () => waiting === 2, 30_000);
    writeFileSync(allowed, '');
    for (const { said } of await Promise.all(all)) assert.equal(said, join(cache(), 'kafka-4.1.0'));
    assert.equal(calls(), 1);
    assert.deepEqual(readdirSync(cache()), ['kafka-4.1.0']);
  }).timeout(60_000);

  it('says what it fetches and how far it is', async () => {
    mavenThat(fetches);
    const { progress } = await start();
    assert.match(progress, /fetching Kafka 4\.1\.0 \(54 MB\)/);
    assert.match(progress, /fetched kafka_2\.13-4\.1\.0\.jar \(5 MB at 1 MB\/s\), 1 so far/);
  });

  it('holds nothing after a fetch that failed, whose last lines are shown; the next start fetches again', async () => {
    mavenThat('touch $out/kafka_2.13-4.1.0.jar; echo "[ERROR] no route to host"; exit 1');
    const { said } = await start();
    assert.match(said, /^INFRA_MISSING running mvn .*no route to host$/s);
    assert.deepEqual(readdirSync(cache()), []);
    mavenThat(fetches);
    assert.equal((await start()).said, join(cache(), 'kafka-4.1.0'));
  });

  it('holds nothing after a fetch that left the main jar out', async () => {
    mavenThat('touch $out/other.jar');
    assert.match((await start()).said, /^INFRA_MISSING .*kafka_2\.13-4\.1\.0\.jar is not among the 1 files/);
    assert.equal(existsSync(join(cache(), 'kafka-4.1.0')), false);
  });

  it('is not asked twice', async () => {
    mavenThat(fetches);
    await start();
    await start();
    assert.equal(calls(), 1);
  });
});
