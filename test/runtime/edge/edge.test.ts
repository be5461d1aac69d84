import assert from 'node:assert/strict';
import { fatal, poison, transient } from '../../../runtime/failure.ts';
import type { RawDelivery, Request } from '../../../runtime/model.ts';
import type { EdgeSource } from '../../../runtime/edge/edge.ts';
import { eventually, post, problemIn, raw, startTestEdge, stopTestEdges } from '../../support/edge.ts';

const deliveryOf = (bytes: Uint8Array): RawDelivery => ({ shop: 'web', aggregate: '1', via: 'webhook', about: 'order', bytes });
/** A shop that takes every body as a delivery; what was stored and what was asked is kept. */
const shopOf = (with_: Partial<EdgeSource> = {}) => {
  const stored: string[] = [];
  const requests: Request[] = [];
  const source: EdgeSource = {
    channel: 'test',
    shop: 'web',
    webhook: request => {
      requests.push(request);
      return Promise.resolve({ deliveries: [deliveryOf(request.bytes)], status: 200 });
    },
    deliver: deliveries => {
      stored.push(...deliveries.map(one => Buffer.from(one.bytes).toString()));
      return Promise.resolve();
    },
    ...with_,
  };
  return { source, stored, requests };
};
const path = '/hooks/test/web';
const refusing = (error: Error) => shopOf({ webhook: () => Promise.reject(error) }).source;
const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>(resolve => (open = resolve));
  return { opened, open };
};

