/** A replay by the real command on a real broker, stopped and killed midway: the plan goes on where it stood, and nothing is done twice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { orderConfirmed } from '../../schemas/generated/facts.ts';
import type { ReplayReference } from '../../runtime/task/replayed.ts';
import { bin } from '../bad-input/support/cli.ts';
import { say } from '../docs/support/commands.ts';
import { confirmation, openWorld, type World } from '../docs/support/world.ts';
import { until } from '../support/until.ts';

interface Row {
  readonly attempt: number;
  readonly actor: string;
  readonly user: string;
  readonly reason: string;
  readonly ended: { readonly outcome: string } | null;
}

describe('a replay that is interrupted, on Kafka', function () {
  this.timeout(180_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());
  const orders = Array.from({ length: 14 }, (_, i) => `web:${1000 + i}`);
  const inOdoo = (): readonly number[] => orders.map(world.inOdoo);
  const lag = async (): Promise<number> => {
    const units = JSON.parse((await say(['--json', 'lag'], world.onhand.environment)).out) as readonly {
      unit: string;
      lag: number;
    }[];
    return units.find(one => one.unit === 'odoo')?.lag ?? Infinity;
  };

  it('goes on after Ctrl-C and after kill -9, brings everything once, and both are in the audit', async () => {
    await world.client.publish(
      orders.map(order => orderConfirmed(confirmation(order, world.product, 1))),
      '/onhand/test/0',
    );
    await until('all orders to be in Odoo', () => inOdoo().every(count => count === 1), 90_000);
    // What the sink has not settled it would bring to the restored Odoo by itself.
    await until('the sink to have settled them', async () => (await lag()) === 0, 60_000);
    world.odoo.control.restore('before all');
    assert.deepEqual(new Set(inOdoo()), new Set([0]));
    const file = join(world.folder, 'interrupted.json');
    await world.onhand.command('replay', 'plan', '--sink', 'odoo', '--since', '2020-01-01T00:00:00Z', '--out', file);

    const run = (...more: readonly string[]) => {
      const words = ['replay', 'run', file, '--reason', 'Odoo was restored', ...more];
      const child = spawn(bin, words, { env: { ...world.onhand.environment }, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
      const gone = once(child, 'close');
      const written = (): number => Number([...said.matchAll(/(\d+) of 14 written/g)].at(-1)?.[1] ?? 0);
      const progress = (count: number): Promise<unknown> =>
        until(`${count} to be written`, () => written() >= count || child.exitCode !== null, 60_000)
          .catch((error: unknown) => assert.fail(`${String(error)}: ${said}`))
          .then(() => assert.equal(child.exitCode, null, said));
      return { child, gone, said: () => said, written, progress };
    };
    const stopped = run('--rate', '2', '--actor', 'ann');
    await stopped.progress(2);
    stopped.child.kill('SIGINT');
    await stopped.gone;
    assert.equal(stopped.child.exitCode, 1, stopped.said());
    assert.match(stopped.said(), /stopped after \d+ of 14[\s\S]*REPLAY_INTERRUPTED: Run the same plan again/);

    const killed = run('--rate', '2', '--actor', 'bob');
    await killed.progress(stopped.written() + 2);
    killed.child.kill('SIGKILL');
    await killed.gone;
    assert.match(killed.said(), /Going on with the run begun .* by ann: \d+ of 14 are written already/);
    assert.ok(killed.written() < 14, killed.said());

    const last = run();
    await last.gone;
    assert.equal(last.child.exitCode, 0, last.said());
    assert.match(last.said(), /Going on with the run begun .* by bob[\s\S]*Done: 14 event\(s\) were brought to odoo again/);
    assert.deepEqual(
      inOdoo(),
      orders.map(() => 1),
    );

    const places: string[] = [];
    await world.client.scan('odoo.replay', ({ partition, value }) => {
      places.push(`${partition}:${(JSON.parse(value!.toString()) as ReplayReference).offset}`);
    });
    assert.deepEqual([places.length, new Set(places).size], [14, 14]);
    const rows = JSON.parse(await world.onhand.command('--json', 'audit', '--action', 'replay run')) as readonly Row[];
    assert.deepEqual(
      rows.map(one => [one.attempt, one.actor === one.user ? 'the user' : one.actor, one.reason, one.ended?.outcome ?? 'no end']),
      [
        [1, 'ann', 'Odoo was restored', 'interrupted'],
        [2, 'bob', 'Odoo was restored', 'no end'],
        [3, 'the user', 'Odoo was restored', 'done'],
      ],
    );
  });
});
