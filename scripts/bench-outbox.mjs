// How many events per second an outbox keeps and sends, by its store, and how many token calls they cost. The stand-in of
// Cello's API runs in a process of its own. PostgreSQL is the system's, with fsync; SQLite writes with synchronous = FULL.
//
//   npm run bench:outbox -- --events=10000
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCello, createOutbox, memoryStore, newSignup, sqliteStore } from 'cello-companion/server';
import { pgBossStore } from 'cello-companion/server/pg-boss';
import Libsql from 'libsql';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { startCelloApi } from '../stand-ins/cello-api.mjs';
import { findBinaries, startPostgres } from '../test/services/postgres-server.mjs';

const CONCURRENCY = 8;

/** In the child: the stand-in, which tells what it took. */
async function serve() {
  const { url, accessKeyId, secretAccessKey, events, requests } = await startCelloApi();
  process.send({ baseUrl: url, accessKeyId, secretAccessKey });
  process.on('message', () => {
    const tokens = requests.filter(({ path }) => path === '/token').length;
    const ids = new Set(events.map(({ payload }) => payload.newUserId));
    process.send({ events: events.length, users: ids.size, tokens });
  });
  process.on('disconnect', () => process.exit(0));
}

const nextMessage = (child) => new Promise((resolve) => child.once('message', resolve));

async function openPostgres(folder) {
  const server = await startPostgres(folder, { isDurable: true });
  const connectionString = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
  const pool = new pg.Pool({ connectionString, max: 10 });
  const boss = new PgBoss({ connectionString, schedule: false, max: 2 });
  await boss.start();
  const close = async () => {
    await boss.stop({ graceful: false });
    await pool.end();
    await server.stop();
  };
  return { ...pgBossStore({ boss, pool }), close };
}

async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'cello-companion-bench-'));
  const db = new Libsql(join(folder, 'cello.db'));
  const close = () => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...sqliteStore(db), close };
}

/** What work on so many events took: by the clock, and of this process's CPU time, which a busy machine disturbs less. */
async function time(count, work) {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const perSecond = Math.round((count / (performance.now() - startMs)) * 1000);
  return `${perSecond} | ${Math.round((user + system) / count)} µs`;
}

async function addAll(outbox, count) {
  let next = 0;
  const event = (i) => newSignup({ ucc: 'pNRB1aYqArN', user: { id: `user-${i}`, email: `user-${i}@example.com` } });
  const run = async () => {
    while (next < count) await outbox.add(event(next++));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
}

async function measure(name, store, count) {
  const child = fork(new URL(import.meta.url), ['--serve']);
  const cello = createCello(await nextMessage(child));
  const outbox = createOutbox({ store, send: cello.send, concurrency: CONCURRENCY });
  const added = await time(count, () => addAll(outbox, count));
  const sent = await time(count, async () => {
    outbox.start();
    await outbox.stop({ drainMs: 3_600_000 });
  });
  child.send('count');
  const { events, users, tokens } = await nextMessage(child);
  child.disconnect();
  if (events !== count || users !== count) throw new Error(`${name}: ${count} events, Cello has ${events}`);
  console.log(`| ${name} | ${added} | ${sent} | ${tokens} |`);
}

const { values } = parseArgs({
  options: { serve: { type: 'boolean', default: false }, events: { type: 'string', default: '10000' } },
});
if (values.serve) await serve();
else {
  const count = Number(values.events);
  const folder = findBinaries();
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${count} events a store\n`);
  console.log(
    '| store | kept per second | CPU a kept one | sent per second | CPU a sent one | token calls |\n|---|---|---|---|---|---|',
  );
  const stores = [
    ['`memoryStore()`', async () => ({ ...memoryStore(), close() {} })],
    ['`sqliteStore(db)`, libsql', openSqlite],
    ...(folder ? [['`pgBossStore(…)`, PostgreSQL', () => openPostgres(folder)]] : []),
  ];
  for (const [name, open] of stores) {
    const store = await open();
    await measure(name, store, count);
    await store.close();
  }
}
