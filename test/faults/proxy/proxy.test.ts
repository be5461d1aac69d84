/** The proxy itself, before a server that says back what it hears: each toxic does what its name says, and says that it did. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { drawer } from '../../flows/support/draw.ts';
import { until } from '../../support/until.ts';
import { tcpProxy, type TcpProxy } from './tcp.ts';

interface Client {
  readonly socket: Socket;
  readonly heard: () => string;
  /** How an end came: by FIN, by RST, or not at all. */
  readonly ended: () => 'no' | 'closed' | 'reset';
}
const client = async (port: number): Promise<Client> => {
  const socket = createConnection(port, '127.0.0.1');
  let heard = '';
  let ended: 'no' | 'closed' | 'reset' = 'no';
  socket.on('data', (data: Buffer) => (heard += data.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (ended = error.code === 'ECONNRESET' ? 'reset' : 'closed'));
  socket.on('close', () => (ended = ended === 'no' ? 'closed' : ended));
  await once(socket, 'connect');
  return { socket, heard: () => heard, ended: () => ended };
};

describe('the proxy before an echo', () => {
  let echo: Server;
  let proxy: TcpProxy;
  let chunks: number[] = [];
  let ended = 0;
  const clients: Client[] = [];
  const open = async (): Promise<Client> => {
    const one = await client(proxy.port);
    clients.push(one);
    return one;
  };
  const says = async (one: Client, text: string): Promise<void> => {
    const before = one.heard().length;
    one.socket.write(text);
    await until(`the echo of ${text.length} bytes`, () => one.heard().length >= before + text.length);
    assert.equal(one.heard().slice(before), text);
  };
  before(async () => {
    echo = createServer(socket => {
      socket.on('data', data => {
        chunks.push(data.length);
        socket.write(data);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => ended++);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  beforeEach(async () => {
    chunks = [];
    ended = 0;
    proxy = await tcpProxy(`127.0.0.1:${(echo.address() as AddressInfo).port}`, seeded());
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.socket.destroy();
    await proxy.down();
  });
  after(() => echo.close());
  const seeded = (): (() => number) => {
    const draw = drawer(4);
    const all = Array.from({ length: 1000 }, (_, i) => i / 1000);
    return () => draw(all);
  };

  it('hands on what is said, both ways, when nothing is wrong', async () => {
    const one = await open();
    await says(one, 'word');
    await says(one, 'x'.repeat(3_000_000));
    assert.equal(proxy.accepted(), 1);
    one.socket.end();
    await until('the end at the echo', () => ended === 1);
  });
  it('is late by the latency and its jitter, in order', async () => {
    const one = await open();
    const latency = proxy.put({ is: 'latency', ms: 60, jitterMs: 30 }, { ways: ['up'] });
    const begun = performance.now();
    for (let word = 0; word < 5; word++) one.socket.write(`${word} `);
    await until('all words', () => one.heard().length === 10);
    assert.ok(performance.now() - begun >= 30);
    assert.equal(one.heard(), '0 1 2 3 4 ');
    assert.ok(latency.felt() > 0);
    latency.heal();
    const felt = latency.felt();
    await says(one, 'after');
    assert.equal(latency.felt(), felt);
  });
  it('passes no more than its bandwidth', async () => {
    const one = await open();
    const slow = proxy.put({ is: 'bandwidth', bytesPerSecond: 100_000 }, { ways: ['down'] });
    const begun = performance.now();
    await says(one, 'x'.repeat(20_000));
    assert.ok(performance.now() - begun >= 150, 'too fast');
    assert.ok(slow.felt() > 0);
  });
  it('holds everything while cut one way, and hands all of it on when healed', async () => {
    const one = await open();
    await says(one, 'before');
    for (const way of ['up', 'down'] as const) {
      const heard = one.heard();
      const cut = proxy.put({ is: 'cut' }, { ways: [way] });
      one.socket.write('cut off');
      await until('the cut to be felt', () => cut.felt() > 0);
      assert.equal(one.heard(), heard);
      cut.heal();
      await until('what was held', () => one.heard() === `${heard}cut off`);
    }
  });
  it('lets an end pass a cut only when healed, behind what was said before it', async () => {
    const one = await open();
    await says(one, 'before');
    chunks = [];
    const cut = proxy.put({ is: 'cut' });
    one.socket.end('last');
    await until('the cut to be felt', () => cut.felt() > 0);
    assert.deepEqual([chunks, ended], [[], 0]);
    cut.heal();
    await until('the end', () => ended === 1);
    assert.deepEqual(chunks, [4]);
  });
  it('accepts and never answers while half open; such a connection stays silent, a new one is fine', async () => {
    const half = proxy.put({ is: 'half-open' });
    const one = await open();
    one.socket.write('lost');
    await until('it to be felt', () => half.felt() > 0);
    half.heal();
    one.socket.write('lost too');
    const other = await open();
    await says(other, 'fine');
    assert.deepEqual([one.heard(), one.ended(), chunks], ['', 'no', [4]]);
  });
  it('ends a connection after so many bytes', async () => {
    const one = await open();
    const limit = proxy.put({ is: 'limit', bytes: 5 }, { ways: ['down'] });
    one.socket.write('12345678');
    await until('the end', () => one.ended() !== 'no');
    assert.deepEqual([one.heard(), limit.felt()], ['12345', 1]);
  });
  it('resets, which is another end than a close', async () => {
    const one = await open();
    const reset = proxy.put({ is: 'reset', afterMs: 0 }, { ways: ['up'] });
    one.socket.write('word');
    await until('the reset', () => one.ended() !== 'no');
    assert.deepEqual([one.ended(), reset.felt(), chunks], ['reset', 1, []]);
  });
  it('cuts what is said into slices', async () => {
    const one = await open();
    const slicer = proxy.put({ is: 'slicer', bytes: 10, pauseMs: 2 }, { ways: ['up'] });
    await says(one, 'y'.repeat(95));
    assert.equal(slicer.felt(), 10);
    assert.ok(chunks.length > 1, 'it came in one piece');
  });
  it('tells the other side late that one has gone', async () => {
    const one = await open();
    await says(one, 'word');
    const slow = proxy.put({ is: 'slow-close', ms: 80 }, { ways: ['up'] });
    const begun = performance.now();
    one.socket.end();
    await until('the end', () => ended === 1);
    assert.ok(performance.now() - begun >= 75);
    assert.equal(slow.felt(), 1);
  });
  it('meets some connections only when told so, the same ones each time', async () => {
    const [some, others] = [await open(), await open()];
    const met = [true, false];
    const cut = proxy.put({ is: 'cut' }, { ways: ['up'], meets: () => met.shift()! });
    some.socket.write('held');
    await until('the cut to be felt', () => cut.felt() === 1);
    await says(others, 'fine');
    others.socket.write('!');
    await until('the second word', () => others.heard() === 'fine!');
    assert.equal(some.heard(), '');
    cut.heal();
  });
  it('refuses while down, ends what was open, and is at the same address when up', async () => {
    const one = await open();
    await says(one, 'word');
    await proxy.down();
    await until('the end', () => one.ended() !== 'no');
    await assert.rejects(client(proxy.port), { code: 'ECONNREFUSED' });
    await proxy.up();
    await says(await open(), 'again');
  });
});
