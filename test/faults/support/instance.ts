/** A process of `onhand run` that can be killed, held and started again, behind lines of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation, Process } from '../../../demo/installation.ts';
import { dieWithUs } from '../../../infra/watchdog.ts';
import { until } from '../../support/until.ts';
import type { Instance, InstanceName } from '../fault.ts';
import type { Edges } from '../proxy/edges.ts';
import { patienceMs } from './moment.ts';

interface AssignedLine {
  readonly unit?: string;
  readonly msg?: string;
  readonly partitions?: readonly number[];
}
const lastAssigned = (log: string, unit: string): readonly number[] => {
  const mark = `"unit":"${unit}"`;
  for (let end = log.length; end > 0;) {
    const at = log.lastIndexOf('"assigned"', end);
    if (at < 0) return [];
    const begin = log.lastIndexOf('\n', at) + 1;
    const line = log.slice(begin, log.indexOf('\n', at));
    if (line.includes(mark)) {
      const said = JSON.parse(line) as AssignedLine;
      if (said.msg === 'assigned' && said.unit === unit) return said.partitions ?? [];
    }
    end = begin - 1;
  }
  return [];
};

export const startInstance = async (
  onhand: Installation,
  name: InstanceName,
  units: readonly string[],
  edges: Edges,
): Promise<Instance> => {
  const folder = join(onhand.folder, name);
  const environment = {
    KAFKA_BROKERS: edges.brokers,
    SCHEMA_REGISTRY_URL: edges.registryUrl,
    // Says which partitions it holds.
    ONHAND_LOG_LEVEL: 'debug',
  };
  const process_: Process = await onhand.start(name, units, environment);
  let letGo = dieWithUs({ pid: process_.pid() });
  return {
    name,
    units,
    folder,
    edges,
    url: process_.url,
    pid: process_.pid,
    log: process_.log,
    running: process_.running,
    ready: async () => process_.running() && (await process_.ready()),
    holds: unit => lastAssigned(process_.log(), unit),
    kill: async () => {
      if (process_.running()) await process_.kill();
    },
    stop: async () => {
      const begun = performance.now();
      const code = await process_.stop();
      return { code, tookMs: Math.round(performance.now() - begun) };
    },
    start: () => {
      if (process_.running()) throw new Error(`${name} is started while it runs`);
      letGo();
      void process_.again();
      letGo = dieWithUs({ pid: process_.pid() });
    },
    suspend: () => void process.kill(process_.pid(), 'SIGSTOP'),
    resume: () => void process.kill(process_.pid(), 'SIGCONT'),
    loseStores: () => {
      if (process_.running()) throw new Error(`${name} runs: its stores are in use`);
      for (const unit of units) rmSync(join(folder, unit), { recursive: true, force: true });
    },
  };
};

export const secondOf = async (
  onhand: Installation,
  first: Instance,
): Promise<{ readonly code: number; readonly log: string }> => {
  const environment = {
    KAFKA_BROKERS: first.edges.brokers,
    SCHEMA_REGISTRY_URL: first.edges.registryUrl,
    ONHAND_DATA: first.folder,
  };
  const second = await onhand.start(`second-${first.name}`, first.units, environment);
  const letGo = dieWithUs({ pid: second.pid() });
  try {
    await until('a second process on the same data to end', () => !second.running(), patienceMs);
    return { code: await second.stop(), log: second.log() };
  } finally {
    if (second.running()) await second.kill();
    letGo();
  }
};
