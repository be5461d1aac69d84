/** The audit of what people do by the console: a record before each act, one after it, and no act without the first. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { showAudit, type AuditFilter } from '../../console/audit.ts';
import { audited, detail, operatingUser } from '../../console/audited.ts';
import { applyListings } from '../../console/listings.ts';
import { linkPayment, releaseHold, withdrawOrder } from '../../console/operations.ts';
import { decideParked } from '../../console/parked.ts';
import { isFailure, transient, type Failure } from '../../runtime/failure.ts';
import type { Client } from '../../runtime/client.ts';
import type { OperationBegun, OperationEnded } from '../../schemas/generated/facts.ts';
import { note } from '../runtime/support/shelf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { consoleWorld, type ConsoleWorld } from './support/world.ts';

type Row = OperationBegun & { readonly ended: OperationEnded | null };
const by = { actor: 'ann', reason: 'the customer called' };
const failureOf = (error: unknown): Failure => (isFailure(error) ? error : assert.fail(`no failure: ${String(error)}`));

describe('the audit', () => {
  let console: ConsoleWorld;
  /** What of the facts to publish cannot be written now. */
  let refuses: (type: string) => boolean;
  const folder = temporaryFolder(() => console.close());
  beforeEach(async () => {
    refuses = () => false;
    const client = (real: Client): Client => ({
      ...real,
      publish: (facts, source) =>
        facts.some(fact => refuses(fact.type))
          ? Promise.reject(transient('KAFKA_UNREACHABLE', 'writing: no answer'))
          : real.publish(facts, source),
    });
    console = await consoleWorld({ client });
  });
  const rows = async (filter: AuditFilter = {}): Promise<readonly Row[]> =>
    JSON.parse((await console.run(context => showAudit(context, filter), true)).out) as readonly Row[];
  const types = async (topic: string): Promise<readonly string[]> => (await console.world.read(topic)).map(one => one.type);

  it('tells who did what on what, why, when, and what came of it', async () => {
    const startedAt = console.world.clock.now();
    await console.run(context => withdrawOrder(context, 'acme', 'web:7', by));
    const [row, ...more] = await rows();
    assert.ok(row !== undefined && more.length === 0);
    const { operation, ...rest } = row;
    assert.match(operation, /^[0-9a-f-]{36}$/);
    const common = { attempt: 1, action: 'order withdraw', subject: 'order web:7', actor: 'ann' };
    assert.deepEqual(rest, {
      ...common,
      user: operatingUser(),
      reason: 'the customer called',
      release: 'test',
      startedAt,
      told: [{ name: 'OrderWithdrawRequested', value: 'order-operations.v1 acme|web:7' }],
      before: [],
      ended: { operation, ...common, outcome: 'done', detail: 'Asked to withdraw web:7.', endedAt: startedAt, after: [] },
    });
  });
  it('refuses an act that it cannot record, and nothing is done', async () => {
    refuses = type => type === 'OperationBegun';
    const { error, out } = await console.run(context =>
      linkPayment(context, 'acme', { gateway: 'g', reference: 'r', order: 'web:7' }, by),
    );
    assert.equal(failureOf(error).code, 'AUDIT_UNWRITABLE');
    assert.match(
      failureOf(error).message,
      /recording payment link of payment g r in audit\.v1: writing: no answer; nothing was done/,
    );
    assert.equal(out, '');
    assert.deepEqual([await types('payment-operations.v1'), await types('audit.v1')], [[], []]);
  });
  it('says that an act was done whose end it could not record; the act stays open', async () => {
    refuses = type => type === 'OperationEnded';
    const hold = { owner: 'acme', product: '42', order: 'web:7', line: '1' };
    const { error } = await console.run(context => releaseHold(context, 'acme', hold, by));
    assert.equal(failureOf(error).code, 'AUDIT_UNWRITABLE');
    assert.match(failureOf(error).message, /it was done \(Asked to release the hold of web:7 on 42\.\)$/);
    assert.deepEqual(await types('stock-operations.v1'), ['HoldReleased']);
    assert.deepEqual(
      (await rows({ open: true })).map(one => [one.action, one.ended]),
      [['stock release', null]],
    );
  });
  it('records an act that failed with its code, and tells nothing of an error that no rule classifies', async () => {
    const act = { action: 'a', subject: 's', ...by };
    const fails = async (error: Error): Promise<void> => {
      const { error: thrown } = await console.run(context => audited(context, act, () => Promise.reject(error)));
      assert.equal(thrown, error);
    };
    await fails(transient('ODOO_UNREACHABLE', 'asking Odoo: away'));
    await fails(new Error('a name that is not ours to tell'));
    assert.deepEqual(
      // Two acts of one millisecond have no order.
      (await rows()).map(one => `${one.ended?.outcome}: ${one.ended?.detail}`).sort(),
      ['failed: ODOO_UNREACHABLE: asking Odoo: away', 'failed: UNKNOWN_ERROR'],
    );
    assert.equal(detail('long', 'x'.repeat(9_000)).value.length, 501);
  });
  it('tells of what was set aside how it stood, by codes and coordinates and no word of what it says', async () => {
    console.shelf.fate('a', ['refuse']);
    await console.world.publish(note('a', 'canary of a person', 1), note('a', 'more', 2));
    await console.world.settle();
    await console.run(context => decideParked(context, 'skip', { unit: 'shelf', key: 'acme|a', ...by }));
    const [row] = await rows({ action: 'parked' });
    assert.deepEqual(
      [row?.action, row?.subject, row?.before.map(one => one.name)],
      ['parked skip', 'shelf acme|a', ['set aside', 'first']],
    );
    assert.match(row?.before[1]?.value ?? '', /^ODOO_REFUSED journals\.v1 \d:0$/);
    await console.world.settle();
    assert.deepEqual(console.shelf.writes, ['a=more']);
    assert.ok(!JSON.stringify(await rows()).includes('canary'));
  });
  it('tells of codes what they named before', async () => {
    const file = join(folder(), 'listings.json');
    const listing = (product: string) => ({ code: 'sku:A', components: [{ owner: 'acme', product, quantityMilli: 1500 }] });
    writeFileSync(file, JSON.stringify([listing('41'), { code: 'sku:B' }]));
    await console.run(context => applyListings(context, 'acme', file, 'dry run'));
    assert.deepEqual(await rows(), []);
    await console.run(context => applyListings(context, 'acme', file, by));
    writeFileSync(file, JSON.stringify([listing('42'), { code: 'sku:B' }]));
    await console.run(context => applyListings(context, 'acme', file, by));
    assert.deepEqual(
      (await rows({ action: 'listings apply' })).map(one => one.before.map(({ name, value }) => `${name} ${value}`)),
      [
        ['sku:A names nothing', 'sku:B names nothing'],
        ['sku:A acme 41 x 1.5', 'sku:B withdrawn'],
      ],
    );
  });
  it('is looked through by time, actor, act, subject, and whether it has an end', async () => {
    await console.run(context => withdrawOrder(context, 'acme', 'web:7', by));
    await console.world.clock.advance(1_000);
    const later = console.world.clock.now();
    await console.run(context => withdrawOrder(context, 'acme', 'web:8', { ...by, actor: 'bob' }));
    const subjects = async (filter: AuditFilter) => (await rows(filter)).map(one => one.subject);
    const [first] = await rows();
    assert.deepEqual(await subjects({}), ['order web:7', 'order web:8']);
    assert.deepEqual(await subjects({ since: later }), ['order web:8']);
    assert.deepEqual(await subjects({ until: later }), ['order web:7']);
    assert.deepEqual(await subjects({ actor: 'bob' }), ['order web:8']);
    assert.deepEqual(await subjects({ action: 'order' }), ['order web:7', 'order web:8']);
    assert.deepEqual([await subjects({ action: 'ord' }), await subjects({ action: 'order retry' })], [[], []]);
    assert.deepEqual(await subjects({ subject: 'web:8' }), ['order web:8']);
    assert.deepEqual(await subjects({ operation: first!.operation }), ['order web:7']);
    assert.deepEqual(await subjects({ open: true }), []);
    const { out } = await console.run(context => showAudit(context, {}));
    assert.match(out, /ann[\s\S]*order withdraw[\s\S]*the customer called[\s\S]*done: Asked to withdraw web:7/);
  });
  it('stands around everything that the console publishes or writes', () => {
    const root = join(import.meta.dirname, '..', '..');
    const writing = globSync('console/**/*.ts', { cwd: root }).filter(file =>
      /\.client\(\)\s*\.(?:publish|write|append)\(|initProducer\(|\.erase\(/.test(readFileSync(join(root, file), 'utf8')),
    );
    assert.deepEqual(writing.sort(), [
      'console/audited.ts',
      'console/commands/deploy.ts',
      'console/operations.ts',
      'console/parked.ts',
      // Opened by console/replay/run.ts, which writes within its act.
      'console/replay/references.ts',
    ]);
    for (const file of ['console/commands/deploy.ts', 'console/operations.ts', 'console/parked.ts', 'console/replay/run.ts'])
      assert.match(readFileSync(join(root, file), 'utf8'), /\baudited\(/, file);
  });
});
