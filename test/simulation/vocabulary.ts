/** What flows in the simulation: facts of its own, so small that a thousand of them cost little. */
import type { Fact, Topic } from '../../runtime/model.ts';
import type { AvroField, AvroRecord } from '../../schemas/load.ts';

export type Asked = Fact<
  'Asked',
  { readonly owner: string; readonly item: string; readonly ask: string; readonly kind: Kind; readonly amount: number }
>;
/**
 * plain: answered at once, twice alike. hold: answered when it falls due, unless it was paid. poison: its rule throws. touchy: it
 * throws until the policy allows more. bad: the target refuses what becomes of it, until it is mended. reset: all is forgotten.
 */
export type Kind = 'plain' | 'hold' | 'poison' | 'touchy' | 'bad' | 'reset';
export type Paid = Fact<'Paid', { readonly owner: string; readonly item: string; readonly ask: string }>;
export type Answered = Fact<
  'Answered',
  { readonly owner: string; readonly ask: string; readonly word: string; readonly count: number; readonly kind: Kind }
>;
export type PaperPrepared = Fact<
  'PaperPrepared',
  { readonly owner: string; readonly paper: string; readonly revision: number; readonly text: string }
>;

const record = (name: string, ...fields: readonly AvroField[]): AvroRecord => ({
  type: 'record',
  name,
  namespace: 'onhand',
  fields,
});
const text = (name: string): AvroField => ({ name, type: 'string' });
const number = (name: string): AvroField => ({ name, type: 'long' });

const all: readonly AvroRecord[] = [
  record('Asked', text('owner'), text('item'), text('ask'), text('kind'), number('amount')),
  record('Paid', text('owner'), text('item'), text('ask')),
  record('Answered', text('owner'), text('ask'), text('word'), number('count'), text('kind')),
  record('PaperPrepared', text('owner'), text('paper'), number('revision'), text('text')),
];
export const schemas: ReadonlyMap<string, AvroRecord> = new Map(all.map(one => [one.name, one]));

const topic = (name: string, key: readonly string[], fact: string): Topic => ({
  name,
  doc: 'Of the simulation.',
  key,
  facts: [fact],
  partitions: 2,
  retentionDays: 'forever',
  table: false,
});
export const topics = {
  asks: topic('asks.v1', ['owner', 'item'], 'Asked'),
  payments: topic('asks-paid.v1', ['owner', 'item'], 'Paid'),
  answers: topic('answers.v1', ['owner', 'ask'], 'Answered'),
  papers: topic('papers.v1', ['owner', 'paper'], 'PaperPrepared'),
} as const;
