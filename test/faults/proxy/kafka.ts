/**
 * Stands before a broker and loses what a test names: a request before it arrives, an answer after it was done, or everything; or makes
 * the line bad as any proxy here does. The broker's answers name its own address; here they name the proxy's.
 */
import { api, frames, namesBrokers, refused, renamed, requestOf, type Request } from './frames.ts';
import { tcpProxy, type Line, type Reading, type TcpProxy } from './tcp.ts';

/**
 * `lose`: it never arrives. `mute`: it arrives, its answer does not. Both end the connection. `hold`: it arrives when released, late, on
 * the connection that it came by, which the client loses at once. `hold silently`: the client is told nothing and gives up by itself; no
 * answer comes. A number: it is done, and answered with this error code.
 */
export type Fate = 'pass' | 'lose' | 'mute' | 'hold' | 'hold silently' | number;

export interface Caught {
  /** The requests that met this fate so far. */
  readonly met: () => readonly Request[];
  /** No more are caught. */
  readonly stop: () => void;
}
export interface KafkaProxy extends TcpProxy {
  readonly brokers: string;
  /** Of the next request of this kind; those before and after pass. */
  readonly next: (apiKey: number, fate: Fate) => void;
  /** Of the next `times` requests that fit. */
  readonly catch: (fits: (request: Request) => boolean, fate: Fate, times?: number) => Caught;
  /** Lets held requests go on to the broker, late; answers how many still could. */
  readonly release: () => number;
  /** How many held requests wait. */
  readonly held: () => number;
  /** Is told of every request that came, also of those that met a fate, until the function that it answers is called. */
  readonly watch: (see: (request: Request) => void) => () => void;
  /** Takes nothing in and hands nothing out, with all connections open, until it is called with false. */
  readonly blackHole: (on: boolean) => void;
}
interface Snare {
  readonly fits: (request: Request) => boolean;
  readonly fate: Fate;
  left: number;
  readonly met: Request[];
}

export const kafkaProxy = async (target: string, random?: () => number): Promise<KafkaProxy> => {
  const snares: Snare[] = [];
  const watchers = new Set<(request: Request) => void>();
  const heldBack: { readonly line: Line; readonly frames: Buffer[] }[] = [];
  let swallowing: (() => void) | undefined;

  const fateOf = (request: Request): Fate => {
    for (const see of watchers) see(request);
    const found = snares.findIndex(one => one.fits(request));
    const snare = snares[found];
    if (snare === undefined) return 'pass';
    snare.met.push(request);
    if (--snare.left <= 0) snares.splice(found, 1);
    return snare.fate;
  };
  const reading: Reading = (line, { port, target: { host, port: from } }) => {
    const asked = new Map<number, { readonly apiKey: number; readonly fate: Fate }>();
    let held: { readonly line: Line; readonly frames: Buffer[] } | undefined;
    const keep = (frame: Buffer): void => {
      held = { line, frames: [frame] };
      heldBack.push(held);
      line.kept.add(held);
    };
    return {
      up: frames(frame => {
        // What comes behind a held request on its connection waits with it; behind a lost one it is lost.
        if (held !== undefined && heldBack.includes(held)) return void held.frames.push(frame);
        if (line.client.destroyed) return;
        const request = requestOf(frame);
        const fate = fateOf(request);
        asked.set(request.correlation, { apiKey: request.apiKey, fate });
        if (fate === 'lose') return void line.client.destroy();
        if (fate !== 'hold' && fate !== 'hold silently') return line.up(frame);
        keep(frame);
        if (fate === 'hold') line.client.destroy();
      }),
      down: frames(frame => {
        const { apiKey = -1, fate = 'pass' } = asked.get(frame.readInt32BE(4)) ?? {};
        asked.delete(frame.readInt32BE(4));
        const answer = namesBrokers.has(apiKey) ? renamed(frame, host, from, port) : frame;
        if (fate === 'mute') line.client.destroy();
        else if (typeof fate === 'number') line.down(refused(answer, apiKey, fate));
        else if (fate !== 'hold' && fate !== 'hold silently') line.down(answer);
        else if (line.client.destroyed) line.server.end();
      }),
    };
  };
  const proxy = await tcpProxy(target, random, reading);
  const caught: KafkaProxy['catch'] = (fits, fate, times = 1) => {
    const snare: Snare = { fits, fate, left: times, met: [] };
    snares.push(snare);
    return {
      met: () => snare.met,
      stop: () => {
        const at = snares.indexOf(snare);
        if (at >= 0) snares.splice(at, 1);
      },
    };
  };
  return {
    ...proxy,
    brokers: proxy.address,
    next: (apiKey, fate) => {
      caught(request => request.apiKey === apiKey, fate);
    },
    catch: caught,
    release: () => {
      const gone = heldBack.splice(0);
      return gone.filter(one => {
        const canArrive = !one.line.server.destroyed;
        if (canArrive) for (const frame of one.frames) one.line.server.write(frame);
        one.line.kept.delete(one);
        return canArrive;
      }).length;
    },
    held: () => heldBack.length,
    watch: see => {
      watchers.add(see);
      return () => void watchers.delete(see);
    },
    blackHole: on => {
      swallowing?.();
      swallowing = on ? proxy.put({ is: 'cut' }).heal : undefined;
    },
  };
};
export { api, type Request };