describe('the edge', () => {
  afterEach(stopTestEdges);

  it('answers 200 only when the delivery is durable', async () => {
    const { opened, open } = gate();
    const order: string[] = [];
    const { source } = shopOf({
      deliver: async () => {
        order.push('asked');
        await opened;
        order.push('stored');
      },
    });
    const { port } = await startTestEdge([source]);
    const answer = post(port, path, '{"id":1}').then(one => {
      order.push('answered');
      return one;
    });
    await eventually(() => order.length === 1, 'the delivery');
    await post(port, '/livez', '', {}, 'GET');
    open();
    assert.equal((await answer).status, 200);
    assert.deepEqual(order, ['asked', 'stored', 'answered']);
  });

  it('gives the source the bytes as they came, header names in lower case, and a header sent twice as both', async () => {
    const { source, requests } = shopOf();
    const { port } = await startTestEdge([source]);
    const body = '{ "id" : 1, "note":"\\u00e9\u00e9" }\n';
    await post(port, path, body, { 'X-Signature': ['a', 'b'] });
    assert.equal(Buffer.from(requests[0]?.bytes ?? []).toString(), body);
    assert.equal(requests[0]?.headers['x-signature'], 'a, b');
  });

  it('refuses what is not authentic with one generic 401, whatever the reason', async () => {
    const answers = [];
    for (const code of ['SIGNATURE_MISMATCH', 'SIGNATURE_STALE'] as const) {
      const { port, logged } = await startTestEdge([refusing(poison(code, 'the secret reason'))]);
      answers.push(await post(port, path, '{}'));
      assert.deepEqual(
        logged.map(entry => [entry.fields.code, entry.fields.shop, entry.fields.status]),
        [[code, 'web', 401]],
      );
    }
    assert.deepEqual(
      answers.map(answer => answer.status),
      [401, 401],
    );
    assert.equal(answers[0]?.body, answers[1]?.body);
    assert.doesNotMatch(answers[0]?.body ?? '', /secret reason/);
    assert.equal(problemIn(answers[0]!).code, 'SIGNATURE_MISMATCH');
  });

  it('refuses a malformed body with 400 and the code, and repeats nothing of it', async () => {
    const { port } = await startTestEdge([shopOf().source]);
    const answer = await post(port, path, '{"name":"Noor"');
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(problemIn(answer)), ['type', 'title', 'status', 'code']);
    assert.equal(problemIn(answer).code, 'BODY_MALFORMED');
    assert.doesNotMatch(answer.body, /Noor/);
  });

  it('stores nothing that another reader could read differently', async () => {
    const { source, stored } = shopOf();
    const { port } = await startTestEdge([source]);
    for (const body of [
      '{"__proto__":{}}',
      '{"a":1,"a":2}',
      '\ufeff{}',
      '{"a":"\\ud800"}',
      '['.repeat(10_000) + ']'.repeat(10_000),
    ])
      assert.equal((await post(port, path, body)).status, 400, body.slice(0, 40));
    assert.deepEqual(stored, []);
  });

  it('asks the channel to come again with 503 when the delivery is not durable', async () => {
    const { source } = shopOf({
      deliver: () => Promise.reject(transient('KAFKA_UNREACHABLE', 'no broker', { retryAfterMs: 7_200 })),
    });
    const { port } = await startTestEdge([source]);
    const answer = await post(port, path, '{"id":1}');
    assert.deepEqual([answer.status, answer.headers['retry-after'], problemIn(answer).code], [503, '8', 'KAFKA_UNREACHABLE']);
  });

  it('answers 503 when storing takes too long, and what is stored later is stored', async () => {
    const { opened, open } = gate();
    const { source, stored } = shopOf();
    const slow = { ...source, deliver: (all: readonly RawDelivery[]) => opened.then(() => source.deliver(all)) };
    const { port } = await startTestEdge([slow], { limits: { answerMs: 30 } });
    assert.equal((await post(port, path, '{"id":1}')).status, 503);
    open();
    await eventually(() => stored.length === 1, 'the late delivery');
  });

  it('asks to come again for a fatal failure and for an error that it does not know; the log says why of the first only', async () => {
    for (const error of [fatal('SETTINGS_INVALID', 'inner detail'), new Error('inner detail')]) {
      const { port, logged } = await startTestEdge([refusing(error)]);
      const answer = await post(port, path, '{}');
      assert.equal(answer.status, 503);
      assert.doesNotMatch(answer.body, /inner detail/);
      assert.equal(JSON.stringify(logged).includes('inner detail'), error.name === 'Failure');
    }
  });

  it('knows no other paths and shops: 404, with nothing stored', async () => {
    const { source, requests } = shopOf();
    const { port } = await startTestEdge([source]);
    for (const one of [
      '/hooks/test/other',
      '/hooks/other/web',
      '/hooks/test',
      '/',
      '/hooks/test/web/more',
      '/hooks/test/__proto__',
    ]) {
      const answer = await post(port, one, '{}');
      assert.deepEqual([answer.status, problemIn(answer).code], [404, 'NOT_FOUND'], one);
    }
    assert.equal((await post(port, path, '', {}, 'GET')).status, 404);
    const unreadable = await post(port, '/hooks/test/%zz', '{}');
    assert.deepEqual([unreadable.status, problemIn(unreadable).code], [400, 'REQUEST_REFUSED']);
    assert.equal(requests.length, 0);
  });

  it('reads the body of a shop that does not exist to its limit, as of one that does', async () => {
    const { port } = await startTestEdge([], { limits: { bodyBytes: 1000 } });
    assert.equal((await post(port, '/hooks/test/none', 'x'.repeat(1001))).status, 413);
    assert.equal((await post(port, '/hooks/test/none', 'x'.repeat(1000))).status, 404);
  });

  it('counts what was answered by shop and status', async () => {
    const { port, outcomes } = await startTestEdge([shopOf().source]);
    await post(port, path, '{"id":1}');
    await post(port, '/hooks/test/other', '{}');
    await eventually(() => outcomes.length === 2, 'both outcomes');
    assert.deepEqual(outcomes, ['web 200', 'unknown 404']);
  });

  it('says health and metrics', async () => {
    let ready = false;
    const { port } = await startTestEdge([], {
      health: { live: () => true, ready: () => ready },
      metrics: () => Promise.resolve('up 1\n'),
    });
    const get = async (one: string) => post(port, one, '', {}, 'GET');
    assert.equal((await get('/livez')).status, 200);
    assert.equal((await get('/readyz')).status, 503);
    ready = true;
    assert.equal((await get('/readyz')).status, 200);
    assert.deepEqual([(await get('/metrics')).body, (await get('/metrics')).status], ['up 1\n', 200]);
    const without = await startTestEdge([]);
    assert.equal((await post(without.port, '/metrics', '', {}, 'GET')).status, 404);
  });

  it('ends what is under way when it closes, and takes no more', async () => {
    const { opened, open } = gate();
    const { source, requests } = shopOf({ deliver: () => opened });
    const { edge, port } = await startTestEdge([source]);
    const underWay = post(port, path, '{"id":1}');
    await eventually(() => requests.length === 1, 'the request');
    const closed = edge.close();
    await assert.rejects(post(port, path, '{"id":2}'), { code: 'ECONNREFUSED' });
    open();
    assert.equal((await underWay).status, 200);
    await closed;
  });

  it('cuts off what is not done when it must close', async () => {
    const { source, requests } = shopOf({ deliver: () => gate().opened });
    const { edge, port } = await startTestEdge([source], { limits: { answerMs: 60_000 } });
    const underWay = assert.rejects(post(port, path, '{"id":1}'), { code: 'ECONNRESET' });
    await eventually(() => requests.length === 1, 'the request');
    await edge.close(20);
    await underWay;
  });
});

