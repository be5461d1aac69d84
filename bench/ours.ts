/** Ours: the rival's work as a processor of the shipping runtime (`bench/processor`), as a process of its own. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, root, type Bench } from './bench.ts';
import { openFiles, startChild, type Child } from './children.ts';
import type { Contender } from './rival.ts';

const openMs = 60_000;

/** How Node is started where it ships: the words between the engine and the file in `bin/onhand`. */
export const shippingFlags = (): readonly string[] => {
  const found = /^exec "\$node" (.*)"\$home\/runtime\/main\.ts"/m.exec(readFileSync(join(root, 'bin', 'onhand'), 'utf8'));
  if (found === null) throw new Error('bin/onhand: the line that starts Node is not there any more');
  return found[1]!.split(' ').filter(word => word !== '');
};
/** As there: what was compiled is kept between starts. */
export const compileCache = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'onhand') };

/** Runs a file of ours on Node as it ships, with a profiler where one is wanted. */
export const startNode = (bench: Bench, file: string, environment: Readonly<Record<string, string>>): Child => {
  const { profile } = bench.options;
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  return startChild({
    what: file,
    command: node,
    // As bin/onhand runs it.
    args: [
      '--max-semi-space-size=8',
      ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
      join(root, file),
    ],
    environment: { BOOTSTRAP: bench.brokers, ...compileCache, ...environment },
  });
};
/** Runs a probe to its end and answers the object that is its last line. */
export const probe = async <T>(bench: Bench, name: string, environment: Readonly<Record<string, string>>): Promise<T> => {
  const lines = await startNode(bench, `bench/probes/${name}.ts`, environment).done();
  return JSON.parse(lines.at(-1) ?? 'null') as T;
};

export const ours = (bench: Bench, guarantee: 'exactly-once' | 'at-least-once' = 'exactly-once'): Contender => ({
  name: guarantee === 'exactly-once' ? 'Onhand' : 'Onhand, at least once',
  start: ({ group, folder, partitions }) => {
    const child = startNode(bench, 'bench/processor/main.ts', { GROUP: group, DATA: folder, GUARANTEE: guarantee });
    return Promise.resolve({
      during: child.during,
      open: () => child.line('open', openMs),
      // Each open task has its store's file open.
      partitions: () => {
        const open = openFiles(child.pid);
        const all = Array.from({ length: partitions }, (_, partition) => partition);
        return all.filter(partition => open.includes(join(folder, String(partition), 'data.mdb')));
      },
      stop: async () => {
        const lines = await child.end('SIGTERM');
        const said = lines.findLast(line => line.startsWith('{'));
        if (said === undefined) throw new Error(`stopping ${group}: it did not say its peak of memory`);
        return (JSON.parse(said) as { readonly rssAnonKiB: number }).rssAnonKiB / 1024;
      },
      kill: async () => {
        await child.end('SIGKILL');
      },
    });
  },
});
