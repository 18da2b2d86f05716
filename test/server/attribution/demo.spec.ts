import { createReferralStore } from 'cello-companion/server';
import { expect } from 'playwright/test';
import { ADA, attribute, claimOf, listMessages, UCC } from '../../services/attributed.js';
import { inEachStore, test } from '../../services/stores.js';

const HOUR_MS = 3_600_000;
const KEY = 'demo-call-attended:calcom:bk-1';
const in_ = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const BOOKED = { id: 'calcom:bk-1', email: ADA.email, name: ADA.name, ucc: UCC, startsAt: in_(1), endsAt: in_(2) };

inEachStore('with', () => {
  test('makes the one event of a demo when it was attended, and none when it was booked', async ({ kept }) => {
    const site = attribute(kept.store);
    expect(await site.attribution.booked(BOOKED)).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(site.events).toEqual([]);
    const attended = { id: BOOKED.id, at: '2026-11-23T14:14:34.000Z' };
    expect(await site.attribution.attended(attended)).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    expect(await site.attribution.attended(attended)).toEqual({ state: 'known', ucc: UCC, key: KEY });
    expect(await site.attribution.booked(BOOKED)).toEqual({ state: 'known', ucc: UCC, key: KEY });
    expect(site.events).toEqual([
      {
        eventName: 'ReferralUpdated',
        payload: { ucc: UCC, newUserId: 'calcom:bk-1' },
        context: {
          newUser: { id: 'calcom:bk-1', email: ADA.email, name: ADA.name },
          event: { trigger: 'demo-call-attended', timestamp: '2026-11-23T14:14:34.000Z' },
        },
      },
    ]);
  });

  test('keeps the first key and the first code through every move, in whatever order they are told', async ({
    kept,
  }) => {
    const site = attribute(kept.store);
    await site.attribution.moved({
      id: 'calcom:bk-3',
      previousId: 'calcom:bk-2',
      startsAt: in_(30),
      endsAt: in_(31),
    });
    await site.attribution.attended({ id: 'calcom:bk-3' });
    expect(await site.attribution.moved({ id: 'calcom:bk-2', previousId: 'calcom:bk-1' })).toMatchObject({
      key: KEY,
    });
    expect(await site.attribution.booked({ ...BOOKED, userId: 'user-1' })).toEqual({
      state: 'queued',
      ucc: UCC,
      key: KEY,
    });
    for (const id of ['calcom:bk-1', 'calcom:bk-2', 'calcom:bk-3'])
      expect(await site.attribution.attended({ id })).toEqual({ state: 'known', ucc: UCC, key: KEY });
    expect(site.keys).toEqual([KEY]);
    expect(site.events[0]?.payload.newUserId).toBe('user-1');
  });

  test('lets a person’s word outweigh a cancellation and a no-show', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.booked(BOOKED);
    expect(await site.attribution.cancelled({ id: BOOKED.id })).toEqual({ state: 'none', ucc: null, key: KEY });
    expect(await site.attribution.missed({ id: BOOKED.id })).toMatchObject({ state: 'none' });
    expect(await site.attribution.attended({ id: BOOKED.id })).toMatchObject({ state: 'queued', ucc: UCC });
  });

  test('takes for attended what ended so many hours ago, if the site chose that', async ({ kept }) => {
    const site = attribute(kept.store, { assumeAttendedAfterHours: 24 });
    await site.attribution.booked(BOOKED);
    await site.attribution.booked({ ...BOOKED, id: 'cancelled' });
    await site.attribution.booked({ ...BOOKED, id: 'missed' });
    await site.attribution.cancelled({ id: 'cancelled' });
    await site.attribution.missed({ id: 'missed', is: true });
    kept.pass(25.9 * HOUR_MS);
    expect(await site.attribution.run()).toBe(0);
    kept.pass(0.2 * HOUR_MS);
    expect(await site.attribution.run()).toBe(1);
    expect(await site.attribution.run()).toBe(0);
    expect(site.keys).toEqual([KEY]);
    expect(site.events[0]?.context.event.timestamp).toBe(BOOKED.endsAt.toISOString());
    // A no-show that was a mistake is due again, at once when the hours are over.
    expect(await site.attribution.missed({ id: 'missed', is: false })).toMatchObject({ state: 'queued' });
    expect(site.errors).toEqual([]);
  });

  test('counts the hours from the new end of a demo that was moved, with or without a new id', async ({ kept }) => {
    const site = attribute(kept.store, { assumeAttendedAfterHours: 1 });
    await site.attribution.booked(BOOKED);
    await site.attribution.moved({ id: BOOKED.id, startsAt: in_(10), endsAt: in_(11) });
    await site.attribution.booked(BOOKED);
    await site.attribution.booked({ ...BOOKED, id: 'b1' });
    await site.attribution.moved({ id: 'b2', previousId: 'b1', startsAt: in_(20), endsAt: in_(21) });
    kept.pass(11.5 * HOUR_MS);
    expect(await site.attribution.run()).toBe(0);
    kept.pass(0.6 * HOUR_MS);
    expect(await site.attribution.run()).toBe(1);
    kept.pass(10 * HOUR_MS);
    expect(await site.attribution.run()).toBe(1);
    expect(site.keys).toEqual([KEY, 'demo-call-attended:b1']);
  });

  test('tells a no-show that comes after the event was assumed, once, and none against a person’s word', async ({
    kept,
  }) => {
    const site = attribute(kept.store, { assumeAttendedAfterHours: 1 });
    await site.attribution.booked(BOOKED);
    await site.attribution.booked({ ...BOOKED, id: 'said' });
    await site.attribution.attended({ id: 'said' });
    kept.pass(4 * HOUR_MS);
    await site.attribution.run();
    await site.attribution.missed({ id: BOOKED.id, is: true });
    await site.attribution.missed({ id: BOOKED.id, is: true });
    await site.attribution.missed({ id: 'said', is: true });
    expect(listMessages(site)).toEqual([
      `[cello-companion] a demo was taken for attended and told to Cello, and is a no-show now: ${KEY}`,
    ]);
  });

  test('knows a booking’s claim by the tool’s word and id, next by the address; the booking’s own code beats both', async ({
    kept,
  }) => {
    const site = attribute(kept.store);
    const { ucc: _, ...bare } = BOOKED;
    await site.attribution.claim(claimOf(ADA.email, 'by-address'));
    await site.attribution.claim(claimOf('', 'by-ref', { via: 'calcom', ref: 'bk-1', kind: 'demo', fields: {} }));
    const own = { ...BOOKED, id: 'calcom:own' };
    await site.attribution.claim(claimOf('', 'by-ref', { via: 'calcom', ref: 'own', kind: 'demo', fields: {} }));
    for (const booking of [bare, { ...bare, id: 'calcom:other' }, own]) {
      await site.attribution.booked(booking);
      await site.attribution.attended({ id: booking.id });
    }
    expect(site.events.map(({ payload }) => payload.ucc)).toEqual(['by-ref', 'by-address', UCC]);
  });

  test('waits for the claim of a demo that was attended without a code', async ({ kept }) => {
    const site = attribute(kept.store, { waitHours: 2 });
    const { ucc: _, ...bare } = BOOKED;
    await site.attribution.booked(bare);
    await site.attribution.booked({ ...bare, id: 'late', email: 'eve@example.com' });
    expect(await site.attribution.attended({ id: bare.id })).toEqual({ state: 'waiting', ucc: null, key: KEY });
    await site.attribution.attended({ id: 'late' });
    expect(
      await site.attribution.claim(claimOf('', UCC, { via: 'calcom', ref: 'bk-1', kind: 'demo', fields: {} })),
    ).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    kept.pass(3 * HOUR_MS);
    await site.attribution.run();
    await site.attribution.claim(claimOf('eve@example.com', UCC));
    expect(site.keys).toEqual([KEY]);
    // A person who says it again begins the wait anew.
    expect(await site.attribution.attended({ id: 'late', email: 'eve@example.com' })).toMatchObject({
      state: 'queued',
    });
  });

  test('finds the demo of a person by address or user: the last that has begun', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.booked({ ...BOOKED, id: 'past', startsAt: in_(-50), endsAt: in_(-49) });
    await site.attribution.booked({ ...BOOKED, id: 'now', startsAt: in_(-1), endsAt: in_(0) });
    await site.attribution.booked({ ...BOOKED, id: 'next', startsAt: in_(50), endsAt: in_(51) });
    const key = 'demo-call-attended:now';
    expect(await site.attribution.attended({ email: 'ADA@example.com' })).toMatchObject({ state: 'queued', key });
    expect(await site.attribution.attended({ user: ADA })).toMatchObject({ state: 'known', key });
  });

  test('makes the event of a person who attended without a booking, by the claim of a form', async ({ kept }) => {
    const site = attribute(kept.store);
    expect(await site.attribution.attended({ email: ADA.email, user: { id: 42 } })).toMatchObject({
      state: 'waiting',
    });
    await site.attribution.claim(claimOf(ADA.email, UCC, { via: 'typeform', ref: 'r1' }));
    await site.attribution.attended({ email: ADA.email, user: { id: 42 } });
    expect(site.events.map(({ payload }) => payload)).toEqual([{ ucc: UCC, newUserId: '42' }]);
    expect(await site.attribution.attended({ id: 'relay:9', ucc: 'given' })).toMatchObject({
      state: 'queued',
      ucc: 'given',
    });
  });

  test('finds the booking that is told after somebody said that its guest came', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.attended({ email: ADA.email });
    expect(await site.attribution.booked(BOOKED)).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    expect(await site.attribution.attended({ email: ADA.email })).toMatchObject({ state: 'known', key: KEY });
  });

  test('asks the site with the evidence, and finds what the site saved for a booking', async ({ kept }) => {
    const asked: object[] = [];
    const site = attribute(kept.store, { approve: (conversion) => asked.push(conversion) > 0 });
    await site.attribution.booked(BOOKED);
    await site.attribution.attended({ id: BOOKED.id });
    await createReferralStore({ store: kept.store }).save({ key: 'saved', ucc: 'saved-code', kind: 'demo' });
    await site.attribution.booked({ ...BOOKED, id: 'saved' });
    await site.attribution.attended({ id: 'saved' });
    await site.attribution.booked({
      ...BOOKED,
      id: 'form',
      ucc: null,
      from: new URLSearchParams({ ucc: 'in-form' }),
    });
    await site.attribution.attended({ id: 'form' });
    expect(asked).toMatchObject([
      { user: { id: 'calcom:bk-1', email: ADA.email }, ucc: UCC, evidence: 'booking', conflict: false },
      { ucc: 'saved-code', evidence: 'given' },
      { ucc: 'in-form', evidence: 'form' },
    ]);
  });

  test('drops a demo that the site refuses', async ({ kept }) => {
    const site = attribute(kept.store, { approve: () => false });
    await site.attribution.booked(BOOKED);
    expect(await site.attribution.attended({ id: BOOKED.id })).toEqual({ state: 'refused', ucc: UCC, key: KEY });
    await site.attribution.run();
    expect(site.events).toEqual([]);
  });
});
