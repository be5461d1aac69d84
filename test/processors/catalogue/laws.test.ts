/** The catalogue keeps the laws of processors. */
import fc from 'fast-check';
import { catalogue } from '../../../processors/catalogue/index.ts';
import { askedRevision, lineId, type In } from '../../../processors/catalogue/state.ts';
import { codeDefined, codeWithdrawn, lineAsked } from '../../../schemas/generated/facts.ts';
import type { Input } from '../../laws/play.ts';
import { processorLaws } from '../../laws/processors.ts';
import { policy } from '../../support/policy.ts';

const key = { company: 'acme', code: 'sku:MUG' };
const revision = fc.integer({ min: 0, max: 9 });
const quantityMilli = fc.constantFrom(-1000, 0, 500, 1000, 3000, Number.MAX_SAFE_INTEGER);
const component = fc.record({ owner: fc.constantFrom('acme', 'depot'), product: fc.constantFrom('42', '43'), quantityMilli });
const inputs: fc.Arbitrary<In> = fc.oneof(
  fc.record({ revision, components: fc.array(component, { maxLength: 3 }) }).map(data => codeDefined({ ...key, ...data })),
  revision.map(one => codeWithdrawn({ ...key, revision: one })),
  fc
    .record({ order: fc.constantFrom('web:1', 'web:2'), line: fc.constantFrom('1', '2'), quantityMilli, revision })
    .map(data => lineAsked({ ...key, ...data })),
);
const histories: fc.Arbitrary<readonly Input<In>[]> = fc.array(inputs, { maxLength: 25 }).map(all => all.map(fact => ({ fact })));

processorLaws(catalogue, histories, policy, {
  absolute: fact =>
    fact.type === 'LineAsked'
      ? { subject: lineId(fact.data), revision: fact.data.revision }
      : { subject: 'code', revision: fact.data.revision },
  allowed: state => {
    if (state.turns.size !== state.answers.size) return `${state.turns.size} turns for ${state.answers.size} answers`;
    const stale = state.waiting.range().find(([id, one]) => askedRevision(state, id) !== one.revision);
    return stale === undefined ? undefined : `${stale[0]} waits, and is answered or asks anew`;
  },
});
