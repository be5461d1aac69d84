/** Purity of rules: where the lint rule fires and where it stays silent. */
import { showRule } from './rule-tester.ts';

const decide = 'processors/stock/decide.ts';
const translate = 'producers/woocommerce/translate.ts';
const plan = 'sinks/odoo/plan.ts';

showRule('pure', {
  silent: [
    {
      name: 'a rule may use the model, failures, ids and entries',
      in: decide,
      code: "import { entries } from '../../runtime/entries.ts'; import { poison } from '../../runtime/failure.ts'; import { processor } from '../../runtime/model.ts'; import { hashed } from '../../runtime/identity.ts'; f(entries, poison, processor, hashed);",
    },
    { name: 'a rule may use what flows', in: plan, code: "import { topics } from '../../schemas/topics.ts'; f(topics);" },
    { name: 'a rule may use the pure files beside it', in: decide, code: "import { initial } from './state.ts'; f(initial);" },
    {
      name: 'a rule of a channel may use what all channels share',
      in: translate,
      code: "import { order } from '../tell/order.ts'; f(order);",
    },
    {
      name: 'a rule may use what lies directly in its group',
      in: 'processors/order-books/decide.ts',
      code: "import { journal } from '../journal.ts'; f(journal);",
    },
    {
      name: 'a type is no effect, wherever it comes from',
      in: translate,
      code: "import type { Server } from 'node:http'; import type { Kafka } from 'pg'; export type X = Server | Kafka;",
    },
    {
      name: 'a given time may be taken apart',
      in: decide,
      code: 'const day = new Date(event.at); const start = Date.UTC(2026, 0, 1);',
    },
    { name: 'arithmetic is pure', in: decide, code: 'const most = Math.max(1, 2);' },
    {
      name: 'a parameter may have the name of a global',
      in: decide,
      code: 'const f = (process: string, fetch: number) => [process, fetch];',
    },
    {
      name: 'a property may have the name of a global',
      in: decide,
      code: 'const x = { console: 1, process: 2 }; g(x.console, x.process);',
    },
    { name: 'a type may have the name of a global', in: decide, code: 'export type Wait = Promise<Date>;' },
    {
      name: 'a source touches the world',
      in: 'producers/woocommerce/source.ts',
      code: "import { hash } from 'node:crypto'; export const poll = async () => { await fetch('http://shop', { signal: hash }); console.log(Date.now()); };",
    },
    {
      name: 'a source may have several files',
      in: 'producers/woocommerce/source/poll.ts',
      code: 'export const poll = async () => { await fetch(u); };',
    },
    {
      name: 'a target touches the world',
      in: 'sinks/odoo/target.ts',
      code: 'export const apply = async () => { await fetch(u); };',
    },
    {
      name: 'a declaration names the edge',
      in: 'producers/woocommerce/index.ts',
      code: "import { source } from './source.ts'; f(source);",
    },
    { name: 'the runtime is no rule', in: 'runtime/main.ts', code: 'console.log(process.pid, Date.now(), Math.random());' },
    {
      name: 'a test is no rule',
      in: 'test/processors/stock/decide.test.ts',
      code: "import assert from 'node:assert/strict'; assert.ok(Date.now());",
    },
  ],
  fires: [
    {
      name: 'no module of Node',
      in: decide,
      code: "import { readFileSync } from 'node:fs'; f(readFileSync);",
      messageIds: ['import'],
    },
    { name: 'no package', in: translate, code: "import pg from 'pg'; f(pg);", messageIds: ['import'] },
    {
      name: 'no module loaded for its types, which it would run',
      in: translate,
      code: "import { type Pool } from 'pg'; export type X = Pool;",
      messageIds: ['import'],
    },
    { name: 'no module loaded for its effect', in: translate, code: "import './source.ts';", messageIds: ['import'] },
    {
      name: 'no runtime that acts',
      in: decide,
      code: "import { log } from '../../runtime/observe/log.ts'; f(log);",
      messageIds: ['import'],
    },
    {
      name: 'no tool that reads schemas from files',
      in: decide,
      code: "import { load } from '../../schemas/load.ts'; f(load);",
      messageIds: ['import'],
    },
    { name: 'no edge of its own unit', in: plan, code: "import { call } from './target.ts'; f(call);", messageIds: ['import'] },
    {
      name: 'no declaration of its own unit',
      in: decide,
      code: "import { stock } from './index.ts'; f(stock);",
      messageIds: ['import'],
    },
    {
      name: 'nothing handed on from outside',
      in: plan,
      code: "export { Pool } from 'pg'; export * from 'node:fs';",
      messageIds: ['import', 'import'],
    },
    {
      name: 'nothing loaded later',
      in: plan,
      code: "const x = import('pg'); f(require('pg'));",
      messageIds: ['import', 'import', 'effect'],
    },
    {
      name: 'no clock',
      in: decide,
      code: 'const a = Date.now(); const b = new Date(); const c = Date(); const d = performance.now();',
      messageIds: ['clock', 'clock', 'clock', 'clock'],
    },
    { name: 'no clock under another spelling', in: decide, code: "const a = Date['now']();", messageIds: ['clock'] },
    {
      name: 'no random',
      in: decide,
      code: 'const a = Math.random(); const b = crypto.randomUUID();',
      messageIds: ['random', 'random'],
    },
    {
      name: 'no environment',
      in: 'processors/orders/shortage.ts',
      code: 'const a = process.env.X; const b = globalThis.process;',
      messageIds: ['effect', 'effect'],
    },
    { name: 'no I/O', in: 'sinks/odoo/find.ts', code: "fetch('http://odoo');", messageIds: ['effect'] },
    { name: 'no logging', in: 'producers/tell/order.ts', code: "console.log('told');", messageIds: ['log'] },
    {
      name: 'no waiting',
      in: 'processors/stock/state.ts',
      code: 'const f = async () => { await g(); }; async function h() { for await (const x of y) g(x); } setTimeout(f); Promise.all([]);',
      messageIds: ['wait', 'wait', 'wait', 'wait', 'wait', 'wait'],
    },
    {
      name: 'the words of an outsider are as pure as the rules that use them',
      in: 'sinks/odoo/contract.ts',
      code: 'const a = Date.now();',
      messageIds: ['clock'],
    },
    { name: 'what a group shares is pure', in: 'processors/journal.ts', code: 'const a = Date.now();', messageIds: ['clock'] },
  ],
});
