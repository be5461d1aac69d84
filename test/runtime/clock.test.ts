/** Waiting on the real clock, with a signal that ends it. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { realClock } from '../../runtime/clock.ts';

const longMs = 60_000;
const timers = (): number => process.getActiveResourcesInfo().filter(one => one === 'Timeout').length;
const whyOf = async (wait: Promise<void>): Promise<unknown> =>
  wait.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a wait with a signal', () => {
  it('ends well when its time has passed, and lets go of the signal', async () => {
    const stop = new AbortController();
    const from = performance.now();
    const wait = realClock.sleep(20, stop.signal);
    assert.equal(getEventListeners(stop.signal, 'abort').length, 1);
    await wait;
    assert.ok(performance.now() - from >= 19);
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  });
  it('is rejected as soon as the signal comes, and leaves no timer', async () => {
    const before = timers();
    const stop = new AbortController();
    const wait = whyOf(realClock.sleep(longMs, stop.signal));
    assert.equal(timers(), before + 1);
    stop.abort();
    assert.equal(timers(), before);
    assert.match(String(await wait), /the wait was ended/);
  });
  it('is not begun when the signal had come before', async () => {
    const before = timers();
    const wait = whyOf(realClock.sleep(longMs, AbortSignal.abort()));
    assert.equal(timers(), before);
    assert.match(String(await wait), /the wait was ended/);
  });
  it('makes no error of its own when it is ended: there may be thousands in a second', async () => {
    const whys = await Promise.all(
      [1, 2].map(() => {
        const stop = new AbortController();
        const why = whyOf(realClock.sleep(longMs, stop.signal));
        stop.abort();
        return why;
      }),
    );
    assert.ok(whys[0] instanceof Error);
    assert.equal(whys[0], whys[1]);
  });
});
