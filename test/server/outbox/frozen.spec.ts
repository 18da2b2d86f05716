/**
 * Processes that are stopped while they take sign-ups and send, as serverless platforms stop functions, and thawed when all
 * is over: others send what they held. `PROVE_FREEZES` says how many.
 */
import { sqliteStore } from 'cello-companion/server';
import Database from 'libsql';
import { expect } from 'playwright/test';
import { type CelloApi, withCelloApi } from '../../services/people.js';
import { hasServer, openStore, test } from '../../services/postgres.js';
import { CONCURRENCY, finish, LEASE_MS, noteCounts, type Place, type Run, start, tally } from '../../services/sites.js';

const FREEZES = Number(process.env['PROVE_FREEZES'] ?? 4);
const USERS = 60;

/** Whether another process can write: one that was stopped in the middle of a write of its own keeps SQLite's lock. */
function isUnlocked(file: string | undefined): boolean {
  if (!file) return true;
  const db = new Database(file);
  try {
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return true;
  } catch {
    return false;
  } finally {
    db.close();
  }
}

/** Stops a process at the n-th event that it sends at the latest, and never while it holds the file. */
async function freezeAtRandom(run: Run, api: CelloApi, file: string | undefined): Promise<void> {
  const target = api.events.length + 1 + Math.floor(Math.random() * 20);
  await expect.poll(() => api.events.length, { timeout: 60_000, intervals: [5] }).toBeGreaterThanOrEqual(target);
  for (run.freeze(); !isUnlocked(file); run.freeze()) {
    run.thaw();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

for (const name of hasServer ? ['SQLite', 'PostgreSQL'] : ['SQLite'])
  test(`over ${name}, what frozen processes hold is sent by others, and thawing them changes nothing`, {
    tag: name === 'PostgreSQL' ? ['@everything', '@node22'] : ['@everything'],
  }, async ({ postgres }) => {
    test.setTimeout(180_000 + FREEZES * 10_000);
    await withCelloApi(async (api) => {
      const file = test.info().outputPath('cello.db');
      const place: Place = name === 'SQLite' ? { file } : { postgres: await postgres.createUrl() };
      const openFile = () => {
        const db = new Database(file);
        return { ...sqliteStore(db), close: async () => void db.close() };
      };
      const store = place.postgres ? await openStore(place.postgres, LEASE_MS) : openFile();
      const safe = new Set<string>();
      const runs: Run[] = [];
      for (let i = 0; i < FREEZES; i++) {
        const run = start(place, api, `run${i}`, USERS, 'repeat');
        run.onUser((id) => safe.add(id));
        runs.push(run);
        await freezeAtRandom(run, api, place.file);
      }
      await finish(place, api, store, 'repeat');
      const { lost } = tally(api.events, safe);
      expect(lost).toEqual([]);
      for (const run of runs) run.thaw();
      await Promise.all(runs.map(({ failure }) => failure)); // they take the rest of their users
      await finish(place, api, store, 'repeat');
      for (const run of runs) await run.kill('SIGKILL');
      const after = tally(api.events, safe);
      const { parked, held } = await store.events.count();
      const counts = { kills: FREEZES, users: safe.size, parked, held, lost: after.lost, twice: after.twice };
      noteCounts(`frozen over ${name}`, counts);
      expect([after.lost, after.disordered]).toEqual([[], []]);
      expect(after.twice.length).toBeLessThanOrEqual(FREEZES * CONCURRENCY);
      await store.close();
    });
  });
