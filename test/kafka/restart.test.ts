/** A process that was killed is back at once: nobody waits for the session of the member that it was, nor for its transactions. */
import assert from 'node:assert/strict';
import { clientOf, type Client } from '../../runtime/client.ts';
import { realClock } from '../../runtime/clock.ts';
import { kafkaLog } from '../../runtime/kafka/log.ts';
import { namesOf } from '../../runtime/topology.ts';
import { codecOf } from '../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../runtime/wire/registry.ts';
import { broker } from '../support/broker.ts';
import { install, isReady, type Installation, type Process } from '../support/onhand.ts';
import { until } from '../support/until.ts';
import { wish } from '../runtime/support/counter.ts';

/** Far longer than any deadline here: who waits for a session waits in vain. */
const sessionSeconds = 900;

describe('a process of all units that was killed', function () {
  this.timeout(300_000);
  let onhand: Installation;
  let client: Client;
  let first: Process;
  const closers: (() => Promise<unknown>)[] = [];
  before(async () => {
    const { brokers, registryUrl } = await broker();
    onhand = await install({
      environment: {
        ...{ ODOO_URL: 'http://127.0.0.1:9', ODOO_DB: 'none', ODOO_LOGIN: 'none', ODOO_API_KEY: 'none' },
        ONHAND_SESSION_SECONDS: String(sessionSeconds),
      },
    });
    closers.push(onhand.close);
    const log = kafkaLog({ brokers, clientId: 'restart' });
    closers.push(log.close);
    const names = namesOf(onhand.environment['ONHAND_PREFIX']!);
    client = clientOf({ log, names, codec: codecOf(confluentRegistry(registryUrl)), clock: realClock });
    closers.push(client.close);
    first = await onhand.start('first', []);
  });
  after(async () => {
    for (const close of closers.reverse()) await close();
  });
  /** A wish for each of some products, which lie in both partitions; how many are answered. */
  const products = ['1', '2', '3', '4', '5', '6'];
  const wished = (round: string): Promise<void> =>
    client.publish(
      products.map(product => wish(`${round} ${product}`, 1000, product)),
      '/onhand/test/0',
    );
  const answers = async (round: string): Promise<number> =>
    (await client.events('reservations.v1')).filter(({ event }) => (event.data as { order: string }).order.startsWith(round))
      .length;
  const answered = async (round: string): Promise<void> => {
    await until(`all answers of ${round}`, async () => (await answers(round)) === products.length, 60_000);
  };
  it('has all its tasks again when it is started, while its former members would still be in their groups', async () => {
    await isReady(first, 120_000);
    await wished('before');
    await answered('before');
    await first.kill();
    await first.again();
    await isReady(first, 120_000);
    await wished('after');
    await answered('after');
  });
  it('gets back the partitions that it had, while another process goes on with its own', async () => {
    const other = await onhand.start('other', ['stock']);
    await isReady(other, 120_000);
    await other.kill();
    await wished('meanwhile');
    await until('answers of who is left', async () => (await answers('meanwhile')) > 0, 60_000);
    assert.ok((await answers('meanwhile')) < products.length, 'the killed one had no partition');
    await other.again();
    await answered('meanwhile');
    assert.equal(await other.stop(), 0);
  });
});
