/** Decides, from what a machine has, where the broker and the registry come from. Pure: `infra/machine.ts` looks, this decides. */
import { fatal, type Failure } from '../runtime/failure.ts';

/** What was found on this machine. */
export interface Machine {
  /** KAFKA_BROKERS and SCHEMA_REGISTRY_URL, as given. */
  readonly brokers: string | undefined;
  readonly registryUrl: string | undefined;
  /** The version of Docker's engine; undefined when none answers. A client without an engine is none. */
  readonly docker: string | undefined;
  /** Whether `docker compose` can be run. */
  readonly compose: boolean;
  /** The major version of the `java` that would be run; undefined when there is none. */
  readonly java: number | undefined;
  readonly maven: boolean;
  /** Whether an earlier start left the jars in the cache: then Maven is not needed. */
  readonly cached: boolean;
}

export type Way =
  | { readonly way: 'given'; readonly brokers: string; readonly registryUrl: string }
  | { readonly way: 'docker' }
  | { readonly way: 'jvm' };

export const javaNeeded = 17;

/** The ways in their order. Each answers with itself, or with the reason why it cannot be taken, for the error that names them all. */
export const chooseWay = (machine: Machine): Way | Failure => {
  const given = givenWay(machine);
  if (given !== undefined) return given;
  const docker = dockerWay(machine);
  if (docker === undefined) return { way: 'docker' };
  const jvm = jvmWay(machine);
  if (jvm === undefined) return { way: 'jvm' };
  return fatal(
    'INFRA_MISSING',
    [
      'looking for a Kafka broker and a schema registry: none of the ways can be taken.',
      '  addresses: KAFKA_BROKERS and SCHEMA_REGISTRY_URL are not set; set both to use running ones.',
      `  Docker: ${docker}`,
      `  JVM: ${jvm}`,
    ].join('\n'),
  );
};

const givenWay = ({ brokers, registryUrl }: Machine): Way | Failure | undefined => {
  if (brokers !== undefined && registryUrl !== undefined) return { way: 'given', brokers, registryUrl };
  if (brokers === undefined && registryUrl === undefined) return undefined;
  const [set, missing] =
    brokers === undefined ? ['SCHEMA_REGISTRY_URL', 'KAFKA_BROKERS'] : ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'];
  return fatal(
    'SETTINGS_INVALID',
    `looking for a Kafka broker and a schema registry: ${set} is set but ${missing} is not; set both or neither.`,
  );
};

const dockerWay = ({ docker, compose }: Machine): string | undefined => {
  if (docker === undefined) return 'no engine answers "docker version"; install Docker, or start it.';
  return compose ? undefined : `engine ${docker} answers, "docker compose" does not; install its compose plugin.`;
};

const jvmWay = ({ java, maven, cached }: Machine): string | undefined => {
  const reasons: string[] = [];
  if (java === undefined) reasons.push(`no java on PATH or in JAVA_HOME; install Java ${javaNeeded} or later.`);
  else if (java < javaNeeded) reasons.push(`java is version ${java}; install Java ${javaNeeded} or later.`);
  if (!maven && !cached) reasons.push('no mvn on PATH to fetch the jars with; install Maven.');
  return reasons.length === 0 ? undefined : reasons.join(' ');
};
