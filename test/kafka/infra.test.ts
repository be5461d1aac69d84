/** The broker, registry and database that are started for tests and for `make up`. */
import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Addresses } from '../../infra/index.ts';
import { kafkajs } from '../../runtime/kafka/mended.ts';
import { broker, uniqueName } from '../support/broker.ts';

describe('what Onhand stands on', () => {
  let infra: Addresses;
  before(async function () {
    this.timeout(120_000);
    infra = await broker();
  });

  it('has a broker that makes no topic by itself, that is a deployment step, and lets members leave early in tests', async () => {
    const admin = new kafkajs.Kafka({ brokers: infra.brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const names = ['auto.create.topics.enable', 'group.min.session.timeout.ms', 'group.initial.rebalance.delay.ms'];
    const { resources } = await admin.describeConfigs({
      resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: '1', configNames: names }],
      includeSynonyms: false,
    });
    await admin.disconnect();
    const found = new Map(resources[0]?.configEntries.map(entry => [entry.configName, entry.configValue]));
    assert.deepEqual(
      names.map(name => found.get(name)),
      ['false', '1000', '0'],
    );
  });

  it('has a registry that speaks the Confluent API', async () => {
    const subject = uniqueName('subject');
    const body = JSON.stringify({ schema: '"string"' });
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    const answer = await fetch(`${infra.registryUrl}/subjects/${subject}/versions`, { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
    const { id } = (await answer.json()) as { id: number };
    assert.deepEqual(await (await fetch(`${infra.registryUrl}/schemas/ids/${id}`)).json(), {
      schema: '"string"',
      schemaType: 'AVRO',
      references: [],
    });
  });

  it('has a database that the ordinary driver reaches by its address', async () => {
    const client = new Client({ connectionString: infra.databaseUrl });
    await client.connect();
    assert.deepEqual((await client.query('select $1::int as n', [1])).rows, [{ n: 1 }]);
    await client.end();
  });
});
