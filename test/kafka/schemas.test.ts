/** The registry's own check: what cannot read its predecessors, or be read by them, is refused with the differences named. */
import assert from 'node:assert/strict';
import { isFailure } from '../../runtime/failure.ts';
import { confluentRegistry } from '../../runtime/wire/registry.ts';
import { factSchemas, subjectOf, type AvroField, type AvroRecord } from '../../schemas/load.ts';
import { broker, uniqueName } from '../support/broker.ts';
import { deploySchemas } from './support/world.ts';

describe('schemas in the registry', function () {
  this.timeout(120_000);
  let url: string;
  before(async () => {
    url = (await broker()).registryUrl;
  });
  /** A fact of this test's own, deployed with these fields. */
  const deploy = (fact: string, fields: readonly AvroField[]) => {
    const schema: AvroRecord = { type: 'record', name: fact, namespace: 'onhand', fields };
    return confluentRegistry(url, new Map([[fact, schema]]));
  };
  const fieldsOf = (fact: string): readonly AvroField[] => factSchemas.get(fact)!.fields;
  const newFact = (): string => uniqueName('Probe').replaceAll('-', '');

  it('are all registered by one deployment, and the next finds nothing to do', async () => {
    await deploySchemas(url);
    assert.deepEqual(
      (await confluentRegistry(url).plan()).filter(one => one.state !== 'registered'),
      [],
    );
    assert.equal((await confluentRegistry(url).idsOf([...factSchemas.keys()])).size, factSchemas.size);
  });
  const released = fieldsOf('LineAsked');
  const incompatible: readonly (readonly [what: string, fields: readonly AvroField[], named: RegExp])[] = [
    ['a field without a default is added', [...released, { name: 'priority', type: 'long' }], /priority at \/fields\/6/],
    ['a field without a default is taken away', released.filter(one => one.name !== 'line'), /line at \/fields/],
    [
      'a field gets another type',
      released.map(one => (one.name === 'revision' ? { ...one, type: 'string' } : one)),
      /STRING not compatible with writer type: LONG/,
    ],
  ];
  for (const [what, fields, named] of incompatible)
    it(`are refused when ${what}, and running services go on with what is registered`, async () => {
      const fact = newFact();
      const first = await deploy(fact, released).register(fact);
      const changed = deploy(fact, fields);
      assert.deepEqual(await changed.plan(), [{ fact, subject: subjectOf(fact), state: 'changed' }]);
      await assert.rejects(changed.register(fact), error => {
        assert.ok(isFailure(error) && error.kind === 'fatal' && error.code === 'SCHEMA_INCOMPATIBLE', String(error));
        assert.match(
          error.message,
          new RegExp(`^registering onhand\\.${fact}: Incompatible artifact: onhand\\.${fact} \\[AVRO\\]`),
        );
        assert.match(error.message, named);
        return true;
      });
      assert.deepEqual([...(await deploy(fact, released).idsOf([fact]))], [[fact, first]]);
      assert.deepEqual([...(await changed.idsOf([fact]))], []);
    });
  it('are taken when a field with a default is added, and read what was written before', async () => {
    const fact = newFact();
    const first = await deploy(fact, released).register(fact);
    const changed = deploy(fact, [...released, { name: 'note', type: ['null', 'string'], default: null }]);
    const second = await changed.register(fact);
    assert.notEqual(second, first);
    assert.equal(((await changed.schemaOf(first)) as AvroRecord).fields.length, released.length);
  });
  it('are held against all versions, not the last alone', async () => {
    const fact = newFact();
    const optional: AvroField = { name: 'note', type: ['null', 'string'], default: null };
    await deploy(fact, [...released, optional]).register(fact);
    await deploy(fact, released).register(fact);
    const other = deploy(fact, [...released, { name: 'note', type: 'long', default: 0 }]);
    await assert.rejects(other.register(fact), error => isFailure(error) && error.code === 'SCHEMA_INCOMPATIBLE');
  });
});
