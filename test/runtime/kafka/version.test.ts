import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { loadedFailure, MENDED_VERSION, versionFailure } from '../../../runtime/kafka/mended/version.ts';

const require = createRequire(import.meta.url);

describe('the pinned Kafka client', () => {
  it('is the version that is installed and in package.json, exactly', () => {
    const { dependencies } = require('../../../package.json') as { dependencies: Record<string, string> };
    assert.equal(dependencies['kafkajs'], MENDED_VERSION);
    assert.equal(versionFailure((require('kafkajs/package.json') as { version: string }).version), undefined);
  });

  it('is refused in any other version, by name', () => {
    for (const other of ['2.2.3', '2.2.5', '2.3.0', '3.0.0', '']) {
      const failure = versionFailure(other);
      assert.equal(failure?.kind, 'fatal');
      assert.equal(failure.code, 'KAFKA_VERSION');
      assert.ok(failure.message.includes(MENDED_VERSION));
    }
  });

  it('is refused when it was loaded before it was mended', () => {
    assert.equal(loadedFailure(['/app/node_modules/pino/pino.js', '/app/runtime/kafka/mended.ts']), undefined);
    assert.equal(loadedFailure(['/app/node_modules/kafkajs/src/index.js'])?.code, 'KAFKA_VERSION');
    assert.equal(loadedFailure(['C:\\app\\node_modules\\kafkajs\\src\\env.js'])?.code, 'KAFKA_VERSION');
  });
});
