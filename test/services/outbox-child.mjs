/**
 * A site with its own users' table and an outbox on the same SQLite file, in a process of its own. What it does is its
 * second argument; it says each step on a line, and a test kills or stops it.
 */
import { createOutbox, newSignup, sqliteStore } from 'cello-companion/server';
import Database from 'libsql';

const [, , file, what] = process.argv;
const db = new Database(file);
const store = sqliteStore(new Database(file));
const say = (line) => process.stdout.write(`${line}\n`);
const event = (id) => newSignup({ ucc: 'pNRB1aYqArN', user: { id, email: `${id}@example.com` } });

/** Takes a sign-up: the user and the event in one transaction. Dies at the step that it is told. */
async function signUp(id, step) {
  const die = (here) => here === step && process.kill(process.pid, 'SIGKILL');
  const outbox = createOutbox({ store, send: async () => {} });
  db.exec('BEGIN IMMEDIATE');
  db.prepare('INSERT INTO users (id) VALUES (?)').run(id);
  die('insert');
  const added = outbox.add(event(id), { db });
  die('add');
  db.exec('COMMIT');
  die('commit');
  await added;
  say(`answered ${id}`);
}

const WORK = {
  insert: () => signUp('insert', 'insert'),
  add: () => signUp('add', 'add'),
  commit: () => signUp('commit', 'commit'),
  answer: () => signUp('answer', 'none'),
  /** Has an event in hand, and would have it for ever. */
  hang: () => {
    const send = () => {
      say('in hand');
      return new Promise(() => {});
    };
    createOutbox({ store, send, leaseMs: 4000 }).start();
  },
};

await WORK[what]();
