/** What every process of Onhand is told by its environment. A unit's own settings stand beside the unit. */
import {
  brokers,
  flag,
  integer,
  oneOf,
  optional,
  optionalSecret,
  postgres,
  secret,
  secretBytes,
  text,
  url,
  type SettingValues,
} from './settings.ts';

/** Where the topics are: all that the console needs to read and write them. */
export const logSettings = {
  KAFKA_BROKERS: brokers('Kafka addresses, host:port, several with commas'),
  KAFKA_TLS: flag('Speak TLS to Kafka', false),
  KAFKA_USERNAME: optional('User for SASL SCRAM-SHA-512'),
  KAFKA_PASSWORD: optionalSecret('Password of KAFKA_USERNAME'),
  SCHEMA_REGISTRY_URL: url("The schema registry's Confluent API, for Apicurio with /apis/ccompat/v7"),
  ONHAND_PREFIX: text('Begins the names of all topics, groups and transactional ids: for a shared cluster', ''),
};
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export const processSettings = {
  ...logSettings,
  ONHAND_COMPANY: text('Folder of the company files (authority, policy, accounts, shops)', 'examples/acme'),
  ONHAND_DATA: text('Folder for local stores; may be lost, the changelogs fill it again', '.onhand/stores'),
  ONHAND_HASH_KEY: secret('Key of keyed hashes (guest customers, remembered content); never changes'),
  ONHAND_MASTER_KEY: secretBytes('Wraps the data keys of sealed fields: 32 bytes, base64', 32),
  KEYS_URL: postgres('PostgreSQL of the key store, postgres://…'),
  ONHAND_HTTP_HOST: text('Where webhooks, health and metrics are served', '127.0.0.1'),
  ONHAND_HTTP_PORT: integer('0: any free port', 8080, 0, 65_535),
  ONHAND_LOG_LEVEL: oneOf('trace, debug, info, warn, error or silent', logLevels, 'info'),
  ONHAND_SESSION_SECONDS: integer('How long a member may be silent before its partitions go to others', 30, 6),
  ONHAND_CALL_SECONDS: integer('How long one call of a sink may take', 15, 1),
};
export type LogSettings = SettingValues<typeof logSettings>;
export type ProcessSettings = SettingValues<typeof processSettings>;
