/** Rules about who may import or read what: where they fire and where they stay silent. */
import { showRule } from './rule-tester.ts';

showRule('units-apart', {
  silent: [
    {
      name: 'a unit imports its own files',
      in: 'processors/stock/decide.ts',
      code: "import { initial } from './state.ts'; f(initial);",
    },
    {
      name: 'a unit imports what flows',
      in: 'sinks/odoo/plan.ts',
      code: "import { topics } from '../../schemas/topics.ts'; f(topics);",
    },
    {
      name: 'a producer imports tell',
      in: 'producers/stripe/index.ts',
      code: "import { tell } from '../tell/payment.ts'; f(tell);",
    },
    {
      name: 'a unit imports what its group shares',
      in: 'processors/order-books/decide.ts',
      code: "import { journal } from '../journal.ts'; f(journal);",
    },
    {
      name: 'the list of units imports them all',
      in: 'runtime/units.ts',
      code: "import { stock } from '../processors/stock/index.ts'; f(stock);",
    },
    {
      name: 'a test imports several units',
      in: 'test/flows/order.test.ts',
      code: "import { stock } from '../../processors/stock/index.ts'; f(stock);",
    },
  ],
  fires: [
    {
      name: 'a processor does not import another',
      in: 'processors/orders/decide.ts',
      code: "import { free } from '../stock/state.ts'; f(free);",
      messageIds: ['apart'],
    },
    {
      name: 'not even a type of it',
      in: 'processors/orders/decide.ts',
      code: "import type { State } from '../stock/state.ts'; export type X = State;",
      messageIds: ['apart'],
    },
    {
      name: 'not even in passing',
      in: 'processors/orders/decide.ts',
      code: "export type X = import('../stock/state.ts').State;",
      messageIds: ['apart'],
    },
    {
      name: 'a declaration does not, either',
      in: 'processors/orders/index.ts',
      code: "import { stock } from '../stock/index.ts'; f(stock);",
      messageIds: ['apart'],
    },
    {
      name: 'a producer does not import another',
      in: 'producers/stripe/source.ts',
      code: "import { verify } from '../woocommerce/source.ts'; f(verify);",
      messageIds: ['apart'],
    },
    {
      name: 'a sink does not import a producer of the same name',
      in: 'sinks/odoo/target.ts',
      code: "import { call } from '../../producers/odoo/source.ts'; f(call);",
      messageIds: ['apart'],
    },
    {
      name: 'tell knows no channel',
      in: 'producers/tell/order.ts',
      code: "import { Order } from '../woocommerce/contract.ts'; f(Order);",
      messageIds: ['apart'],
    },
    {
      name: 'tell is for producers',
      in: 'processors/orders/decide.ts',
      code: "import { tell } from '../../producers/tell/order.ts'; f(tell);",
      messageIds: ['apart'],
    },
    {
      name: 'what a group shares knows no unit',
      in: 'processors/journal.ts',
      code: "import { chart } from './order-books/chart.ts'; f(chart);",
      messageIds: ['apart'],
    },
  ],
});

showRule('kafka-client-in-one-place', {
  silent: [
    { name: 'runtime/kafka imports the client', in: 'runtime/kafka/log.ts', code: "import { Kafka } from 'kafkajs'; f(Kafka);" },
    {
      name: 'a test shows what the stock client does',
      in: 'test/kafka/mended/mends.test.ts',
      code: "import { Kafka } from 'kafkajs'; f(Kafka);",
    },
    {
      name: 'the registry speaks HTTP',
      in: 'runtime/wire/codec.ts',
      code: "import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'; f(SchemaRegistry);",
    },
    {
      name: 'everybody imports the port',
      in: 'runtime/task/session.ts',
      code: "import type { Log } from '../port.ts'; export type X = Log;",
    },
  ],
  fires: [
    {
      name: 'the rest of the runtime does not',
      in: 'runtime/task/session.ts',
      code: "import { Kafka } from 'kafkajs'; f(Kafka);",
      messageIds: ['client'],
    },
    {
      name: 'a console command does not',
      in: 'console/lag.ts',
      code: "const { Kafka } = await import('kafkajs'); f(Kafka);",
      messageIds: ['client'],
    },
    {
      name: 'not even its types',
      in: 'runtime/port.ts',
      code: "import type { Admin } from 'kafkajs'; export type X = Admin;",
      messageIds: ['client'],
    },
    {
      name: 'not its inside',
      in: 'infra/kafka.ts',
      code: "import crc from 'kafkajs/src/protocol/recordBatch/crc32C/index.js'; f(crc);",
      messageIds: ['client'],
    },
    {
      name: 'a test elsewhere does not: it would load the stock one before the mended one',
      in: 'test/kafka/lag.test.ts',
      code: "import { Kafka } from 'kafkajs'; f(Kafka);",
      messageIds: ['client'],
    },
    {
      name: 'no other client',
      in: 'sinks/odoo/target.ts',
      code: "import { Producer } from '@platformatic/kafka'; f(Producer);",
      messageIds: ['client'],
    },
  ],
});

showRule('settings-in-one-place', {
  silent: [
    { name: 'main reads the environment', in: 'runtime/main.ts', code: 'run(process.env);' },
    { name: 'infra starts processes', in: 'infra/machine.ts', code: "f(process.env['JAVA_HOME']);" },
    { name: 'a test sets what it needs', in: 'test/support/run.ts', code: 'f({ ...process.env });' },
    { name: 'process has more than an environment', in: 'runtime/task/session.ts', code: 'f(process.pid, { env: 1 }.env);' },
  ],
  fires: [
    {
      name: 'a unit does not',
      in: 'producers/stripe/source.ts',
      code: 'const secret = process.env.STRIPE_SECRET;',
      messageIds: ['env'],
    },
    { name: 'the rest of the runtime does not', in: 'runtime/settings.ts', code: "f(process['env']);", messageIds: ['env'] },
    { name: 'not by taking process apart', in: 'console/lag.ts', code: 'const { env } = process;', messageIds: ['env'] },
    {
      name: 'not by importing it',
      in: 'console/lag.ts',
      code: "import { env } from 'node:process'; f(env);",
      messageIds: ['env'],
    },
    { name: 'not by the global object', in: 'console/lag.ts', code: 'f(globalThis.process.env);', messageIds: ['env'] },
  ],
});

showRule('any-in-model', {
  silent: [
    { name: 'the model says any, with its reason', in: 'runtime/model.ts', code: 'export type Unit = Processor<any>;' },
    { name: 'unknown is not any', in: 'runtime/settings.ts', code: 'export type Raw = unknown;' },
  ],
  fires: [
    {
      name: 'nobody else does',
      in: 'runtime/settings.ts',
      code: 'export type Raw = any; const x = y as any;',
      messageIds: ['any', 'any'],
    },
    { name: 'a test does not', in: 'test/support/given.ts', code: 'const f = (x: any) => x;', messageIds: ['any'] },
  ],
});
