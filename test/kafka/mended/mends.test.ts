/** Each mend, shown on crafted answers: the mended client does right, and the stock one still does wrong, or the mend can go. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import '../../../runtime/kafka/mended.ts';
import { probes, type Load } from './probes.ts';
import { askStock, type Answers } from './stock.ts';

const require = createRequire(import.meta.url);
const mended: Load = file => require(`kafkajs/${file}`) as never;

describe('the mended kafkajs', () => {
  let stock: Answers;
  before(async () => {
    stock = await askStock();
  });

  it('arms no timer when no request waits (kafkajs#1556)', async () => {
    assert.equal(await probes.timerWhenIdle(mended), false);
    assert.equal(stock.timerWhenIdle, true);
  });

  it('hides what was aborted when two producers abort in the other order than they began', async () => {
    assert.deepEqual(await probes.interleavedAborts(mended), ['committed']);
    assert.deepEqual(stock.interleavedAborts, ['aborted-1', 'committed']);
  });

  it('takes no ordinary key for an abort marker', async () => {
    assert.deepEqual(await probes.abortedKeyLikeMarker(mended), ['plain']);
    assert.deepEqual(stock.abortedKeyLikeMarker, ['aborted-1', 'aborted-2', 'plain']);
  });

  it('reads on behind the whole batch when compaction took its last records', async () => {
    assert.equal(await probes.nextAfterCompaction(mended), '19');
    assert.equal(stock.nextAfterCompaction, '13');
  });

  it('moves past a batch of which compaction left nothing', async () => {
    assert.equal(await probes.movesPastEmptiedBatch(mended), true);
    assert.equal(stock.movesPastEmptiedBatch, false);
  });

  it('reads zstd', async () => {
    assert.deepEqual(await probes.readsZstd(mended), ['squeezed']);
    assert.equal(stock.readsZstd, 'KafkaJSNotImplemented');
  });

  it('stops at an offset out of range instead of choosing another by itself', async () => {
    assert.deepEqual(await probes.choosesOffset(mended), { chosen: false, stopped: true });
    assert.deepEqual(stock.choosesOffset, { chosen: true, stopped: false });
  });

  it('groups messages by partition in time linear in their number', async () => {
    const { ms, kept } = (await probes.groupingMs(mended)) as { ms: number; kept: number };
    assert.equal(kept, 8_000);
    assert.ok(
      (stock.groupingMs as { ms: number }).ms > 5 * ms,
      `stock ${JSON.stringify(stock.groupingMs)}, mended ${String(ms)} ms`,
    );
  });

  it('writes headers that were encoded before', async () => {
    assert.equal(await probes.pairHeaders(mended), true);
    assert.equal(stock.pairHeaders, false);
  });

  it('frames a request byte for byte as the stock client does, in memory of just its length', async () => {
    assert.deepEqual(await probes.requestBytes(mended), stock.requestBytes);
    assert.equal(await probes.requestIsExact(mended), true);
    assert.equal(stock.requestIsExact, false);
  });

  it('writes ordinary messages byte for byte as the stock client does', async () => {
    assert.equal(await probes.produceBytes(mended), stock.produceBytes);
  });
});
