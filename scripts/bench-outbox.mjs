// How many events per second an outbox keeps and sends, by its store, and how many token calls they cost. The rounds go in turn. The
// stand-in of Cello's API runs in a process of its own. PostgreSQL is the system's, with fsync; SQLite writes with synchronous = FULL.
//
//   npm run bench:outbox -- --rounds=9 --events=1000
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
  return { perSecond: (count / (performance.now() - startMs)) * 1000, cpuMicros: (user + system) / count };
}

/** Each event has a user of its own. */
async function addAll(outbox, from, count) {
  let next = from;
  const event = (i) => newSignup({ ucc: 'pNRB1aYqArN', user: { id: `user-${i}`, email: `user-${i}@example.com` } });
  const run = async () => {
    while (next < from + count) await outbox.add(event(next++));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
}

async function open(name, store) {
  const child = fork(new URL(import.meta.url), ['--serve']);
  const cello = createCello(await nextMessage(child));
  return {
    name,
    store,
    child,
    outbox: createOutbox({ store, send: cello.send, concurrency: CONCURRENCY }),
    rounds: [],
  };
}

async function measure({ outbox, rounds }, count) {
  const kept = await time(count, () => addAll(outbox, rounds.length * count, count));
  const sent = await time(count, async () => {
    outbox.start();
    await outbox.stop({ drainMs: 3_600_000 });
  });
  rounds.push({ kept, sent });
}

/** Ends one, and says how many token calls it took. */
async function close({ name, store, child, rounds }, count) {
  child.send('count');
  const { events, users, tokens } = await nextMessage(child);
  child.disconnect();
  await store.close();
  const all = rounds.length * count;
  if (events !== all || users !== all) throw new Error(`${name}: ${all} events, Cello has ${events}`);
  return tokens;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The median of the rounds, each beside the same round over `memoryStore()`: what else the machine does falls on both. */
const beside = (contender, memory) =>
  median(contender.rounds.map(({ sent }, round) => sent.perSecond / memory.rounds[round].sent.perSecond));

function printRow({ name, rounds }, ratio, tokens) {
  const [kept, sent] = ['kept', 'sent'].map((what) => {
    const of = (unit) => Math.round(median(rounds.map((round) => round[what][unit]))).toLocaleString('en');
    return `${of('perSecond')} | ${of('cpuMicros')} µs`;
  });
  console.log(`| ${name} | ${kept} | ${sent} | ${ratio.toFixed(2)} | ${tokens} |`);
}

/** The stores, and what each must send beside `memoryStore()`. */
const listStores = (folder) => [
  ['`memoryStore()`', async () => ({ ...memoryStore(), close() {} }), 1],
  ['`sqliteStore(db)`, libsql', openSqlite, 0.7],
  ...(folder ? [['`pgBossStore(…)`, PostgreSQL', () => openPostgres(folder), 0.4]] : []),
];

async function compare(count, rounds) {
  const stores = listStores(findBinaries());
  const contenders = [];
  for (const [name, openStore] of stores) contenders.push(await open(name, await openStore()));
  for (let round = 0; round < rounds; round++)
    for (const one of round % 2 ? contenders.toReversed() : contenders) await measure(one, count);
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${rounds} rounds of ${count} events a store\n`,
  );
  console.log(
    '| store | kept per second | CPU a kept one | sent per second | CPU a sent one | sent beside `memoryStore()` | token calls |\n|---|---|---|---|---|---|---|',
  );
  const ratios = contenders.map((one) => beside(one, contenders[0]));
  for (const [place, one] of contenders.entries()) printRow(one, ratios[place], await close(one, count));
  console.log('');
  for (const [place, [name, , goal]] of stores.entries()) {
    console.log(`${name}: ${ratios[place].toFixed(2)} of memoryStore(), the goal is ${goal}`);
    if (ratios[place] < goal) process.exitCode = 1;
  }
}

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    events: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '9' },
  },
});
if (values.serve) await serve();
else await compare(Number(values.events), Number(values.rounds));
