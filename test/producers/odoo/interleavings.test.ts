/**
 * The ledger's begin, its baseline and its movements against Odoo's transactions in any interleaving: whatever is committed between two
 * calls of the source, however often it stops and starts, on hand in the end is what Odoo's quants say (docs/decisions/0020).
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seed } from '../../laws/processors.ts';
import type { Transaction } from './fake-odoo.ts';
import { begin as begun, harness, onHandMilli, places, type Harness } from './harness.ts';

interface Begin {
  readonly act: 'begin';
  readonly product: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly picking: number | undefined;
  readonly isLate: boolean;
}
type Act =
  | Begin
  | { readonly act: 'commit'; readonly which: number }
  | { readonly act: 'edit'; readonly which: number; readonly quantity: number }
  | { readonly act: 'wait'; readonly seconds: number };
const inside = fc.constantFrom(places.main, places.shelf, places.store, places.output);
const anywhere = fc.oneof(
  fc.constantFrom(places.main, places.shelf, places.store, places.output, places.vendors, places.loss, places.scrap),
  fc.constant(places.customers),
);
const begin = (from: fc.Arbitrary<number>, to: fc.Arbitrary<number>): fc.Arbitrary<Begin> =>
  fc.record({
    act: fc.constant('begin'),
    product: fc.constantFrom(1, 2),
    from,
    to,
    quantity: fc.constantFrom(0.5, 1, 2, 3.125),
    picking: fc.option(fc.integer({ min: 101, max: 103 }), { nil: undefined }),
    isLate: fc.boolean(),
  });
const acts: fc.Arbitrary<Act> = fc.oneof(
  begin(anywhere, inside),
  begin(inside, anywhere),
  { weight: 3, arbitrary: fc.record({ act: fc.constant('commit' as const), which: fc.nat(20) }) },
  fc.record({ act: fc.constant('edit' as const), which: fc.nat(20), quantity: fc.constantFrom(0, 1, 4) }),
  fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(0.4, 1, 7, 30, 100, 200) }),
);
const script = fc.record({
  /** What happened before the source ever looked. */
  before: fc.array(acts, { maxLength: 12 }),
  /** What happens before each call of the source is answered. */
  between: fc.array(fc.array(acts, { maxLength: 3 }), { maxLength: 60 }),
  /** How many looks, and what goes wrong in each: at the n-th storing, before or after it. */
  looks: fc.array(fc.record({ fails: fc.option(fc.nat(5)), after: fc.boolean(), restarts: fc.boolean(), seconds: fc.nat(90) }), {
    minLength: 1,
    maxLength: 8,
  }),
  skewMs: fc.integer({ min: -50_000, max: 50_000 }),
});

/** Odoo's own work: transactions that are open, and what they do. */
const odooAtWork = ({ fake, cursors }: Harness) => {
  const open: Transaction[] = [];
  const editable = (): readonly number[] => {
    const ledger = cursors.get('ledger');
    const from = ledger === undefined ? Infinity : (JSON.parse(ledger) as { readonly from: number }).from;
    // An edit of what was done before the ledger began cannot be told from it: a known limit.
    return fake
      .lines()
      .flatMap(line => (Date.parse(`${String(line['date']).replace(' ', 'T')}Z`) >= from ? [Number(line['id'])] : []));
  };
  for (const id of [101, 102, 103]) fake.put('stock.picking', id, { name: `WH/OUT/${id}`, origin: false, sale_id: false });
  const perform = (one: Act): void => {
    switch (one.act) {
      case 'begin': {
        const { act: _, picking, ...move } = one;
        if (one.from !== one.to) open.push(fake.move(picking === undefined ? move : { ...move, picking }));
        return;
      }
      case 'commit':
        if (open.length > 0) open.splice(one.which % open.length, 1)[0]!.commit();
        return;
      case 'edit': {
        const lines = editable();
        if (lines.length > 0) open.push(fake.edit(lines[one.which % lines.length]!, one.quantity));
        return;
      }
      case 'wait':
        fake.now += one.seconds * 1000;
    }
  };
  return { perform, finish: () => open.splice(0).forEach(one => one.commit()) };
};

const agree = ({ facts, fake }: Harness): void => {
  const said = facts();
  for (const product of [1, 2])
    for (const [location, ids] of [
      ['main', [places.main, places.shelf]],
      ['store', [places.store]],
    ] as const)
      assert.equal(
        onHandMilli(said, String(product), location),
        fake.onHandMilli(product, ids),
        `product ${product} at ${location}, ours first`,
      );
};

