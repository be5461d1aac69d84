/** What PostgreSQL clients send, cut into messages; and the SQL that may not pass. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstFrame, message, query, sqlOf, startupParameters, statusAtEnd, withSql } from '../../../infra/postgres/frames.ts';
import { refusalOf } from '../../../infra/postgres/session-words.ts';

const startup = (code: number, body = ''): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8 + body.length);
  bytes.writeInt32BE(code, 4);
  return Buffer.concat([bytes, Buffer.from(body)]);
};

describe('messages of a PostgreSQL client', () => {
  it('are found whole, wherever the network cuts them', () => {
    const types = fc.constantFrom('Q', 'P', 'B', 'E', 'S', 'd');
    fc.assert(
      fc.property(fc.array(fc.tuple(types, fc.uint8Array({ maxLength: 40 })), { maxLength: 8 }), fc.nat(), (wanted, cut) => {
        const bytes = Buffer.concat(wanted.map(([type, body]) => message(type, Buffer.from(body))));
        const arrived = bytes.subarray(0, cut % (bytes.length + 1));
        const found: string[] = [];
        let rest = arrived;
        for (let frame = firstFrame(rest, true); frame !== undefined; frame = firstFrame(rest, true)) {
          found.push(frame.kind === 'message' ? frame.type : frame.kind);
          rest = rest.subarray(frame.bytes.length);
        }
        assert.deepEqual(found, wanted.map(([type]) => type).slice(0, found.length));
        assert.equal(
          firstFrame(Buffer.concat([rest, bytes.subarray(arrived.length)]), true) === undefined,
          found.length === wanted.length,
        );
      }),
    );
  });

  it('before the first one carry no type', () => {
    assert.equal(firstFrame(startup(80877103), false)?.kind, 'encryption');
    assert.equal(firstFrame(startup(80877104), false)?.kind, 'encryption');
    assert.equal(firstFrame(startup(80877102), false)?.kind, 'cancel');
    const first = startup(196608, 'user\0postgres\0database\0ledger\0\0');
    assert.equal(firstFrame(first, false)?.kind, 'startup');
    assert.equal(firstFrame(first.subarray(0, 20), false), undefined);
    assert.deepEqual(
      [...startupParameters(first)],
      [
        ['user', 'postgres'],
        ['database', 'ledger'],
      ],
    );
  });

  it('give their SQL, and take another, with all that follows it', () => {
    assert.equal(sqlOf('Q', query('select 1')), 'select 1');
    const parse = message('P', Buffer.from('name\0select $1\0\0\u0001'));
    assert.equal(sqlOf('P', parse), 'select $1');
    assert.deepEqual(withSql('P', parse, 'x'), message('P', Buffer.from('name\0x\0\0\u0001')));
    assert.equal(sqlOf('B', message('B', Buffer.from('select 1'))), undefined);
  });

  it('are answered with the state of the transaction at the end', () => {
    assert.equal(statusAtEnd(Buffer.from('....Z\0\0\0\u0005I')), 'I');
    assert.equal(statusAtEnd(Buffer.from('Z\0\0\0\u0005T')), 'T');
    assert.equal(statusAtEnd(Buffer.from('Z\0\0\0\u0005E')), 'E');
    assert.equal(statusAtEnd(Buffer.from('C\0\0\0\u0005I')), undefined);
    assert.equal(statusAtEnd(Buffer.from('I')), undefined);
  });
});

describe('SQL that leaves something in a shared session', () => {
  const refused = [
    'select pg_advisory_lock($1)',
    'SELECT pg_try_advisory_lock_shared (1)',
    'set search_path to ledger',
    'begin; SET statement_timeout = 1',
    'listen changes',
    'create temporary table x (a int)',
  ];
  const passes = [
    'select pg_advisory_xact_lock($1)',
    'set local search_path to ledger',
    'set transaction isolation level serializable',
    'update journal set posted = true',
    'insert into a values (1) on conflict (b) do update set c = 1',
    'create temp table x (a int) on commit drop',
    'create table settings (a int)',
  ];
  for (const sql of refused) it(`is refused: ${sql}`, () => assert.notEqual(refusalOf(sql), undefined));
  for (const sql of passes) it(`is not: ${sql}`, () => assert.equal(refusalOf(sql), undefined));
});
