/** Looks at what this machine has for `infra/ways.ts` to decide on. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jarsCached } from './jars.ts';
import type { Machine } from './ways.ts';

const run = promisify(execFile);

/** The java that is run everywhere here: JAVA_HOME's, else the one on PATH. */
export const javaCommand = (): string => (process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java');

/** A JVM for tests lives for minutes: half of its compiler saves two seconds of start and much of the two cores of a CI machine. */
export const quickStart = (durable: boolean): readonly string[] =>
  durable ? [] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export const lookAtMachine = async (): Promise<Machine> => {
  const [java, maven] = await Promise.all([javaVersion(), mavenAnswers()]);
  return {
    brokers: process.env['KAFKA_BROKERS'] || undefined,
    registryUrl: process.env['SCHEMA_REGISTRY_URL'] || undefined,
    java,
    maven,
    cached: jarsCached(),
  };
};

const javaVersion = async (): Promise<number | undefined> => {
  try {
    return parseJavaVersion((await run(javaCommand(), ['-version'])).stderr);
  } catch {
    return undefined;
  }
};

/** `openjdk version "17.0.15" 2025-04-15` is 17; Java 8 called itself "1.8.0". */
export const parseJavaVersion = (text: string): number | undefined => {
  const found = /version "(?:1\.)?(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

const mavenAnswers = async (): Promise<boolean> => {
  try {
    await run('mvn', ['--version']);
    return true;
  } catch {
    return false;
  }
};
