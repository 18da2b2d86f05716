/**
 * Kills a process that takes sign-ups, at random moments, and counts what Cello got. 8 kills a store; `CRASH_KILLS`
 * says how many else.
 */
import { sqliteStore } from 'cello-companion/server';
import Database from 'libsql';
import { expect } from 'playwright/test';
import { type CelloApi, withCelloApi } from '../../services/people.js';
import { hasServer, openStore, test } from '../../services/postgres.js';
import { CONCURRENCY, finish, LEASE_MS, noteCounts, type Place, type Run, start, tally } from '../../services/sites.js';

const KILLS = Number(process.env['CRASH_KILLS'] ?? 8);

/** A process is killed at its n-th user or event at the latest. */
const TARGET_MAX = 30;

/** How many users a process takes: more than it lives to see, and not so many that the last one sends for minutes. */
const USERS = 2 * TARGET_MAX;

/** Kills at the n-th user that is safe, or at the n-th event that Cello took: both are moments of its work, not of the clock. */
async function killAtRandom(run: Run, api: CelloApi, safe: Set<string>): Promise<void> {
  const isByEvent = Math.random() < 0.5;
  const target = 1 + Math.floor(Math.random() * TARGET_MAX);
  const before = api.events.length;
  await new Promise<void>((resolve) => {
    let users = 0;
    run.onUser((id) => {
      safe.add(id);
      users += 1;
      if (!isByEvent && users >= target) resolve();
    });
    if (!isByEvent) return;
    const stop = api.onEvent(() => {
      if (api.events.length - before < target) return;
      stop();
      resolve();
    });
  });
  await run.kill('SIGKILL');
}

/** Kills so many processes one after the other, then lets a last one send what is left. */
async function crash(place: Place, api: CelloApi, onAmbiguous: string, kills: number): Promise<Set<string>> {
  const safe = new Set<string>();
  for (let i = 0; i < kills; i++) {
    const run = start(place, api, `run${i}`, USERS, onAmbiguous);
    await killAtRandom(run, api, safe);
  }
  return safe;
}

const STORES: readonly string[] = hasServer ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

for (const name of STORES) {
  const tag = name === 'PostgreSQL' ? ['@long', '@node22'] : ['@long'];
  const open = async (createUrl: () => Promise<string>) => {
    if (name === 'PostgreSQL') {
      const postgres = await createUrl();
      return { place: { postgres }, store: await openStore(postgres, LEASE_MS) };
    }
    const file = test.info().outputPath('cello.db');
    const db = new Database(file);
    return { place: { file }, store: { ...sqliteStore(db), close: async () => void db.close() } };
  };

  test(`over ${name}, Cello gets every sign-up that was safe, however often the process is killed`, {
    tag,
  }, async ({ postgres }) => {
    test.setTimeout(120_000 + KILLS * 10_000);
    await withCelloApi(async (api) => {
      const { place, store } = await open(postgres.createUrl);
      const safe = await crash(place, api, 'repeat', KILLS);
      await finish(place, api, store, 'repeat');
      const { lost, twice, disordered } = tally(api.events, safe);
      const { parked, held } = await store.events.count();
      noteCounts(`killed over ${name}`, { kills: KILLS, users: safe.size, lost, twice, parked, held });
      expect(lost).toEqual([]);
      expect(disordered).toEqual([]);
      // What v1 cannot close: an event that was on its way when the process died. There are at most so many of a process.
      expect(twice.length).toBeLessThanOrEqual(KILLS * CONCURRENCY);
      expect(api.events.length).toBeLessThanOrEqual(
        new Set(api.events.map((event) => JSON.stringify(event))).size + KILLS * CONCURRENCY,
      );
      await store.close();
    });
  });

  test(`over ${name}, nothing is sent twice where the site parks what is ambiguous`, { tag }, async ({ postgres }) => {
    const kills = Math.ceil(KILLS / 4);
    test.setTimeout(120_000 + kills * 10_000);
    await withCelloApi(async (api) => {
      const { place, store } = await open(postgres.createUrl);
      const safe = await crash(place, api, 'park', kills);
      await finish(place, api, store, 'park');
      const { lost, twice, disordered } = tally(api.events, safe);
      const parked = await store.events.listParked(1000);
      const { held } = await store.events.count();
      noteCounts(`killed over ${name}, parking`, { kills, users: safe.size, lost, twice, parked: parked.length, held });
      expect(twice).toEqual([]);
      expect(disordered).toEqual([]);
      expect(parked.every(({ isAmbiguous }) => isAmbiguous)).toBe(true);
      expect(lost.length).toBeLessThanOrEqual(parked.length + held);
      await store.close();
    });
  });
}
