/**
 * Three sites on one PostgreSQL that ends under them, again and again, or for good, and a hot standby takes its place.
 * `PROVE_RESTARTS` says how often.
 */
import pg from 'pg';
import { expect } from 'playwright/test';
import { type CelloApi, withCelloApi } from '../../services/people.js';
import { openStore, test } from '../../services/postgres.js';
import { findBinaries, type Server, startPostgres, startStandby } from '../../services/postgres-server.mjs';
import { createWire } from '../../services/postgres-wire.js';
import { CONCURRENCY, finish, LEASE_MS, noteCounts, type Run, start, tally } from '../../services/sites.js';

const RESTARTS = Number(process.env['PROVE_RESTARTS'] ?? 4);
const SITES = ['a', 'b', 'c'] as const;
const ON_PG_BOSS = { tag: ['@everything', '@node22'] };

const binaries = findBinaries();

const addressOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;

async function run(port: number, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(addressOf(port));
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** From here on a commit is confirmed when the standby has it too. */
const waitForStandby = async (primary: Server): Promise<void> => {
  await run(primary.port, "ALTER SYSTEM SET synchronous_standby_names = '*'", 'SELECT pg_reload_conf()');
  const client = new pg.Client(addressOf(primary.port));
  await client.connect();
  const readState = async () => (await client.query('SELECT sync_state FROM pg_stat_replication')).rows[0]?.sync_state;
  await expect.poll(readState, { timeout: 30_000 }).toBe('sync');
  await client.end();
};

/** How long an outcome may be on its way to the disk, when the outbox does not wait for it: three times `wal_writer_delay`. */
const UNSYNCED_MS = 1000;

/** Notes what may be sent twice: what was in hand, and what had been sent so recently that its outcome was not on the disk. */
function watchEvents(api: CelloApi) {
  const timesMs: number[] = [];
  const stop = api.onEvent(() => void timesMs.push(performance.now()));
  let allowed = 0;
  return {
    stop,
    blow() {
      const nowMs = performance.now();
      allowed += SITES.length * CONCURRENCY + timesMs.filter((ms) => ms > nowMs - UNSYNCED_MS).length;
    },
    countAllowed: () => allowed,
  };
}

const waitForMore = async (api: CelloApi, more: number) => {
  const target = api.events.length + more;
  await expect.poll(() => api.events.length, { timeout: 90_000, intervals: [10] }).toBeGreaterThanOrEqual(target);
};

if (binaries)
  for (const [title, max, onAmbiguous, isFailover] of [
    ['restarts', 6, 'repeat', false],
    ['restarts, pools of one', 1, 'repeat', false],
    ['restarts, parking', 6, 'park', false],
    ['failover', 6, 'repeat', true],
    ['failover, pools of one', 1, 'repeat', true],
    ['failover, parking', 6, 'park', true],
  ] as const)
    test(
      `three sites go on through PostgreSQL’s ${title}, and no sign-up that was safe is lost`,
      ON_PG_BOSS,
      async () => {
        test.setTimeout(300_000 + RESTARTS * 30_000);
        await withCelloApi(async (api) => {
          const primary = await startPostgres(binaries);
          const standby = isFailover ? await startStandby(binaries, primary) : null;
          if (standby) await waitForStandby(primary);
          const wire = await createWire(primary.port);
          const place = { postgres: addressOf(wire.port), max };
          const store = await openStore(place.postgres, LEASE_MS);
          await store.events.count();
          const watch = watchEvents(api);
          const safe = new Set<string>();
          const runs: Run[] = SITES.map((name) => start(place, api, name, 5000, onAmbiguous));
          for (const one of runs) one.onUser((id) => safe.add(id));

          const blows = standby ? 1 : RESTARTS;
          for (let i = 0; i < blows; i++) {
            await waitForMore(api, 40);
            watch.blow();
            if (!standby) await (i % 2 ? primary.restart() : primary.crash());
            else {
              wire.cut();
              await primary.die();
              await run(standby.port, 'SELECT pg_promote()');
              wire.leadTo(standby.port);
            }
          }
          await waitForMore(api, 40);
          for (const one of runs) await one.kill('SIGTERM');
          watch.blow();
          await finish(place, api, store, onAmbiguous);
          watch.stop();

          const { lost, twice, disordered } = tally(api.events, safe);
          const parked = await store.events.listParked(1000);
          const { held } = await store.events.count();
          const counts = { kills: blows, users: safe.size, lost, twice, parked: parked.length, held };
          noteCounts(`PostgreSQL’s ${title}`, counts);
          expect(disordered).toEqual([]);
          expect(twice.length).toBeLessThanOrEqual(onAmbiguous === 'park' ? 0 : watch.countAllowed());
          expect(parked.every(({ isAmbiguous }) => isAmbiguous)).toBe(true);
          expect(lost.length).toBeLessThanOrEqual(parked.length + held);
          await store.close();
          wire.close();
          await primary.stop();
          await standby?.stop();
        });
      },
    );
