/**
 * A site that takes sign-ups under load, in a process of its own that a test kills. It prints the id of each user whose
 * events are safe, one a line.
 */
import { createCello, createOutbox, demoCallAttended, newSignup, sqliteStore } from 'cello-companion/server';

const { file, postgres, max = 6, baseUrl, name, users, leaseMs, onAmbiguous } = JSON.parse(process.argv[2] ?? '{}');

/** Hundreds of these processes are started: each loads only what its store needs. */
async function openSqlite() {
  const { default: Database } = await import('libsql');
  return sqliteStore(new Database(file));
}

async function openPostgres() {
  const [{ default: pg }, { PgBoss }, { pgBossStore }] = await Promise.all([
    import('pg'),
    import('pg-boss'),
    import('cello-companion/server/pg-boss'),
  ]);
  const pool = new pg.Pool({ connectionString: postgres, max });
  const boss = new PgBoss({ connectionString: postgres, schedule: false, max: 2 });
  for (const one of [pool, boss]) one.on('error', () => {}); // a connection that a test cut off
  await boss.start();
  return pgBossStore({ boss, pool, leaseMs });
}

const cello = createCello({
  accessKeyId: 'stand-in-access-key',
  secretAccessKey: 'stand-in-secret-key',
  baseUrl,
  timeoutMs: leaseMs / 2,
});
const store = await (file ? openSqlite() : openPostgres());
const outbox = createOutbox({
  store,
  send: cello.send,
  leaseMs,
  onAmbiguous,
  pollMs: 100,
  onParked: () => {},
  onError: () => {},
});
outbox.start();

/** As a site takes them: each with a request of its own, so that the process gets to other things between two of them. */
const waitForRequest = () => new Promise((resolve) => setImmediate(resolve));

/** Takes a sign-up, and the demo of the same user right behind it. */
async function takeUser(id) {
  await waitForRequest();
  const input = { ucc: 'pNRB1aYqArN', user: { id, email: `${id}@example.com` } };
  await outbox.add(newSignup(input));
  await outbox.add(demoCallAttended(input));
  process.stdout.write(`${id}\n`);
}

process.on('message', async () => {
  await outbox.stop();
  process.exit(0);
});

/** Takes all users. Gives back why it ended before the last one; what was not said to be safe by then is not. */
async function takeUsers() {
  try {
    for (let i = 0; i < users; i++) await takeUser(`${name}-${i}`);
    return '';
  } catch (error) {
    return String(error);
  }
}

process.send?.(await takeUsers());