describe("on hand is Odoo's, whatever happens between two calls", () => {
  const run = async ({
    before,
    between,
    looks,
    skewMs,
  }: typeof script extends fc.Arbitrary<infer S> ? S : never): Promise<void> => {
    const made = harness();
    made.skewMs = skewMs;
    const work = odooAtWork(made);
    before.forEach(work.perform);
    const queue = [...between];
    made.fake.meanwhile = () => queue.shift()?.forEach(work.perform);
    for (const { fails, after, restarts, seconds } of looks) {
      let left = fails ?? Infinity;
      made.trouble = (_doing, when) => when === (after ? 'after' : 'before') && left-- === 0;
      await made.poll().catch((error: unknown) => {
        assert.match(String(error), /stopped (before|after)|made during the look/);
      });
      if (restarts) made.restart();
      made.fake.now += seconds * 1000;
    }
    made.fake.meanwhile = () => undefined;
    made.trouble = () => false;
    work.finish();
    // The longest transaction later nothing can come any more; a second look settles what was read within its second.
    for (const seconds of [1, 300, 1]) {
      made.fake.now += seconds * 1000;
      await made.poll();
    }
    agree(made);
  };
  it('any interleaving of transactions, looks, stops and edits', async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(script, run), { seed, numRuns: 250 });
  });

  it('a line that is committed between the baseline and the first movements is counted once', async () => {
    for (let call = 0; call < 14; call += 1) {
      const made = harness();
      const moved = made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 3 });
      made.fake.now += 20_000;
      let calls = 0;
      made.fake.meanwhile = () => {
        if (calls++ === call) moved.commit();
      };
      await made.poll();
      made.fake.now += 10_000;
      await made.poll();
      moved.commit();
      await made.poll();
      agree(made);
    }
  });
  it('a transaction that was begun long before the newest write, and ends after the look, is not lost', async () => {
    const made = harness();
    await made.poll();
    const long = made.fake.move({ product: 1, from: places.vendors, to: places.main, quantity: 5 });
    for (let n = 0; n < 11; n += 1) {
      made.fake.now += 10_000;
      made.fake.move({ product: 2, from: places.vendors, to: places.store, quantity: 1 }).commit();
      await made.poll();
    }
    made.fake.now += 9_000;
    assert.ok(long.commit());
    await made.poll();
    agree(made);
  });
  it('what was begun before the newest write, and ends after the first look, is counted', async () => {
    const made = harness();
    const slow = made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 1 });
    made.fake.now += 60_000;
    made.fake.move({ product: 2, from: places.store, to: places.customers, quantity: 1 }).commit();
    made.fake.now += 1000;
    await made.poll();
    made.fake.now += 50_000;
    assert.ok(slow.commit());
    await made.poll();
    agree(made);
  });
  it('what was begun before the ledger, and done after it began, is counted once', async () => {
    const made = harness();
    const slow = made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 1, isLate: true });
    made.fake.now += 20_000;
    assert.ok(slow.commit());
    made.fake.now += 105_000;
    made.fake.move({ product: 2, from: places.store, to: places.customers, quantity: 1 }).commit();
    await made.poll();
    assert.ok((JSON.parse(made.cursors.get('ledger')!) as { readonly from: number }).from > begun);
    agree(made);
  });
  it('a picking whose lines are read at different times is one movement', async () => {
    const made = harness();
    made.fake.put('stock.picking', 7, { name: 'WH/OUT/7', origin: false, sale_id: false });
    for (const quantity of [1, 2]) {
      made.fake.move({ product: 1, from: places.main, to: places.customers, quantity, picking: 7 }).commit();
      await made.poll();
      made.fake.now += 500_000;
      await made.poll();
    }
    agree(made);
  });
  it('two changes within one second both count, whichever the hashes prefer', async () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
      [0, 3],
      [3, 0],
    ] as const) {
      const made = harness();
      await made.poll();
      made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 4 }).commit();
      await made.poll();
      const line = Number(made.fake.lines().at(-1)!['id']);
      for (const quantity of [first, second]) {
        made.fake.edit(line, quantity).commit();
        await made.poll();
      }
      made.fake.now += 400_000;
      await made.poll();
      agree(made);
    }
  });
  it('two changes within one second count at once, when our clock tells the readings apart', async () => {
    const made = harness();
    await made.poll();
    made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 4 }).commit();
    const line = Number(made.fake.lines().at(-1)!['id']);
    for (const quantity of [1, 3, 2, 0, 5]) {
      await made.poll();
      made.fake.now += 100;
      made.fake.edit(line, quantity).commit();
    }
    await made.poll();
    agree(made);
  });
});
