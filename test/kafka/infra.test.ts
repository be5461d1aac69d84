/** The broker, registry and database that are started for tests and for `make up`. */
import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import type { Addresses } from '../../infra/index.ts';
import { broker, uniqueName } from '../support/broker.ts';

describe('what Onhand stands on', () => {
  let infra: Addresses;
  before(async function () {
    this.timeout(120_000);
    infra = await broker();
  });

  it('has a broker that makes no topic by itself: that is a deployment step', async () => {
    const kafka = new Kafka({ brokers: infra.brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const topic = uniqueName('never-made');
    const producer = kafka.producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await assert.rejects(producer.send({ topic, messages: [{ value: 'x' }] }), /does not host this topic-partition/);
    await producer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    assert.equal((await admin.listTopics()).includes(topic), false);
    await admin.disconnect();
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
