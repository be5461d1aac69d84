/** What the catalogue answers, rule by rule. */
import { catalogue } from '../../../processors/catalogue/index.ts';
import {
  codeDefined,
  codeWithdrawn,
  lineAsked,
  lineResolved,
  lineUnknown,
  type CodeDefined,
  type Component,
  type LineAsked,
} from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { policy } from '../../support/policy.ts';

const given = examplesOf(catalogue, policy);
const key = { company: 'acme', code: 'sku:MUG' };
const part = (product: string, quantityMilli: number): Component => ({ owner: 'acme', product, quantityMilli });
const defined = (data: Partial<CodeDefined> = {}) =>
  codeDefined({ ...key, revision: 1, components: [part('42', 1000)], ...data });
const withdrawn = (revision: number) => codeWithdrawn({ ...key, revision });
const asked = (data: Partial<LineAsked> = {}) =>
  lineAsked({ ...key, order: 'web:1', line: '1', quantityMilli: 2000, revision: 1, ...data });
const resolved = (components: readonly Component[], data: Partial<LineAsked> = {}) => {
  const { company, code, order, line, revision } = asked(data).data;
  return lineResolved({ company, code, order, line, revision, components });
};
const unknown = (data: Partial<LineAsked> = {}) => {
  const { company, code, order, line, revision } = asked(data).data;
  return lineUnknown({ company, code, order, line, revision });
};

describe('the catalogue', () => {
  it('answers with the components of the whole line', () =>
    given(defined({ components: [part('42', 1000), part('43', 6000)] }))
      .when(asked())
      .then(resolved([part('42', 2000), part('43', 12_000)])));
  it('makes parts of one product one component', () =>
    given(defined({ components: [part('42', 1000), part('43', 1000), part('42', 500)] }))
      .when(asked())
      .then(resolved([part('42', 3000), part('43', 2000)])));
  it('keeps the same product of two owners apart', () => {
    const shared = { owner: 'depot', product: '42', quantityMilli: 1000 };
    given(defined({ components: [part('42', 1000), shared] }))
      .when(asked())
      .then(resolved([part('42', 2000), { ...shared, quantityMilli: 2000 }]));
  });
  it('names two variants of one template as the two products that they are', () => {
    given(defined({ components: [part('101', 1000)] }))
      .when(asked())
      .then(resolved([part('101', 2000)]));
    const other = { company: 'acme', code: 'sku:MUG-L' };
    given(codeDefined({ ...other, revision: 1, components: [part('102', 1000)] }))
      .when(asked(other))
      .then(resolved([part('102', 2000)], other));
  });
  it('says that a code is unknown, and answers when it is defined', () => {
    given().when(asked()).then(unknown());
    given(asked())
      .when(defined())
      .then(resolved([part('42', 2000)]));
  });
  it('answers every line that waits, each for its own quantity', () =>
    given(asked(), asked({ order: 'web:2', quantityMilli: 1000 }))
      .when(defined())
      .then(resolved([part('42', 2000)]), resolved([part('42', 1000)], { order: 'web:2' })));
  it('answers a line once: what it was made of stays with the order', () => {
    given(asked(), defined())
      .when(defined({ revision: 2, components: [part('43', 1000)] }))
      .then();
    given(defined(), asked())
      .when(defined({ revision: 2, components: [part('43', 1000)] }))
      .then();
  });
  it('says nothing to a question that is repeated or older, answered or not', () => {
    given(defined(), asked({ revision: 2 }))
      .when(asked({ revision: 2 }))
      .then();
    given(defined(), asked({ revision: 2 }))
      .when(asked())
      .then();
    given(asked({ revision: 2 }))
      .when(asked())
      .then();
  });
  it('answers a line again that asks anew, for what it asks now', () => {
    given(defined(), asked())
      .when(asked({ revision: 2, quantityMilli: 3000 }))
      .then(resolved([part('42', 3000)], { revision: 2 }));
    given(asked(), asked({ revision: 2, quantityMilli: 3000 }))
      .when(defined())
      .then(resolved([part('42', 3000)], { revision: 2 }));
  });
  it('follows the highest revision of a code', () => {
    given(defined({ revision: 2 }), defined({ revision: 1, components: [part('43', 1000)] }))
      .when(asked())
      .then(resolved([part('42', 2000)]));
    given(defined({ revision: 2 }), withdrawn(1))
      .when(asked())
      .then(resolved([part('42', 2000)]));
    given(defined(), withdrawn(2), defined()).when(asked()).then(unknown());
    given(asked(), withdrawn(2)).when(defined()).then();
  });
  it('never guesses: what does not come out whole, or names nothing, is unknown until it does', () => {
    given(defined({ components: [part('42', 333)] }))
      .when(asked({ quantityMilli: 500 }))
      .then(unknown());
    given(defined({ components: [] }))
      .when(asked())
      .then(unknown());
    given(defined({ components: [part('42', 0)] }))
      .when(asked())
      .then(unknown());
    given(defined({ components: [part('42', 333)] }), asked({ quantityMilli: 500 }))
      .when(defined({ revision: 2, components: [part('42', 334)] }))
      .then(resolved([part('42', 167)]));
  });
  it('counts exactly where numbers are too large for doubles to multiply', () => {
    given(defined({ components: [part('42', 3_000_000_001)] }))
      .when(asked({ quantityMilli: 3_000_001_000 }))
      .then(resolved([part('42', 9_000_003_003_000_001)]));
    given(defined({ components: [part('42', 3_000_000_001)] }))
      .when(asked({ quantityMilli: 4_000_000_000 }))
      .then(unknown());
  });
});
