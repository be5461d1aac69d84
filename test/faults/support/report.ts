/** The page about faults: what the last three long runs with different seeds did, met and measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Happened } from './schedule.ts';
import { seconds, type Verdict } from './run.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'generated');
const [data, page] = [join(folder, 'faults.json'), join(folder, 'faults.md')];
const kept = 3;

/** Percentiles of what was measured; empty where nothing was. */
const spread = (all: readonly (number | undefined)[]): string => {
  const known = all.filter(one => one !== undefined).toSorted((a, b) => a - b);
  if (known.length === 0) return '';
  const at = (share: number): string => String(known[Math.min(known.length - 1, Math.floor(known.length * share))]);
  return `${at(0.5)} / ${at(1)}`;
};
const faultLines = (runs: readonly Verdict[]): readonly string[] => {
  const fired = runs.flatMap(run => run.happened.filter(one => one.fired).map(one => ({ ...one, seed: run.seed })));
  const kinds = [...Map.groupBy(fired, one => `${one.id} | ${one.name}`)];
  const number = (kind: string): number => Number(/\d+/.exec(kind)?.[0]);
  return kinds
    .toSorted(([one], [other]) => number(one) - number(other) || (one < other ? -1 : 1))
    .map(([kind, all]) => {
      const counts = runs.map(run => all.filter(one => one.seed === run.seed).length).join(' | ');
      const measured = (of: (one: Happened) => number | undefined): string => spread(all.map(of));
      const figures = [measured(one => one.readyMs), measured(one => one.recoveryMs), measured(one => one.stallMs)];
      return `| ${kind} | ${counts} | ${figures.join(' | ')} |`;
    });
};
const operationLines = (runs: readonly Verdict[]): readonly string[] => {
  const row = (what: string, of: (run: Verdict) => string | number): string => `| ${what} | ${runs.map(of).join(' | ')} |`;
  return [
    row('orders', run => run.operations.orders),
    row('webhooks (times sent)', run => `${run.operations.webhooks} (${run.operations.tries})`),
    row('orders shipped', run => run.operations.shipped),
    row('facts written by the test (unknown outcome)', run => `${run.operations.asked.done} (${run.operations.asked.unknown})`),
    row('records read by the concurrent reader', run => run.operations.records),
    row('transactions that did work', run => run.operations.transactions),
    row('writes to Odoo', run => run.operations.odooWrites),
    row('faults fired', run => run.happened.filter(one => one.fired).length),
    row('at rest after the last webhook', run => seconds(run.restMs)),
    row('the run took', run => seconds(run.tookMs)),
    row('violations found', run => run.broken.length),
  ];
};
const heads = (runs: readonly Verdict[]): string => runs.map(run => `seed ${run.seed}`).join(' | ');
const rule = (columns: number): string => `| ${Array.from({ length: columns }, () => '---').join(' | ')} |`;

export const faultsPage = (runs: readonly Verdict[]): string =>
  [
    '# What faults did',
    '',
    'Written by `make faults LONG=1 REPORT=1` after a clean run: the last three, with different seeds. `node test/faults/main.ts --help` says',
    'how to run one again. Each fault is counted only when it met work; each run was judged by the checker of `test/support/proof` and by the',
    'invariants of stock, deliveries, Odoo and the ledger, over its whole history.',
    '',
    '## Faults fired',
    '',
    'Milliseconds as median / longest over these runs. Ready: from the start of the process until it has all its tasks. Outputs: from the',
    'restart or the healing until the first new output of what was hit. Others: the longest that a record waited in a partition of another',
    'process meanwhile. All of it with traffic, a broker, a registry and two databases on the same machine.',
    '',
    `| fault | what | ${heads(runs)} | ready | outputs | others |`,
    rule(runs.length + 5),
    ...faultLines(runs),
    '',
    '## Operations',
    '',
    `| | ${heads(runs)} |`,
    rule(runs.length + 1),
    ...operationLines(runs),
    '',
  ].join('\n');

/** Only clean long runs are kept; one that was run again with the same seed takes its place. */
export const keepReport = async (verdict: Verdict): Promise<void> => {
  const before = existsSync(data) ? (JSON.parse(readFileSync(data, 'utf8')) as readonly Verdict[]) : [];
  const runs = [...before.filter(one => one.seed !== verdict.seed), verdict].slice(-kept);
  const write = async (file: string, text: string): Promise<void> =>
    writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  await write(data, JSON.stringify(runs));
  await write(page, faultsPage(runs));
};
