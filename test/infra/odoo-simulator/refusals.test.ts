/** What the simulator does not cover it refuses, by name; and who may do what. */
import assert from 'node:assert/strict';
import { connect, type Client, type Json, type Values } from '../../contract/odoo/client.ts';
import { startRig, type Rig } from './support.ts';

type Asked = readonly [string, string, readonly Json[], Values?];

/** Called by a real Odoo's name, and refused with what is named. */
const notCovered: readonly (readonly [string, Asked])[] = [
  ['the model account.move', ['account.move', 'search', [[]]]],
  ['the method message_post of sale.order', ['sale.order', 'message_post', [[1]]]],
  ['the method read_group of sale.order', ['sale.order', 'read_group', [[]]]],
  ['the field carrier_id of sale.order', ['sale.order', 'search_read', [[]], { fields: ['carrier_id'] }]],
  ['the field carrier_id of sale.order', ['sale.order', 'search', [[['carrier_id', '=', 1]]]]],
  ['the field website of res.partner', ['res.partner', 'create', [{ name: 'X', website: 'x' }]]],
  ['the field website of res.partner', ['res.partner', 'load', [['id', 'website'], [['onhand.x', 'x']]]]],
  ['the context key force_company', ['res.partner', 'search', [[]], { context: { force_company: 1 } }]],
  [
    'several companies: allowed_company_ids [1, 2]',
    ['res.partner', 'search', [[]], { context: { allowed_company_ids: [1, 2] } }],
  ],
  ['reading res.partner without a list of fields', ['res.partner', 'search_read', [[]]]],
  ['fields_get of res.partner without a list of fields', ['res.partner', 'fields_get', []]],
  ["searching a relation by name: ('partner_id', '=', 'Ann')", ['sale.order', 'search', [[['partner_id', '=', 'Ann']]]]],
  ["ordering a char: ('name', '>', 'A')", ['res.partner', 'search', [[['name', '>', 'A']]]]],
  ['taxes of type fixed', ['account.tax', 'create', [{ name: 'Fixed', amount: 1, amount_type: 'fixed' }]]],
  [
    'taxes that change the base of the next ones (include_base_amount)',
    ['account.tax', 'create', [{ name: 'Base', amount: 1, include_base_amount: true }]],
  ],
  ['products tracked by lot or serial number', ['product.product', 'create', [{ name: 'Lot', tracking: 'lot' }]]],
  ['a second company', ['res.company', 'create', [{ name: 'Two' }]]],
  ['writing sale.order.state', ['sale.order', 'write', [[0], { state: 'sale' }]]],
  ['the cleaning of HTML: give plain text', ['res.partner', 'create', [{ name: 'X', comment: '<b>x</b>' }]]],
  ['load() of stock.quant', ['stock.quant', 'load', [['id'], [['x']]]]],
  ['creating a stock.quant outside of a count (context inventory_mode)', ['stock.quant', 'create', [{}]]],
  ['finding res.partner by name in load(): give an id', ['sale.order', 'load', [['id', 'partner_id'], [['onhand.x', 'Ann']]]]],
  ['the attribute help of fields_get', ['res.partner', 'fields_get', [['name']], { attributes: ['help'] }]],
];

describe('the Odoo simulator refuses', () => {
  let rig: Rig;
  let limited: Client;
  before(async () => {
    rig = await startRig();
    const { url, db } = rig.simulator;
    limited = await connect({ url, db, login: 'limited@example.test', apiKey: 'simulator-limited-key' });
  });
  after(() => rig.stop());

  for (const [what, [model, method, args, kwargs]] of notCovered)
    it(`${model}.${method}: ${what}`, async () => {
      const order = what.startsWith('writing')
        ? rig.simulator.control.execute('sale.order', 'create', [
            { partner_id: rig.simulator.control.execute('res.partner', 'create', [{ name: 'B' }]) as number },
          ])
        : 0;
      const given = args.map(arg => (Array.isArray(arg) && arg[0] === 0 ? [order as number] : arg));
      const { error } = await rig.admin.ask(model, method, given, kwargs);
      assert.equal(error?.name, 'builtins.NotImplementedError');
      assert.ok(error.message.startsWith(`The Odoo simulator does not cover ${what}`), error.message);
    });

  it('other pages and the other transport', async () => {
    for (const path of ['/json/2/res.partner/search', '/web/login', '/xmlrpc/2/object']) {
      const response = await fetch(`${rig.simulator.url}${path}`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(response.status, 404);
      assert.match(await response.text(), new RegExp(`The Odoo simulator does not cover POST ${path.replaceAll('/', '\\/')}`));
    }
  });

  it('external ids to a user without Access Rights, who may still load by them and look orders up', async () => {
    const opening = "You are not allowed to access 'Model Data' (ir.model.data) records.";
    const message = `${opening}\n\nThis operation is allowed for the following groups:\n\t- Access Rights\n\nContact your administrator to request access if necessary.`;
    const denied = await limited.ask('ir.model.data', 'search_read', [[['module', '=', 'onhand']]], { fields: ['res_id'] });
    assert.deepEqual(denied.error, { name: 'odoo.exceptions.AccessError', message });
    const claim = await limited.ask('ir.model.data', 'create', [
      { module: 'onhand', name: 'c', model: 'res.partner', res_id: 1 },
    ]);
    assert.match(claim.error?.message ?? '', /^You are not allowed to create 'Model Data'/);
    const { ids } = await limited.load('res.partner', ['id', 'name'], [['onhand.by_limited', 'By limited']]);
    assert.ok(ids !== false);
    assert.deepEqual(await limited.call('res.partner', 'get_external_id', [ids]), { [String(ids[0])]: 'onhand.by_limited' });
    assert.deepEqual(await limited.call('ir.model.data', 'check_object_reference', ['onhand', 'by_limited']), [
      'res.partner',
      ids[0] ?? 0,
    ]);
    assert.deepEqual((await limited.ask('ir.model.data', 'check_object_reference', ['onhand', 'nobody'])).error, {
      name: 'builtins.ValueError',
      message: 'External ID not found in the system: onhand.nobody',
    });
  });

  it('a product to a user without the right, as a message of load()', async () => {
    const { ids, messages } = await limited.load('product.product', ['id', 'name'], [['onhand.u1', 'U1']]);
    assert.equal(ids, false);
    assert.deepEqual(
      messages.map(({ message }) => message),
      [
        "You are not allowed to create 'Product Variant' (product.product) records.\n\nThis operation is allowed for the following groups:\n\t- Products/Create\n\nContact your administrator to request access if necessary.",
      ],
    );
  });

  it('an order to a user who may not sell', async () => {
    const { url, db, control } = rig.simulator;
    control.execute('res.users', 'create', [{ name: 'Plain', login: 'plain@example.test', password: 'plain-pw' }]);
    const plain = await connect({ url, db, login: 'plain@example.test', apiKey: 'plain-pw' });
    const { error } = await plain.ask('sale.order', 'create', [{ partner_id: 1 }]);
    assert.deepEqual(error, {
      name: 'odoo.exceptions.AccessError',
      message:
        "You are not allowed to create 'Sales Order' (sale.order) records.\n\nThis operation is allowed for the following groups:\n\t- Sales/Administrator\n\t- Sales/User: Own Documents Only\n\nContact your administrator to request access if necessary.",
    });
    const twin = await rig.admin.ask('res.users', 'create', [{ name: 'Twin', login: 'plain@example.test' }]);
    assert.equal(twin.error?.message, 'The operation cannot be completed: You can not have two users with the same login!');
  });
});
