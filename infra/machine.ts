/** Looks at what this machine has for `infra/ways.ts` to decide on. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jarsCached } from './jars.ts';
import type { Machine } from './ways.ts';

const run = promisify(execFile);
/** An engine at an address that nobody listens on would be waited for. */
const answerMs = 20_000;

/** The java that is run everywhere here: JAVA_HOME's, else the one on PATH. */
export const javaCommand = (): string => (process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java');

/** A JVM for tests lives for minutes: half of its compiler saves two seconds of start and much of the two cores of a CI machine. */
export const quickStart = (durable: boolean): readonly string[] =>
  durable ? [] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export const lookAtMachine = async (): Promise<Machine> => {
  const [java, maven, docker, compose] = await Promise.all([
    javaVersion(),
    answers('mvn', ['--version']),
    // Asks the engine: a client alone prints its own version and ends with an error here.
    said('docker', ['version', '--format', '{{.Server.Version}}']),
    answers('docker', ['compose', 'version']),
  ]);
  return {
    brokers: process.env['KAFKA_BROKERS'] || undefined,
    registryUrl: process.env['SCHEMA_REGISTRY_URL'] || undefined,
    docker,
    compose,
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

/** What a command prints; undefined when it cannot be run, ends with an error, says nothing, or waits for somebody that does not answer. */
const said = async (name: string, args: readonly string[]): Promise<string | undefined> => {
  try {
    return (await run(name, args, { timeout: answerMs })).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
};
const answers = async (name: string, args: readonly string[]): Promise<boolean> => (await said(name, args)) !== undefined;
