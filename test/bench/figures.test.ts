/** The pure parts of the bench: what many measurements amount to, and when a goal is met. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { goals, sections, type Goal } from '../../bench/goals.ts';
import { optionsOf } from '../../bench/options.ts';
import { shippingFlags } from '../../bench/ours.ts';
import { figureOf, merged, pageOf, rowOf } from '../../bench/report.ts';
import { longestGap, quantile, spreadOf } from '../../bench/statistics.ts';

const goal = (wanted: NonNullable<Goal['wanted']>): Goal => ({
  id: 'g',
  section: 'drain',
  what: 'work',
  unit: 'rec/s',
  beside: 'them',
  wanted,
});
const sample = (ours: number, beside?: number) => ({ goal: 'g', ours, ...(beside === undefined ? {} : { beside }) });

describe('the spread of measurements', () => {
  it('is the least, the one in the middle and the most, in whatever order they came', () => {
    assert.deepEqual(spreadOf([9, 1, 4]), { min: 1, median: 4, max: 9 });
    assert.deepEqual(spreadOf([8, 1, 4, 2]), { min: 1, median: 3, max: 8 });
  });
  it('lies within what was measured', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), values => {
        const { min, median, max } = spreadOf(values);
        assert.ok(values.includes(min) && values.includes(max) && min <= median && median <= max);
        assert.ok(values.filter(one => one < median).length <= values.length / 2);
      }),
    );
  });
  it('is refused of nothing', () => {
    assert.throws(() => spreadOf([]), /no values/);
    assert.throws(() => quantile([], 0.5), /no values/);
  });
});
describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  it('is the least value that so many do not exceed', () => {
    assert.deepEqual(
      [0.5, 0.99, 1].map(part => quantile(hundred, part)),
      [50, 99, 100],
    );
    assert.equal(quantile([7], 0.01), 7);
    assert.equal(quantile([3, 1, 2], 0.5), 2);
  });
});
describe('the longest silence', () => {
  it('counts from the beginning and to the end, and only what lies between', () => {
    assert.equal(longestGap([5, 110, 120, 300], 100, 200), 80);
    assert.equal(longestGap([130, 110, 190], 100, 200), 60);
    assert.equal(longestGap([], 100, 200), 100);
  });
});
describe('a figure', () => {
  it('has the ratio of each repeat, not that of the medians', () => {
    const figure = figureOf(
      goal({ of: 'ratio', bound: 'at least', value: 2 }),
      [sample(10, 10), sample(40, 10), sample(90, 30)],
      [],
    );
    assert.deepEqual(figure.ratio, { min: 1, median: 3, max: 4 });
    assert.deepEqual([figure.ours.median, figure.besides?.median, figure.repeats], [40, 10, 3]);
  });
  it('meets its goal by the median, on either side of the bound', () => {
    const met = (wanted: NonNullable<Goal['wanted']>, ...samples: ReturnType<typeof sample>[]) =>
      figureOf(goal(wanted), samples, []).met;
    assert.equal(met({ of: 'ratio', bound: 'at least', value: 2 }, sample(20, 10)), true);
    assert.equal(met({ of: 'ratio', bound: 'at least', value: 2 }, sample(19, 10), sample(19, 10), sample(90, 10)), false);
    assert.equal(met({ of: 'ratio', bound: 'at most', value: 0.5 }, sample(6, 10)), false);
    assert.equal(met({ of: 'ours', bound: 'at most', value: 120 }, sample(120)), true);
    assert.equal(met({ of: 'ours', bound: 'at most', value: 120 }, sample(121)), false);
    assert.equal(met({ of: 'ratio', bound: 'at most', value: 9 }, sample(1)), false);
  });
  it('takes the place of the former one of its goal, and the others stay', () => {
    const [one, other] = [goals[0]!, goals[1]!].map(it => figureOf(it, [sample(1, 1)], []));
    const again = figureOf(goals[0]!, [sample(2, 1)], []);
    assert.deepEqual(merged([other!, one!], [again]), [again, other]);
  });
});
describe('the page of figures', () => {
  it('shows each figure with its spread, its goal and whether that is met', () => {
    const figure = figureOf(
      goal({ of: 'ratio', bound: 'at least', value: 2 }),
      [sample(120_000, 50_000), sample(150_000, 50_000)],
      ['so'],
    );
    assert.deepEqual(rowOf(figure), [
      'work, rec/s',
      '**135,000** (120,000 to 150,000)',
      '**50,000** (50,000 to 50,000) them',
      '**2.7** (2.4 to 3)',
      '≥ 2',
      'met',
    ]);
    const page = pageOf({ machine: { cores: '2' }, figures: [figure] });
    assert.match(page, /^\| work, rec\/s \|/m);
    assert.match(page, /work: so/);
  });
});
describe('the goals', () => {
  it('have a name each, and every section has one and a file of its own', () => {
    assert.equal(new Set(goals.map(one => one.id)).size, goals.length);
    assert.deepEqual([...new Set(goals.map(one => one.section))].sort(), [...sections].sort());
    const files = globSync('*.ts', { cwd: join(import.meta.dirname, '..', '..', 'bench', 'sections') });
    assert.deepEqual(files.map(file => file.replace('.ts', '')).sort(), [...sections].sort());
  });
  it('ask of a ratio only what is measured beside something', () => {
    assert.deepEqual(
      goals.filter(one => one.wanted?.of === 'ratio' && one.beside === undefined),
      [],
    );
  });
});
describe('the options of the bench', () => {
  it('are all of it, published, when nothing is said', () => {
    assert.deepEqual(optionsOf([]), { only: sections, records: 1_000_000, repeats: 5, quick: false, publish: true });
  });
  it('publish nothing that is quick, profiled or not wanted', () => {
    for (const args of [['--quick'], ['--profile', 'p'], ['--no-publish']]) {
      const options = optionsOf(args);
      assert.ok(options !== 'help' && !options.publish, args.join(' '));
    }
  });
  it('keep the order of the sections, and say what they do not understand', () => {
    const options = optionsOf(['--only', 'sink,drain', '--records', '5', '--repeats', '2']);
    assert.ok(options !== 'help');
    assert.deepEqual([options.only, options.records, options.repeats], [['drain', 'sink'], 5, 2]);
    assert.throws(() => optionsOf(['--only', 'drian']), /drian: there are drain,/);
    assert.throws(() => optionsOf(['--repeats', 'few']), /--repeats is few/);
    assert.equal(optionsOf(['--help']), 'help');
  });
});
describe('our processes in the bench', () => {
  it('are started with the flags of the engine that ship', () => {
    const flags = shippingFlags();
    assert.ok(flags.length > 0 && flags.every(one => one.startsWith('--')), flags.join(' '));
  });
});
