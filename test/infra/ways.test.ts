/** Where the broker and the registry come from. */
import assert from 'node:assert/strict';
import { chooseWay, type Machine } from '../../infra/ways.ts';
import { parseJavaVersion } from '../../infra/machine.ts';
import { isFailure } from '../../runtime/failure.ts';

const machine = (has: Partial<Machine>): Machine => ({
  brokers: undefined,
  registryUrl: undefined,
  docker: undefined,
  compose: false,
  java: undefined,
  maven: false,
  cached: false,
  ...has,
});

const failureOf = (has: Partial<Machine>): { readonly code: string; readonly message: string } => {
  const answer = chooseWay(machine(has));
  assert.ok(isFailure(answer), JSON.stringify(answer));
  return answer;
};

describe('the way to a broker and a registry', () => {
  it('is the addresses when both are given, whatever else is there', () => {
    const given = { brokers: 'kafka:9092', registryUrl: 'http://registry' };
    assert.deepEqual(chooseWay(machine({ ...given, java: 21, maven: true })), { way: 'given', ...given });
  });

  it('is refused when one address is given without the other, naming the one that is missing', () => {
    assert.equal(failureOf({ brokers: 'kafka:9092', java: 21, maven: true }).code, 'SETTINGS_INVALID');
    assert.match(failureOf({ brokers: 'kafka:9092' }).message, /SCHEMA_REGISTRY_URL is not/);
    assert.match(failureOf({ registryUrl: 'http://registry' }).message, /KAFKA_BROKERS is not/);
  });

  it('is Docker where its engine answers and can compose, before a JVM', () => {
    assert.deepEqual(chooseWay(machine({ docker: '28.2.2', compose: true, java: 21, maven: true })), { way: 'docker' });
    const given = { brokers: 'kafka:9092', registryUrl: 'http://registry' };
    assert.deepEqual(chooseWay(machine({ ...given, docker: '28.2.2', compose: true })), { way: 'given', ...given });
  });

  it('is not Docker where only its client is, or its engine cannot compose', () => {
    assert.deepEqual(chooseWay(machine({ compose: true, java: 17, maven: true })), { way: 'jvm' });
    assert.deepEqual(chooseWay(machine({ docker: '28.2.2', java: 17, maven: true })), { way: 'jvm' });
    assert.match(failureOf({ docker: '28.2.2' }).message, /Docker: engine 28\.2\.2 answers, "docker compose" does not/);
  });

  it('is a JVM where Java 17 and Maven are', () => {
    assert.deepEqual(chooseWay(machine({ java: 17, maven: true })), { way: 'jvm' });
  });

  it('needs no Maven when the jars were fetched before', () => {
    assert.deepEqual(chooseWay(machine({ java: 17, cached: true })), { way: 'jvm' });
  });

  it('is one error that names every way and why it cannot be taken', () => {
    const { code, message } = failureOf({});
    assert.equal(code, 'INFRA_MISSING');
    assert.match(message, /addresses: KAFKA_BROKERS and SCHEMA_REGISTRY_URL are not set/);
    assert.match(message, /Docker: no engine answers/);
    assert.match(message, /JVM: no java on PATH.*no mvn on PATH/);
    assert.match(failureOf({ java: 11, maven: true }).message, /java is version 11; install Java 17/);
    assert.match(failureOf({ java: 17 }).message, /JVM: no mvn on PATH/);
  });

  it('reads the version of old and new Javas', () => {
    assert.equal(parseJavaVersion('openjdk version "17.0.15" 2025-04-15'), 17);
    assert.equal(parseJavaVersion('java version "1.8.0_392"'), 8);
    assert.equal(parseJavaVersion('openjdk version "25" 2025-09-16'), 25);
    assert.equal(parseJavaVersion('command not found'), undefined);
  });
});
