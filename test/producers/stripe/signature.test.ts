/** Attacks on the signature of Stripe's webhooks; scenario 6. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { authentic } from '../../../producers/stripe/source-signature.ts';
import { isFailure } from '../../../runtime/failure.ts';

const now = 1_790_000_000_000;
const seconds = now / 1000;
const body = Buffer.from('{"id":"evt_1","note":"✓"}');
const sign = (secret: string, time: number | string = seconds, bytes = body): string =>
  createHmac('sha256', secret).update(`${time}.`).update(bytes).digest('hex');
const header = (secret = 'whsec_1', time: number | string = seconds): string => `t=${time},v1=${sign(secret, time)}`;

const verdict = (
  given: string | undefined,
  secrets: readonly string[] = ['whsec_1'],
  bytes: Uint8Array = body,
  at = now,
): string => {
  try {
    authentic(given, bytes, secrets, at, 'stripe');
    return 'accepted';
  } catch (error) {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.kind, 'poison');
    assert.doesNotMatch(error.message, /whsec/);
    return error.code;
  }
};
const mismatch = 'SIGNATURE_MISMATCH';

describe("Stripe's signature", () => {
  it('is the published one for the published body and secret', () => {
    const published = Buffer.from(
      '{\n  "id": "evt_test_webhook",\n  "object": "event",\n  "data": { "object": { "id": "rdr_123", "object": "terminal.reader" } }\n}',
    );
    const signature = 't=1700000000,v1=3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd';
    assert.equal(verdict(signature, ['whsec_test_secret'], published, 1_700_000_000_000), 'accepted');
  });
  it('is accepted for any active secret, and for any of several v1 while a secret is rolled', () => {
    assert.equal(verdict(header('whsec_2'), ['whsec_1', 'whsec_2']), 'accepted');
    assert.equal(verdict(`t=${seconds},v1=${sign('whsec_old')},v1=${sign('whsec_1')},v0=${sign('whsec_1')}`), 'accepted');
    assert.equal(verdict(header('whsec_3'), ['whsec_1', 'whsec_2']), mismatch);
  });
  it('holds for 300 s in both directions, and not one more', () => {
    for (const [offset, expected] of [
      [300, 'accepted'],
      [-300, 'accepted'],
      [301, 'SIGNATURE_STALE'],
      [-301, 'SIGNATURE_STALE'],
    ] as const)
      assert.equal(verdict(header('whsec_1', seconds + offset)), expected, String(offset));
  });
  it('is stale only when it is right: a wrong one says nothing of the time', () => {
    assert.equal(verdict(header('whsec_2', seconds + 9999)), mismatch);
  });
  it('covers the bytes, not what they mean', () => {
    assert.equal(verdict(header(), ['whsec_1'], Buffer.from('{"id":"evt_1", "note":"✓"}')), mismatch);
    assert.equal(
      verdict(`t=${seconds},v1=${sign('whsec_1', seconds, Buffer.from('🙂'))}`, ['whsec_1'], Buffer.from('🙂')),
      'accepted',
    );
  });
  it('never accepts v0, or the signature in another place', () => {
    assert.equal(verdict(`t=${seconds},v0=${sign('whsec_1')}`), mismatch);
    assert.equal(verdict(`t=${seconds},v2=${sign('whsec_1')},V1=${sign('whsec_1')}`), mismatch);
    assert.equal(verdict(sign('whsec_1')), mismatch);
  });
  it('refuses every time that is not a plain number of seconds, even when it was signed so', () => {
    for (const time of [
      'NaN',
      '-1',
      `-${seconds}`,
      '1e20',
      '1e9',
      '',
      ' ',
      '0x10',
      `${seconds}.0`,
      ` ${seconds}`,
      'Infinity',
      '9'.repeat(400),
    ])
      assert.equal(verdict(header('whsec_1', time)), mismatch, time);
  });
  it('refuses two times: one would be checked and the other signed', () => {
    assert.equal(verdict(`t=${seconds},${header('whsec_1', 1)}`), mismatch);
    assert.equal(verdict(`${header('whsec_1', 1)},t=${seconds}`), mismatch);
  });
  it('refuses no header, an empty one, and one without any signature', () => {
    for (const given of [undefined, '', ',', '=', 't=', `t=${seconds}`, `t=${seconds},v1=`, `v1=${sign('whsec_1', '')}`])
      assert.equal(verdict(given), mismatch, String(given));
  });
  it('refuses a signature that is cut, too long, or not hex in lower case', () => {
    const right = sign('whsec_1');
    for (const wrong of [right.slice(2), `${right}00`, right.toUpperCase(), `${right.slice(0, 63)}g`, ` ${right}`])
      assert.equal(verdict(`t=${seconds},v1=${wrong}`), mismatch, wrong);
  });
  it('refuses a header of 10 kB and one of 500 signatures, though the right one is among them', () => {
    const many = Array.from({ length: 500 }, (_, n) => `v1=${sign(`whsec_x${n}`)}`).join(',');
    assert.equal(verdict(`${header()},${many}`), mismatch);
    assert.equal(verdict(`${header()},x=${'a'.repeat(10_000)}`), mismatch);
    const nine = Array.from({ length: 8 }, () => `v1=${sign('whsec_x')}`).join(',');
    assert.equal(verdict(`${header()},${nine}`), mismatch);
  });
  it('is refused when no secret is active', () => {
    assert.equal(verdict(header(), []), mismatch);
    assert.equal(verdict(`t=${seconds},v1=${'0'.repeat(64)}`), mismatch);
  });
  it('costs the same work for 500 signatures as for one', () => {
    const timed = (given: string): number => {
      const start = process.cpuUsage().user;
      for (let run = 0; run < 300; run += 1) verdict(given);
      return process.cpuUsage().user - start;
    };
    const many = `t=${seconds},${Array.from({ length: 500 }, () => `v1=${sign('whsec_x')}`).join(',')}`;
    timed(header('whsec_2'));
    const [one, all] = [timed(header('whsec_2')), timed(many)];
    assert.ok(all < one * 5 + 20_000, `one signature ${one} µs, 500 signatures ${all} µs`);
  });
});
