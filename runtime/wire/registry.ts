/** The schema registry (Confluent's API; Apicurio speaks it): asked by running services, written to by the deployment step only. */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { fatal, transient, type Failure } from '../failure.ts';
import { factSchemas, subjectOf, type AvroRecord } from '../../schemas/load.ts';
import type { Registry } from './codec.ts';

export type SchemaState = 'registered' | 'new' | 'changed';
export interface SchemaDeployment {
  /** What registering would do, per fact. */
  readonly plan: () => Promise<readonly { readonly fact: string; readonly subject: string; readonly state: SchemaState }[]>;
  /** Registers one fact's current schema under FULL_TRANSITIVE; throws fatal SCHEMA_INCOMPATIBLE with the registry's words. */
  readonly register: (fact: string) => Promise<number>;
}

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' ? error.status : 0;
/** The client puts its own name before it, and the status 400 where no answer came at all; Apicurio the name of a class. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(
    /^onhand - (?:Error, status 400: )?(?:[\w.]+Exception: )?/,
    '',
  );
/** A registry that takes the connection and says nothing is as good as none; the client itself would wait for ever. */
const answerMs = 5_000;

/** `url` ends before `/subjects`: for Apicurio with `/apis/ccompat/v7`. Other schemas than the facts' are for tests. */
export const confluentRegistry = (
  url: string,
  schemas: ReadonlyMap<string, AvroRecord> = factSchemas,
): Registry & SchemaDeployment => {
  const client = new SchemaRegistry({
    host: url,
    clientId: 'onhand',
    retry: { retries: 2, maxRetryTimeInSecs: 2 },
    middlewares: [() => ({ prepareRequest: next => next().then(request => request.enhance({ timeout: answerMs })) })],
  });
  const failureOf = (error: unknown, doing: string): Failure =>
    transient('REGISTRY_UNREACHABLE', `${doing} at ${url}: ${messageOf(error)}`, { cause: error });
  const confluent = (fact: string) => {
    const schema = schemas.get(fact);
    if (schema === undefined) throw fatal('NOT_FOUND', `looking up the schema of ${fact}: there is no such fact`);
    return { type: SchemaType.AVRO as const, schema: JSON.stringify(schema) };
  };
  const idOf = async (fact: string): Promise<number | undefined> => {
    try {
      return await client.getRegistryIdBySchema(subjectOf(fact), confluent(fact));
    } catch (error) {
      // The client wraps a 404, and only that, in an error of its own.
      if (error instanceof Error && error.name === 'ConfluentSchemaRegistryError') return undefined;
      throw failureOf(error, `asking the schema registry for ${subjectOf(fact)}`);
    }
  };
  const exists = async (fact: string): Promise<boolean> => {
    try {
      await client.getLatestSchemaId(subjectOf(fact));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw failureOf(error, `asking the schema registry for ${subjectOf(fact)}`);
    }
  };
  return {
    idsOf: async facts => {
      const found = await Promise.all(facts.map(async fact => [fact, await idOf(fact)] as const));
      return new Map(found.filter((one): one is readonly [string, number] => one[1] !== undefined));
    },
    schemaOf: async id => {
      try {
        const type = (await client.getSchema(id)) as unknown as { readonly schema: () => object };
        return type.schema();
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw failureOf(error, `asking the schema registry for schema ${id}`);
      }
    },
    plan: () =>
      Promise.all(
        [...schemas.keys()].map(async fact => {
          const state: SchemaState = (await idOf(fact)) !== undefined ? 'registered' : (await exists(fact)) ? 'changed' : 'new';
          return { fact, subject: subjectOf(fact), state };
        }),
      ),
    register: async fact => {
      try {
        const { id } = await client.register(confluent(fact), {
          subject: subjectOf(fact),
          compatibility: COMPATIBILITY.FULL_TRANSITIVE,
        });
        return id;
      } catch (error) {
        const status = statusOf(error);
        if (status === 409 || status === 422)
          throw fatal('SCHEMA_INCOMPATIBLE', `registering ${subjectOf(fact)}: ${messageOf(error)}`, { cause: error });
        throw failureOf(error, `registering ${subjectOf(fact)}`);
      }
    },
  };
};
