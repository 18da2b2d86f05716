import { createReferralStore } from 'cello-companion/server';
import { expect } from 'playwright/test';
import { ADA, attribute, claimOf, listMessages, UCC } from '../../services/attributed.js';
import { capture } from '../../services/messages.js';
import { inEachStore, test } from '../../services/stores.js';

const HOUR_MS = 3_600_000;
const KEY = 'new-signup:user-1';

inEachStore('with', () => {
  test('makes one event of a sign-up with a code, however often it is said', async ({ kept }) => {
    const site = attribute(kept.store);
    const at = '2026-11-23T14:14:34.000Z';
    const first = await site.attribution.signup({ user: { ...ADA, organizationId: 7 }, ucc: UCC, at });
    expect(first).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    expect(await site.attribution.signup({ user: ADA, ucc: 'another' })).toEqual({
      state: 'known',
      ucc: UCC,
      key: KEY,
    });
    expect(await site.attribution.signup({ user: ADA })).toEqual({ state: 'known', ucc: UCC, key: KEY });
    expect(site.events).toEqual([
      {
        eventName: 'ReferralUpdated',
        payload: { ucc: UCC, newUserId: 'user-1' },
        context: {
          newUser: { id: 'user-1', email: 'ada@example.com', name: 'Ada', organizationId: '7' },
          event: { trigger: 'new-signup', timestamp: at },
        },
      },
    ]);
    expect(site.errors).toEqual([]);
  });

  test('waits for a claim that comes after the sign-up: the auth provider’s webhook was quicker', async ({ kept }) => {
    const site = attribute(kept.store);
    expect(await site.attribution.signup({ user: ADA })).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(await site.attribution.signup({ user: ADA })).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(site.events).toEqual([]);
    const claim = claimOf('ADA@Example.com', UCC);
    expect(await site.attribution.claim(claim)).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    await site.attribution.claim(claim);
    await site.attribution.run();
    expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'known', ucc: UCC });
    expect(site.keys).toEqual([KEY]);
    expect(site.events[0]?.context.newUser).toEqual(ADA);
  });

  test('finds a claim that came before, days ago', async ({ kept }) => {
    const site = attribute(kept.store);
    expect(await site.attribution.claim(claimOf(ADA.email, UCC))).toMatchObject({ state: 'waiting', ucc: null });
    kept.pass(30 * 24 * HOUR_MS);
    expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'queued', ucc: UCC });
  });

  test('waits for so many hours and no longer', async ({ kept }) => {
    const site = attribute(kept.store, { waitHours: 2 });
    await site.attribution.signup({ user: ADA });
    await site.attribution.signup({ user: { ...ADA, id: 'user-2', email: 'eve@example.com' } });
    expect((await site.attribution.stats()).undecided).toBe(2);
    kept.pass(1.9 * HOUR_MS);
    expect(await site.attribution.claim(claimOf(ADA.email, UCC))).toMatchObject({ state: 'queued' });
    kept.pass(0.2 * HOUR_MS);
    expect(await site.attribution.claim(claimOf('eve@example.com', UCC))).toMatchObject({ state: 'waiting' });
    await site.attribution.run();
    expect(site.keys).toEqual([KEY]);
    expect((await site.attribution.stats()).undecided).toBe(0);
  });

  test('does not wait at all with waitHours: 0', async ({ kept }) => {
    const site = attribute(kept.store, { waitHours: 0 });
    expect(await site.attribution.signup({ user: ADA })).toEqual({ state: 'none', ucc: null, key: KEY });
    await site.attribution.claim(claimOf(ADA.email, UCC));
    expect(site.events).toEqual([]);
    expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'queued', ucc: UCC });
  });

  test('makes the event of a waiting sign-up when it is said again with a code or with metadata', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.signup({ user: ADA, at: '2026-11-23T14:14:34.000Z' });
    const again = await site.attribution.signup({ user: { id: ADA.id }, metadata: { cello_ucc: UCC } });
    expect(again).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    expect(site.events[0]?.context.newUser).toEqual(ADA);
    expect(site.events[0]?.context.event.timestamp).toBe('2026-11-23T14:14:34.000Z');
  });

  test('joins by the id where the page knows it, and not with another person', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.signup({ user: { id: 77, email: null } });
    await site.attribution.claim(claimOf('eve@example.com', UCC, { fields: { userId: '78' } }));
    expect(site.events).toEqual([]);
    await site.attribution.claim(claimOf('', UCC, { fields: { userId: '77' } }));
    expect(site.keys).toEqual(['new-signup:77']);
    expect(site.events[0]?.context.newUser).toEqual({ id: '77' });
  });

  test('takes the site’s word over the request, and everything over a claim', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.claim(claimOf(ADA.email, 'claimed'));
    const from = new URLSearchParams({ ucc: 'form' });
    const sign = (id: string, more: object) => site.attribution.signup({ user: { ...ADA, id }, ...more });
    expect((await sign('a', { ucc: 'given', from })).ucc).toBe('given');
    expect((await sign('b', { from, metadata: { ucc: 'metadata' } })).ucc).toBe('form');
    expect((await sign('c', { metadata: { ucc: 'metadata' } })).ucc).toBe('metadata');
    expect((await sign('d', {})).ucc).toBe('claimed');
    await createReferralStore({ store: kept.store }).save({ key: ADA.email, ucc: 'saved' });
    expect((await sign('e', { from })).ucc).toBe('saved');
  });

  test('counts no claim where several differ, unless the site says yes', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.claim(claimOf(ADA.email, 'genuine'));
    kept.pass(1000);
    await site.attribution.claim(claimOf(ADA.email, 'forged', { at: new Date(Date.now() + 1000).toISOString() }));
    expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'waiting', ucc: null });
    expect(site.events).toEqual([]);
    const asked: unknown[] = [];
    const careful = attribute(kept.store, { approve: (conversion) => asked.push(conversion) > 0 });
    expect(await careful.attribution.signup({ user: ADA })).toMatchObject({ state: 'queued', ucc: 'forged' });
    expect(asked).toEqual([{ user: ADA, ucc: 'forged', evidence: 'claim', conflict: true }]);
  });

  test('makes no event of a claim alone with claims: false, and waits for something better', async ({ kept }) => {
    const site = attribute(kept.store, { claims: false });
    await site.attribution.claim(claimOf(ADA.email, UCC));
    expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'waiting', ucc: null });
    await site.attribution.claim(claimOf(ADA.email, UCC));
    await site.attribution.run();
    expect(site.events).toEqual([]);
    expect(await site.attribution.signup({ user: ADA, metadata: { ucc: UCC } })).toMatchObject({ state: 'queued' });
  });

  test('drops what the site refuses, and asks again when the sign-up is said again', async ({ kept }) => {
    const answers = [false, true];
    const site = attribute(kept.store, { approve: async () => answers.shift() });
    expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'refused', ucc: UCC, key: KEY });
    await site.attribution.claim(claimOf(ADA.email, 'other'));
    await site.attribution.run();
    expect(site.events).toEqual([]);
    expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toMatchObject({ state: 'queued' });
  });

  test('waits where the site’s word cannot be had, keeps the code, and asks again', async ({ kept }) => {
    let isUp = false;
    const approve = () => {
      if (!isUp) throw new Error('the fraud check is down');
      return true;
    };
    const site = attribute(kept.store, { approve, waitHours: 1 });
    expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(listMessages(site)).toEqual(['the fraud check is down']);
    kept.pass(2 * HOUR_MS);
    await site.attribution.run();
    expect(site.events).toEqual([]);
    isUp = true;
    kept.pass(2 * HOUR_MS);
    expect(await site.attribution.run()).toBe(1);
    expect(site.events[0]).toMatchObject({ payload: { ucc: UCC }, context: { newUser: ADA } });
  });

  test('joins a claim and a sign-up that come at the same moment, once', async ({ kept }) => {
    const site = attribute(kept.store);
    for (let i = 0; i < 10; i += 1) {
      const user = { id: `user-${i}`, email: `user-${i}@example.com` };
      const claim = claimOf(user.email, UCC);
      await Promise.all([
        site.attribution.signup({ user }),
        site.attribution.claim(claim),
        site.attribution.signup({ user }),
        site.attribution.claim({ ...claim, id: `${claim.id}-2` }),
      ]);
    }
    expect([...site.keys].sort()).toEqual(Array.from({ length: 10 }, (_, i) => `new-signup:user-${i}`));
  });

  test('finds in a later process what an earlier one kept', async ({ kept }) => {
    await attribute(kept.store).attribution.signup({ user: ADA });
    const later = attribute(kept.store);
    await later.attribution.claim(claimOf(ADA.email, UCC));
    expect(later.keys).toEqual([KEY]);
  });

  test('makes in its next round the event of a claim whose process died before it looked', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.signup({ user: ADA });
    await createReferralStore({ store: kept.store }).save({ key: ADA.email, ucc: UCC });
    kept.pass(25 * HOUR_MS);
    expect(await site.attribution.run()).toBe(1);
    expect(site.keys).toEqual([KEY]);
  });

  test('rewards per organization: one event for all of its people', async ({ kept }) => {
    const site = attribute(kept.store);
    const key = 'new-signup:org-1';
    expect(await site.attribution.signup({ user: ADA, newUserId: 'org-1', ucc: UCC })).toMatchObject({ key });
    const second = await site.attribution.signup({ user: { id: 'user-2' }, newUserId: 'org-1', ucc: 'other' });
    expect(second).toEqual({ state: 'known', ucc: UCC, key });
    expect(site.events[0]?.payload.newUserId).toBe('org-1');
    expect(site.events[0]?.context.newUser.id).toBe('user-1');
  });

  test('keeps no claim of a message that names nobody', async ({ kept }) => {
    const site = attribute(kept.store);
    expect(await site.attribution.claim(capture())).toMatchObject({ state: 'waiting', ucc: null });
    expect(await site.attribution.claim(claimOf('no address', UCC))).toMatchObject({ state: 'waiting' });
  });

  test('erases a person by address or id, in any case of letters', async ({ kept }) => {
    for (const person of [{ email: 'ADA@example.COM' }, { userId: 'USER-1' }, { userId: 'user-1', email: null }]) {
      const site = attribute(kept.store, { waitHours: 24 });
      await site.attribution.signup({ user: ADA });
      await site.attribution.booked({ id: 'bk-1', email: ADA.email, userId: ADA.id });
      await site.attribution.moved({ id: 'bk-2', previousId: 'bk-1' });
      expect(await site.attribution.erase(person)).toBeGreaterThanOrEqual(3);
      expect(await site.attribution.erase(person)).toBe(0);
      await site.attribution.claim(claimOf(ADA.email, UCC));
      await site.attribution.run();
      expect(site.events).toEqual([]);
      await site.attribution.erase({ email: ADA.email });
      expect(await createReferralStore({ store: kept.store }).find(ADA.email)).toBeNull();
    }
  });

  test('erases what was sent to the outbox and waits there', async ({ kept }) => {
    const site = attribute(kept.store);
    await site.attribution.signup({ user: ADA, ucc: UCC });
    expect((await site.attribution.stats()).waiting).toBe(1);
    await site.attribution.erase({ email: ADA.email });
    expect((await site.attribution.stats()).waiting).toBe(0);
  });

  test('prunes what is done, and keeps what waits', async ({ kept }) => {
    const site = attribute(kept.store, { waitHours: 8000 });
    await site.attribution.signup({ user: ADA, ucc: UCC });
    await site.attribution.signup({ user: { id: 'user-2', email: 'eve@example.com' } });
    kept.pass(31 * 24 * HOUR_MS);
    await site.attribution.prune({ olderThanDays: 30 });
    await site.attribution.claim(claimOf('eve@example.com', UCC));
    expect(site.keys).toEqual([KEY, 'new-signup:user-2']);
    await expect(site.attribution.prune({ olderThanDays: 29 })).rejects.toThrow(
      '"olderThanDays" must be a number of days, at least 30',
    );
  });
});