describe('the edge under attack', () => {
  afterEach(stopTestEdges);
  const head = (...headers: readonly string[]): string =>
    `${[`POST ${path} HTTP/1.1`, 'host: a', ...headers].join('\r\n')}\r\n\r\n`;

  it('refuses a body over the limit with 413, by its length and while it comes', async () => {
    const { source, requests } = shopOf();
    const { port } = await startTestEdge([source], { limits: { bodyBytes: 10_000 } });
    const long = await post(port, path, 'x'.repeat(10_001));
    assert.deepEqual([long.status, problemIn(long).code], [413, 'BODY_TOO_LARGE']);
    function* endless() {
      yield head('content-type: application/json', 'transfer-encoding: chunked');
      for (;;) yield `400\r\n${'x'.repeat(1024)}\r\n`;
    }
    assert.match(await raw(port, endless()), /^HTTP\/1\.1 413 /);
    assert.equal(requests.length, 0);
  });

  it('refuses what is compressed or neither JSON nor a form with 415', async () => {
    const { port } = await startTestEdge([shopOf().source]);
    for (const headers of [
      { 'content-encoding': 'gzip' },
      { 'content-type': 'text/xml' },
      { 'content-type': 'multipart/form-data' },
    ]) {
      const answer = await post(port, path, '{}', headers);
      assert.deepEqual([answer.status, problemIn(answer).code], [415, 'MEDIA_TYPE'], JSON.stringify(headers));
    }
    assert.equal((await post(port, path, '{}', { 'content-type': 'application/json; charset=utf-8' })).status, 200);
  });

  it('gives up on headers and bodies that drip in with 408', async () => {
    const { source, requests } = shopOf();
    const { port } = await startTestEdge([source], { limits: { requestMs: 300 } });
    function* drip(first: string) {
      yield first;
      for (;;) yield 'a';
    }
    const answers = await Promise.all([
      raw(port, drip(`POST ${path} HTTP/1.1\r\nx-a: `), 50),
      raw(port, drip(head('content-type: application/json', 'content-length: 5000')), 50),
    ]);
    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
    assert.equal(requests.length, 0);
  });

  it('bounds headers with 431 and refuses what is not HTTP with 400', async () => {
    const { port } = await startTestEdge([shopOf().source]);
    assert.match(await raw(port, [head(`x-a: ${'a'.repeat(20_000)}`)]), /^HTTP\/1\.1 431 /);
    assert.match(await raw(port, ['GET / HTTP/9.9\r\n\r\n']), /^HTTP\/1\.1 400 /);
    assert.match(await raw(port, [head('content-length: 1', 'transfer-encoding: chunked')]), /^HTTP\/1\.1 400 /);
  });

  it('lets a flood from one shop take only its own places', async () => {
    const { opened, open } = gate();
    const flooded = shopOf({ deliver: () => opened });
    const other = shopOf({ shop: 'outlet' });
    const { port } = await startTestEdge([flooded.source, other.source], { limits: { inFlightPerShop: 3 } });
    const flood = Array.from({ length: 10 }, () => post(port, path, '{"id":1}'));
    await eventually(() => flooded.requests.length === 3, 'three under way');
    assert.equal((await post(port, '/hooks/test/outlet', '{"id":1}')).status, 200);
    const late = await post(port, path, '{"id":1}');
    assert.deepEqual([late.status, late.headers['retry-after'], problemIn(late).code], [429, '5', 'BUSY']);
    open();
    const answers = await Promise.all(flood);
    assert.equal(answers.filter(one => one.status === 200).length, 3);
    assert.equal((await post(port, path, '{"id":1}')).status, 200);
  });

  it('keeps the place of a delivery whose caller went away until it is stored', async () => {
    const { opened, open } = gate();
    const { source, requests } = shopOf({ deliver: () => opened });
    const { port } = await startTestEdge([source], { limits: { inFlightPerShop: 1 } });
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${head('content-type: application/json', 'content-length: 8')}{"id":1}`),
    );
    await eventually(() => requests.length === 1, 'the first delivery');
    socket.destroy();
    assert.equal((await post(port, path, '{"id":1}')).status, 429);
    open();
    const free = async () => (await post(port, path, '{"id":1}')).status === 200;
    const deadline = performance.now() + 5_000;
    while (!(await free())) assert.ok(performance.now() < deadline, 'the place is free again');
  });

  it('says a flood of refusals in one entry of the log, and how many when it closes', async () => {
    const { edge, port, logged } = await startTestEdge([refusing(poison('SIGNATURE_MISMATCH', 'x'))]);
    for (let at = 0; at < 20; at++) await post(port, path, '{}');
    assert.deepEqual(
      logged.map(entry => entry.fields.times),
      [1],
    );
    await edge.close();
    assert.deepEqual(
      logged.map(entry => entry.fields.times),
      [1, 19],
    );
  });
});
