/** Only runtime/kafka imports a Kafka client: there it is mended, everywhere else the mends would be missing. */
import type { TSESLint } from '@typescript-eslint/utils';
import { onImports } from '../imports.ts';
import { liesIn, placeOf } from '../places.ts';

const messages = {
  client:
    'Only runtime/kafka imports a Kafka client: the stock one hands out aborted records. Use the port (`runtime/port.ts`), or add to runtime/kafka what is missing there; a test imports runtime/kafka/mended.ts.',
} as const;

const clients = /^(?:kafkajs|kafka-node|node-rdkafka|@confluentinc\/kafka-javascript|@platformatic\/kafka)(?:\/|$)/;
/** The client package gives the mended one on; the tests show what the stock client does wrong. */
const places = ['runtime/kafka/', 'client/', 'test/kafka/mended/', 'test/runtime/kafka/'];

export const kafkaClientInOnePlace: TSESLint.RuleModule<keyof typeof messages> = {
  meta: { type: 'problem', schema: [], messages },
  create: context => {
    if (liesIn(placeOf(context.cwd, context.filename), places)) return {};
    return onImports(({ node, specifier }) => {
      if (clients.test(specifier)) context.report({ node, messageId: 'client' });
    });
  },
};
