/**
 * Rebuilt states kept in a folder after they were found equal: where a later rebuild begins, once retention has taken what lies before.
 * A file per task and moment: its first line says which, each further line is one key and its value, the last is their hash.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fatal } from '../failure.ts';
import type { Store } from '../store/store.ts';

export interface SnapshotHead {
  readonly v: 1;
  readonly unit: string;
  readonly partition: number;
  /** The last transaction in it, and the run log's offset behind it. */
  readonly run: number;
  readonly next: number;
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
  readonly stateVersion: number;
  /** Of states, entries, alarms and what is set aside, as `--verify` says it. */
  readonly hash: string;
  /** Epoch ms UTC. */
  readonly at: number;
}
export interface Snapshot {
  readonly head: SnapshotHead;
  readonly path: string;
}
const all = { gte: '\x01', lt: '\uffff' };
const batch = 5_000;
const folderOf = (folder: string, unit: string, partition: number): string => join(folder, unit, String(partition));

export const writeSnapshot = async (folder: string, head: SnapshotHead, store: Store): Promise<string> => {
  const place = folderOf(folder, head.unit, head.partition);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const path = join(place, `${String(head.run).padStart(15, '0')}.ndjson`);
  const digest = createHash('sha256');
  const file = createWriteStream(`${path}.part`, { mode: 0o600 });
  const line = async (value: unknown): Promise<void> => {
    // Readers of lines part them at these two also.
    const text = `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
    digest.update(text);
    if (!file.write(text)) await once(file, 'drain');
  };
  await line(head);
  for (const entry of store.range(all)) await line(entry);
  file.end(`${JSON.stringify({ sha256: digest.digest('hex') })}\n`);
  await once(file, 'finish');
  // Seen whole or not at all.
  renameSync(`${path}.part`, path);
  return path;
};
const headOf = async (path: string): Promise<SnapshotHead | undefined> => {
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input })) return JSON.parse(line) as SnapshotHead;
  } catch {
    return undefined;
  } finally {
    input.destroy();
  }
  return undefined;
};
/** The newest snapshot of a task that lies before this transaction and in what the run log still holds. */
export const newestSnapshot = async (
  folder: string,
  { unit, partition, stateVersion }: Pick<SnapshotHead, 'unit' | 'partition' | 'stateVersion'>,
  upTo: number,
  runsStart: number,
): Promise<Snapshot | undefined> => {
  const place = folderOf(folder, unit, partition);
  if (!existsSync(place)) return undefined;
  for (const name of readdirSync(place)
    .filter(one => one.endsWith('.ndjson'))
    .sort()
    .reverse()) {
    const path = join(place, name);
    const head = await headOf(path);
    if (head?.v !== 1 || head.unit !== unit || head.partition !== partition) continue;
    if (head.run <= upTo && head.next >= runsStart && head.stateVersion <= stateVersion) return { head, path };
  }
  return undefined;
};
/** Fills a store; throws SNAPSHOT_DAMAGED when the file is not what was written. */
export const loadSnapshot = async ({ path }: Snapshot, store: Store): Promise<void> => {
  const digest = createHash('sha256');
  const damaged = (what: string): Error => fatal('SNAPSHOT_DAMAGED', `reading the snapshot ${path}: ${what}`);
  let changes = new Map<string, string>();
  let ended = false;
  let count = 0;
  const input = createReadStream(path);
  for await (const line of createInterface({ input })) {
    const parsed = ((): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        throw damaged(`line ${count + 1} is no JSON`);
      }
    })();
    if (typeof parsed === 'object' && parsed !== null && 'sha256' in parsed) {
      if (parsed.sha256 !== digest.digest('hex')) throw damaged('its lines do not give its hash');
      ended = true;
      break;
    }
    digest.update(`${line}\n`);
    if (count++ === 0) continue;
    const [key, value] = parsed as readonly [string, string];
    changes.set(key, value);
    if (changes.size < batch) continue;
    await store.commit(changes, { changelogNext: 0 });
    changes = new Map();
  }
  input.destroy();
  if (!ended) throw damaged('its end is missing');
  await store.commit(changes, { changelogNext: 0 });
};
