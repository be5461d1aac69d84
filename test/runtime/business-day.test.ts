import assert from 'node:assert/strict';
import fc from 'fast-check';
import { businessDay, dayAfter, isDay, isTimeZone } from '../../runtime/business-day.ts';

const at = (time: string): number => Date.parse(time);
const day = (time: string, zone = 'Europe/Amsterdam'): string => businessDay(at(time), zone);

describe('business day', () => {
  it('ends at midnight of the zone, not of UTC', () => {
    assert.equal(day('2026-10-04T21:59:59.999Z'), '2026-10-04');
    assert.equal(day('2026-10-04T22:00:00Z'), '2026-10-05');
    assert.equal(day('2026-12-31T23:00:00Z'), '2027-01-01');
    assert.equal(day('2026-12-31T22:59:59.999Z'), '2026-12-31');
    assert.equal(day('2026-01-01T04:59:59Z', 'America/New_York'), '2025-12-31');
  });
  it('keeps both midnights when the clocks go back: 25 hours are one day', () => {
    assert.equal(day('2026-10-24T21:59:59.999Z'), '2026-10-24');
    assert.equal(day('2026-10-24T22:00:00Z'), '2026-10-25');
    assert.equal(day('2026-10-25T22:59:59.999Z'), '2026-10-25');
    assert.equal(day('2026-10-25T23:00:00Z'), '2026-10-26');
  });
  it('is 23 hours when the clocks go forward', () => {
    assert.equal(day('2026-03-28T23:00:00Z'), '2026-03-29');
    assert.equal(day('2026-03-29T21:59:59.999Z'), '2026-03-29');
    assert.equal(day('2026-03-29T22:00:00Z'), '2026-03-30');
  });
  it('begins at one where midnight does not exist', () => {
    assert.equal(day('2024-04-25T21:59:59.999Z', 'Africa/Cairo'), '2024-04-25');
    assert.equal(day('2024-04-25T22:00:00Z', 'Africa/Cairo'), '2024-04-26');
  });
  it('knows a day that a zone left out', () => {
    assert.equal(day('2011-12-30T09:59:59Z', 'Pacific/Apia'), '2011-12-29');
    assert.equal(day('2011-12-30T10:00:00Z', 'Pacific/Apia'), '2011-12-31');
  });
  it('has a 29 February in leap years only', () => {
    assert.equal(day('2028-02-29T12:00:00Z'), '2028-02-29');
    assert.equal(dayAfter('2028-02-28'), '2028-02-29');
    assert.equal(dayAfter('2026-02-28'), '2026-03-01');
    assert.equal(dayAfter('2026-12-31'), '2027-01-01');
  });
  it('never goes back as time goes on, and each day is followed by the next', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }),
        fc.constantFrom('Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'),
        (time, zone) => {
          const today = businessDay(time, zone);
          assert.ok(isDay(today));
          assert.ok(businessDay(time + 1, zone) >= today);
          assert.ok([today, dayAfter(today)].includes(businessDay(time + 22 * 3_600_000, zone)));
        },
      ),
    ));
});

describe('days and zones as the company files may name them', () => {
  it('takes days that exist', () => {
    assert.ok(isDay('2026-09-30'));
    for (const wrong of ['2026-02-30', '2026-13-01', '2026-9-30', '30.09.2026', '', '2026-09-30T00:00:00Z'])
      assert.ok(!isDay(wrong), wrong);
  });
  it('takes names of zones, not offsets', () => {
    for (const right of ['Europe/Amsterdam', 'UTC', 'America/Argentina/Buenos_Aires']) assert.ok(isTimeZone(right), right);
    for (const wrong of ['Europe/Amsterdm', '+02:00', '', 'Mars']) assert.ok(!isTimeZone(wrong), wrong);
  });
});
