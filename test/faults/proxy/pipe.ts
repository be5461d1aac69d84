/** One way of a connection: bytes pass it late, slowly, in pieces or not at all, as the toxics on it are at that moment. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Toxics, Way } from './toxics.ts';

/** What waits beyond this stops the reading side, as full buffers do, bytes. */
const fullBytes = 1 << 20;

interface Piece {
  readonly bytes: Buffer;
  readonly arrivedAt: number;
  /** When its latency is over, monotonic ms. */
  dueAt: number | undefined;
}
export interface Pipe {
  readonly push: (bytes: Buffer) => void;
  /** Resolves when all that waits has passed, which may be never. */
  readonly drained: () => Promise<void>;
  readonly waiting: () => number;
}
export interface PipeOptions {
  readonly way: Way;
  readonly from: Socket;
  readonly to: Socket;
  /** Identifies the connection. */
  readonly line: object;
  readonly toxics: Toxics;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends the connection. */
  readonly end: (how: 'close' | 'reset') => void;
}

export const pipeOf = ({ way, from, to, line, toxics, random, end }: PipeOptions): Pipe => {
  const queue: Piece[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;
  let lastDue = 0;
  let passed = 0;
  /** Something was swallowed: what comes behind it would be understood wrongly. */
  let silent = false;
  const now = (): number => performance.now();
  const gone = (): boolean => to.destroyed;
  const write = (bytes: Buffer): void => {
    if (!gone()) to.write(bytes);
  };
  const dueOf = (piece: Piece): number => {
    const latency = toxics.of('latency', way, line);
    if (latency === undefined) return piece.dueAt ?? piece.arrivedAt;
    if (piece.dueAt === undefined) {
      latency.felt++;
      const late = latency.toxic.ms + (random() * 2 - 1) * latency.toxic.jitterMs;
      piece.dueAt = lastDue = Math.max(lastDue, piece.arrivedAt + Math.max(0, late));
    }
    return piece.dueAt;
  };
  /** Waits until it may pass; false when it never will. */
  const mayPass = async (piece: Piece): Promise<boolean> => {
    for (let held = false; !gone();) {
      const swallowed = toxics.of('half-open', way, line);
      if (swallowed !== undefined) swallowed.felt++;
      silent ||= swallowed !== undefined;
      if (silent) return false;
      const cut = toxics.of('cut', way, line);
      if (cut !== undefined) {
        if (!held) cut.felt++;
        held = true;
        await toxics.changed();
        continue;
      }
      const wait = dueOf(piece) - now();
      if (wait <= 0) return true;
      await Promise.race([delay(wait), toxics.changed()]);
    }
    return false;
  };
  const sendOff = async (bytes: Buffer): Promise<void> => {
    const limit = toxics.of('limit', way, line);
    const reset = toxics.of('reset', way, line);
    if (reset !== undefined) {
      reset.felt++;
      if (reset.toxic.afterMs > 0) await delay(reset.toxic.afterMs);
      return end('reset');
    }
    if (limit !== undefined && (passed += bytes.length) >= limit.toxic.bytes) {
      limit.felt++;
      write(bytes.subarray(0, bytes.length - (passed - limit.toxic.bytes)));
      return end('close');
    }
    const slicer = toxics.of('slicer', way, line);
    const slow = toxics.of('bandwidth', way, line);
    const size = Math.min(slicer?.toxic.bytes ?? Infinity, slow === undefined ? Infinity : slow.toxic.bytesPerSecond / 20);
    if (slow !== undefined) slow.felt++;
    for (let at = 0; at < bytes.length && !gone(); at += size) {
      const slice = bytes.subarray(at, Math.min(bytes.length, at + size));
      write(slice);
      if (slicer !== undefined) slicer.felt++;
      const pause = (slicer?.toxic.pauseMs ?? 0) + (slow === undefined ? 0 : (slice.length * 1000) / slow.toxic.bytesPerSecond);
      if (pause > 0) await delay(pause);
    }
  };
  const run = async (): Promise<void> => {
    for (let piece = queue[0]; piece !== undefined; piece = queue[0]) {
      if (await mayPass(piece)) await sendOff(piece.bytes);
      queue.shift();
      waiting -= piece.bytes.length;
      if (waiting < fullBytes) from.resume();
    }
  };
  return {
    push: bytes => {
      if (running === undefined && !silent && !toxics.any(way, line)) return write(bytes);
      queue.push({ bytes, arrivedAt: now(), dueAt: undefined });
      waiting += bytes.length;
      if (waiting >= fullBytes) from.pause();
      running ??= run().finally(() => (running = undefined));
    },
    drained: async () => {
      while (running !== undefined) await running;
    },
    waiting: () => waiting,
  };
};
