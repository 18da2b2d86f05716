/**
 * Several processes on one PostgreSQL, each adding users and sending whatever is due.
 */
import { expect } from 'playwright/test';
import { type CelloApi, withCelloApi } from '../../services/people.js';
import { hasServer, openStore, test } from '../../services/postgres.js';
import { createWire } from '../../services/postgres-wire.js';
import { CONCURRENCY, finish, LEASE_MS, noteCounts, type Run, start, tally } from '../../services/sites.js';

const USERS = 20;

const waitForEvents = (api: CelloApi, count: number) =>
  expect.poll(() => api.events.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);

const noteUsers = (runs: readonly Run[]): Set<string> => {
  const safe = new Set<string>();
  for (const run of runs) run.onUser((id) => safe.add(id));
  return safe;
};

if (hasServer) {
  test('three workers on one PostgreSQL send each event exactly once, in the order of its user', {
    tag: ['@long', '@node22'],
  }, async ({ postgres }) => {
    test.setTimeout(120_000);
    await withCelloApi(async (api) => {
      const url = await postgres.createUrl();
      const store = await openStore(url, LEASE_MS);
      const runs = ['a', 'b', 'c'].map((name) => start({ postgres: url }, api, name, USERS, 'repeat'));
      const safe = noteUsers(runs);
      expect(await Promise.all(runs.map(({ failure }) => failure))).toEqual(['', '', '']);
      await waitForEvents(api, 6 * USERS);
      await Promise.all(runs.map((run) => run.finish()));
      expect(safe.size).toBe(3 * USERS);
      const { lost, twice, disordered } = tally(api.events, safe);
      noteCounts('three workers', { kills: 0, users: safe.size, lost, twice, parked: 0, held: 0 });
      expect([lost, twice, disordered]).toEqual([[], [], []]);
      expect(await store.events.count()).toMatchObject({ sent: 6 * USERS, waiting: 0, sending: 0 });
      await store.close();
    });
  });

  for (const onAmbiguous of ['repeat', 'park'] as const)
    test(`of three workers one is killed and one cut off from PostgreSQL: nothing is lost (${onAmbiguous})`, {
      tag: ['@long', '@node22'],
    }, async ({ postgres }) => {
      test.setTimeout(180_000);
      await withCelloApi(async (api) => {
        const url = await postgres.createUrl();
        const store = await openStore(url, LEASE_MS);
        const wire = await createWire(Number(new URL(url).port));
        const far = new URL(url);
        far.port = String(wire.port);
        const killed = start({ postgres: url }, api, 'killed', 1000, onAmbiguous);
        const cutOff = start({ postgres: far.href }, api, 'cutoff', 1000, onAmbiguous);
        const healthy = start({ postgres: url }, api, 'healthy', USERS, onAmbiguous);
        const safe = noteUsers([killed, cutOff, healthy]);
        await waitForEvents(api, 20);
        await killed.kill('SIGKILL');
        await waitForEvents(api, 40);
        wire.cut();
        expect(await cutOff.failure).not.toBe(''); // it saw that nothing is safe any more
        expect(await healthy.failure).toBe('');
        await finish({ postgres: url }, api, store, onAmbiguous);
        await healthy.finish();
        await cutOff.kill('SIGKILL');
        wire.close();
        const { lost, twice, disordered } = tally(api.events, safe);
        const parked = await store.events.listParked(1000);
        const { held } = await store.events.count();
        const title = `three workers, one killed, one cut off${onAmbiguous === 'park' ? ', parking' : ''}`;
        noteCounts(title, { kills: 1, users: safe.size, lost, twice, parked: parked.length, held });
        expect(disordered).toEqual([]);
        expect(twice.length).toBeLessThanOrEqual(onAmbiguous === 'park' ? 0 : 2 * CONCURRENCY);
        expect(parked.every(({ isAmbiguous }) => isAmbiguous)).toBe(true);
        expect(lost.length).toBeLessThanOrEqual(parked.length + held);
        await store.close();
      });
    });
}
