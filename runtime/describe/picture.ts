/**
 * The topology as a picture: units stand side by side in flow order, each topic is a lane between those that write and read it.
 * A dot writes, an arrow reads; what goes back to an earlier unit has a colour of its own.
 */
import { nameOf, type Unit } from '../topology.ts';
import { wiresOf, type Wire } from './wiring.ts';

const [labels, column, row, head, margin] = [190, 92, 28, 78, 12];
const colours = { onward: '#1f5fa8', back: '#c2571a', table: '#2a7d5f', guide: '#e4e7eb', stem: '#c9d1d9', text: '#1c2733' };
const fills: Readonly<Record<string, string>> = {
  producer: '#dcebfb',
  processor: '#e3f3e6',
  sink: '#fbe9d7',
  outside: '#f0f0f0',
};

interface Column {
  readonly name: string;
  readonly kind: string;
}
const attributes = (all: Readonly<Record<string, string | number>>): string =>
  Object.entries(all)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
const element = (name: string, all: Readonly<Record<string, string | number>>, content = ''): string =>
  content === '' ? `<${name}${attributes(all)}/>` : `<${name}${attributes(all)}>${content}</${name}>`;
const text = (x: number, y: number, content: string, extra: Readonly<Record<string, string | number>> = {}): string =>
  element('text', { x, y, fill: colours.text, ...extra }, content.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
const line = (x1: number, x2: number, y: number, stroke: string, width: number): string =>
  element('line', { x1, y1: y, x2, y2: y, stroke, 'stroke-width': width });

const center = (at: number): number => labels + at * column + column / 2;
/** A name in at most two lines. */
const header = ({ name, kind }: Column, at: number): string => {
  const [first = '', ...rest] = kind === 'outside' ? name.split(' ') : name.split('-');
  const lines = rest.length === 0 ? [first] : [first, rest.join(' ')];
  const y = margin + 24;
  return [
    element('rect', {
      x: center(at) - column / 2 + 3,
      y,
      width: column - 6,
      height: 44,
      rx: 6,
      fill: fills[kind] ?? '',
      stroke: colours.stem,
    }),
    ...lines.map((part, i) =>
      text(center(at), y + (lines.length === 1 ? 26 : 19 + i * 15), part, {
        'text-anchor': 'middle',
        'font-weight': 600,
        'font-size': 11,
      }),
    ),
  ].join('\n');
};
const arrow = (x: number, y: number, way: 1 | -1, fill: string): string =>
  element('path', { d: `M ${x} ${y} l ${-11 * way} -6 l 0 12 z`, fill, stroke: '#ffffff', 'stroke-width': 1 });

interface Ends {
  readonly from: readonly number[];
  readonly to: readonly number[];
}
const lane = ({ topic }: Wire, { from, to }: Ends, y: number, right: number): string => {
  const [first, last] = [Math.min(...from), Math.max(...from)];
  const onward = topic.table ? colours.table : colours.onward;
  const [farthest, nearest] = [Math.max(...to), Math.min(...to)];
  return [
    line(labels, right, y, colours.guide, 1),
    text(labels - 8, y + 4, topic.name, { 'text-anchor': 'end', 'font-family': 'monospace', 'font-size': 11.5 }),
    ...(farthest > first ? [line(center(first), center(farthest) - 6, y, onward, 2)] : []),
    ...(nearest < last ? [line(center(nearest) + 6, center(nearest < first ? first : last), y, colours.back, 2)] : []),
    ...from.map(at => element('circle', { cx: center(at), cy: y, r: 5, fill: at > farthest ? colours.back : onward })),
    ...to.map(at => (at > first ? arrow(center(at), y, 1, onward) : arrow(center(at), y, -1, colours.back))),
  ].join('\n');
};

const groups = (columns: readonly Column[]): string =>
  ['producer', 'processor', 'sink']
    .map(kind => {
      const at = columns.flatMap((one, i) => (one.kind === kind ? [i] : []));
      const middle = (center(at[0] ?? 0) + center(at.at(-1) ?? 0)) / 2;
      return text(middle, margin + 12, `${kind}s`, { 'text-anchor': 'middle', 'font-size': 12, 'font-style': 'italic' });
    })
    .join('\n');

export const picture = (units: readonly Unit[]): string => {
  const columns: readonly Column[] = [
    { name: 'channels, people', kind: 'outside' },
    ...units.map(one => ({ name: nameOf(one), kind: one.kind })),
    { name: 'readers outside', kind: 'outside' },
  ];
  const at = (name: string): number => columns.findIndex(one => one.name === name);
  const wires = wiresOf(units)
    .map(wire => ({
      wire,
      ends: {
        from: [...(wire.outside ? [0] : []), ...wire.writers.map(at)],
        to: wire.readers.length === 0 ? [columns.length - 1] : wire.readers.map(at),
      },
    }))
    .toSorted((a, b) => Math.min(...a.ends.from) - Math.min(...b.ends.from));
  const [width, bottom] = [labels + columns.length * column + margin, margin + head + wires.length * row];
  const height = bottom + 40;
  const legend = text(labels, bottom + 24, 'dot: writes, arrow: reads;', { 'font-size': 12 });
  const keyed = (x: number, fill: string, words: string): string =>
    text(x, bottom + 24, words, { fill, 'font-size': 12, 'font-weight': 600 });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Units and the topics between them">`,
    element('rect', { width, height, fill: '#ffffff' }),
    groups(columns),
    ...columns.map((_, i) =>
      element('line', {
        x1: center(i),
        y1: margin + 68,
        x2: center(i),
        y2: bottom,
        stroke: colours.stem,
        'stroke-dasharray': '2 3',
      }),
    ),
    ...columns.map(header),
    ...wires.map(({ wire, ends }, i) => lane(wire, ends, margin + head + i * row + row / 2, width - margin)),
    legend,
    keyed(labels + 175, colours.onward, 'onward'),
    keyed(labels + 235, colours.back, 'back to an earlier unit'),
    keyed(labels + 405, colours.table, 'a table, the newest per key'),
    '</svg>',
  ].join('\n');
};
