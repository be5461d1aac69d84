/** Secrets in files, and names that are nearly a setting. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { editDistance } from '../../runtime/setting-names.ts';
import { isReadableByAll } from '../../runtime/setting-files.ts';
import { checkSettings, optionalSecret, secret, secretBytes, secretsByShop, text } from '../../runtime/settings.ts';
import { strayIn } from '../../runtime/start-checks.ts';
import { units } from '../../runtime/units.ts';
import { temporaryFolder } from '../support/folder.ts';

const canary = 'canary-of-a-secret';
const declared = {
  DEMO_KEY: secret('A key'),
  DEMO_BYTES: secretBytes('Bytes', 32),
  DEMO_SHOPS: secretsByShop('By shop'),
  DEMO_MAYBE: optionalSecret('Perhaps'),
  DEMO_NAME: text('A name', 'x'),
};
const bytes = Buffer.alloc(32, 7).toString('base64');
const others = { DEMO_KEY: 'k', DEMO_BYTES: bytes };

describe('a secret in a file', () => {
  const folder = temporaryFolder();
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder(), name);
    writeFileSync(path, content);
    return path;
  };
  it('is read from the file that NAME_FILE names, without the line ends at its end', () => {
    const { values, problems, origins } = checkSettings(declared, {
      DEMO_KEY_FILE: file('key', ` ${canary} \r\n\n`),
      DEMO_BYTES_FILE: file('bytes', `${bytes}\n`),
      DEMO_SHOPS_FILE: file('shops', 'web=a\nweb=b\noutlet=c\n'),
      DEMO_MAYBE_FILE: file('maybe', '\ufeffm'),
      DEMO_NAME: '',
    });
    assert.deepEqual(problems, []);
    assert.equal(values.DEMO_KEY, ` ${canary} `);
    assert.equal(values.DEMO_BYTES, bytes);
    assert.deepEqual(values.DEMO_SHOPS?.get('web'), ['a', 'b']);
    assert.equal(values.DEMO_MAYBE, 'm');
    assert.deepEqual(origins['DEMO_KEY'], { from: 'file', name: 'DEMO_KEY_FILE', path: join(folder(), 'key') });
    assert.deepEqual(origins['DEMO_NAME'], { from: 'default' });
  });
  it('is refused beside the secret itself; an empty value of either counts as absent', () => {
    const path = file('key', canary);
    const both = checkSettings(declared, { ...others, DEMO_KEY: canary, DEMO_KEY_FILE: path });
    assert.deepEqual(both.problems, ['DEMO_KEY and DEMO_KEY_FILE are both set; take one away']);
    assert.equal(Object.hasOwn(both.values, 'DEMO_KEY'), false);
    assert.deepEqual(checkSettings(declared, { ...others, DEMO_KEY: '', DEMO_KEY_FILE: path }).problems, []);
    assert.deepEqual(checkSettings(declared, { ...others, DEMO_KEY_FILE: '' }).problems, []);
  });
  it('is a problem among the others when it cannot be used, and nothing of it is told', () => {
    mkdirSync(join(folder(), 'a folder'), { recursive: true });
    const wrong: readonly (readonly [path: string, says: string])[] = [
      [join(folder(), 'nowhere'), 'cannot be read (ENOENT)'],
      [join(folder(), 'a folder'), 'is no file'],
      [file('empty', '\n\n'), 'is empty'],
      [file('binary', Buffer.from([0xff, 0xfe, 0x41])), 'is no text'],
      [file('nul', `${canary}\0`), 'is no text'],
      [file('large', canary.repeat(5_000)), 'has 90000 bytes, more than a secret has (65536)'],
    ];
    for (const [path, says] of wrong)
      assert.deepEqual(checkSettings(declared, { DEMO_BYTES: '', DEMO_KEY_FILE: path }).problems, [
        `DEMO_KEY_FILE: ${path} ${says}`,
        'DEMO_BYTES is not set (Bytes)',
      ]);
    const { problems } = checkSettings(declared, { ...others, DEMO_BYTES: '', DEMO_BYTES_FILE: file('short', canary) });
    assert.deepEqual(problems, ['DEMO_BYTES_FILE: it is not 32 bytes in base64 (make some with `openssl rand -base64 32`)']);
  });
  it('is known for readable by all or not', () => {
    const path = file('mode', canary);
    for (const [mode, expected] of [
      [0o600, false],
      [0o640, false],
      [0o644, true],
    ] as const) {
      chmodSync(path, mode);
      assert.equal(isReadableByAll(path), expected);
    }
  });
});

describe('names that are no setting', () => {
  const stray = (environment: Readonly<Record<string, string>>): readonly string[] => strayIn(units, environment);
  it('are refused when they begin with ONHAND_, with the nearest there is', () => {
    assert.deepEqual(
      stray({ ONHAND_PREFX: 'a', ONHAND_HTTP_PROT: '1', onhand_data: 'x', ONHAND_MASTERKEY_FILE: 'y', ONHAND_COLOUR: 'z' }),
      [
        'ONHAND_COLOUR is no setting; `onhand settings` shows those there are',
        'ONHAND_HTTP_PROT is no setting; did you mean ONHAND_HTTP_PORT?',
        'ONHAND_MASTERKEY_FILE is no setting; did you mean ONHAND_MASTER_KEY_FILE?',
        'ONHAND_PREFX is no setting; did you mean ONHAND_PREFIX?',
        'onhand_data is no setting; did you mean ONHAND_DATA?',
      ],
    );
  });
  it("are refused with a unit's prefix when they are nearly one of its settings, and only then", () => {
    assert.deepEqual(stray({ WOO_POLL_SECOND: '1', STRIPE_APIKEYS: 'x', ODOO_URI: 'x', KAFKA_BROKER: 'x' }), [
      'KAFKA_BROKER is no setting; did you mean KAFKA_BROKERS?',
      'ODOO_URI is no setting; did you mean ODOO_URL?',
      'STRIPE_APIKEYS is no setting; did you mean STRIPE_API_KEYS?',
      'WOO_POLL_SECOND is no setting; did you mean WOO_POLL_SECONDS?',
    ]);
    const ofOthers = { ODOO_RC: 'x', KAFKA_HEAP_OPTS: 'x', ODOO_ADMIN_LOGIN: 'x', WOO: 'x', POLL_SECOND: 'x', KEYS: 'x' };
    assert.deepEqual(stray(ofOthers), []);
  });
  it('are refused with _FILE behind what is no secret', () => {
    assert.deepEqual(stray({ ODOO_DB_FILE: 'x', KAFKA_PASSWORD_FILE: 'x' }), [
      'ODOO_DB_FILE: ODOO_DB is no secret and not read from a file; set ODOO_DB',
    ]);
  });
  it('are fine when another unit declares them, when Kubernetes sets them for a service, and when they are empty', () => {
    const ofServices = {
      ONHAND_SERVICE_HOST: '10.0.0.1',
      ONHAND_SERVICE_PORT: '80',
      ONHAND_SERVICE_PORT_HTTP: '80',
      ONHAND_PORT: 'tcp://10.0.0.1:80',
      ONHAND_PORT_80_TCP: 'tcp://10.0.0.1:80',
      ONHAND_PORT_80_TCP_ADDR: '10.0.0.1',
    };
    assert.deepEqual(stray({ WOO_POLL_SECONDS: '9', ONHAND_PREFX: '', ...ofServices }), []);
    assert.equal(stray({ ONHAND_PORT: '80' }).length, 1);
  });
  it('are measured by letters that differ', () => {
    assert.deepEqual(
      [editDistance('', 'abc'), editDistance('abcd', 'acbd'), editDistance('abc', 'abxc'), editDistance('kitten', 'sitting')],
      [3, 1, 1, 3],
    );
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
      }),
    );
  });
});
