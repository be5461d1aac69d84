/** `onhand listings apply`: what listings, SKUs and barcodes name, from a file. */
import { readFileSync } from 'node:fs';
import { fatal } from '../runtime/failure.ts';
import { keyOf } from '../runtime/identity.ts';
import type { LogRecord } from '../runtime/port.ts';
import { codeDefined, codeWithdrawn, type CodeDefined, type Detail } from '../schemas/generated/facts.ts';
import { topics } from '../schemas/topics.ts';
import { detail, type Actor } from './audited.ts';
import type { Context } from './context.ts';
import { publish } from './operations.ts';

interface Listing {
  readonly code: string;
  /** Absent: the code is withdrawn. Quantities per piece, in thousandths. */
  readonly components?: readonly { readonly owner: string; readonly product: string; readonly quantityMilli: number }[];
}
const listingProblems = (listings: readonly Listing[]): readonly string[] =>
  listings.flatMap((one, i) => [
    ...(typeof one.code === 'string' && /^(listing:[^:]+:.+|sku:.+|barcode:\d+)$/.test(one.code)
      ? []
      : [`entry ${i}: code is not listing:<shop>:<id>, sku:<sku> or barcode:<ean>`]),
    ...(one.components ?? []).flatMap((component, n) =>
      typeof component.owner === 'string' &&
      typeof component.product === 'string' &&
      Number.isSafeInteger(component.quantityMilli) &&
      component.quantityMilli > 0
        ? []
        : [`entry ${i} (${one.code}), component ${n}: owner, product and a positive integer quantityMilli are needed`],
    ),
  ]);
/** `onhand listings apply FILE`: what codes name, from a JSON file of entries `{code, components: [{owner, product, quantityMilli}]}`. */
export const applyListings = async (context: Context, company: string, path: string, by: Actor | 'dry run'): Promise<void> => {
  let listings: readonly Listing[];
  try {
    listings = JSON.parse(readFileSync(path, 'utf8')) as readonly Listing[];
  } catch (error) {
    throw fatal('SETTINGS_INVALID', `reading listings from ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const problems = Array.isArray(listings) ? listingProblems(listings) : ['it is not a list'];
  if (problems.length > 0)
    throw fatal('SETTINGS_INVALID', `reading listings from ${path}: ${problems.length} problem(s)\n  ${problems.join('\n  ')}`);
  const revision = context.clock.now();
  const facts = listings.map(one =>
    one.components === undefined
      ? codeWithdrawn({ company, code: one.code, revision })
      : codeDefined({ company, code: one.code, revision, components: one.components }),
  );
  if (by === 'dry run')
    return context.output.show({
      json: facts,
      text: `${facts.length} code(s) would be defined or withdrawn; nothing was published.`,
    });
  const before = await namedBefore(context, company, new Set(listings.map(one => one.code)));
  const act = { action: 'listings apply', subject: `${facts.length} code(s) of ${company}`, before, ...by };
  await publish(context, act, facts, `${facts.length} code(s) published.`);
};
/** What the first of these codes name now; history is on their topic. */
const namedBefore = async (context: Context, company: string, codes: ReadonlySet<string>): Promise<readonly Detail[]> => {
  const first = [...codes].slice(0, 20);
  const found = new Map<string, string>();
  const keys = new Set(first.map(code => keyOf(topics.codes, codeWithdrawn({ company, code, revision: 0 }))));
  const where = (record: LogRecord): boolean => keys.has(record.key?.toString() ?? '');
  for (const { event } of await context.client().events(topics.codes.name, { where })) {
    const { code, components } = event.data as CodeDefined;
    found.set(code, event.type === 'CodeWithdrawn' ? 'withdrawn' : components.map(componentText).join(' + '));
  }
  return first.map(code => detail(code, found.get(code) ?? 'names nothing'));
};
const componentText = ({ owner, product, quantityMilli }: CodeDefined['components'][number]): string =>
  `${owner} ${product} x ${quantityMilli / 1000}`;
