/** A site on Bun, with its SQLite: what each part of the store comes to, as one line of JSON. */
import { Database } from 'bun:sqlite';
import { createOutbox, createReferralStore, newSignup, sqliteStore } from '../../dist/server/index.js';

const file = process.argv.at(-1);
const db = new Database(file);
db.exec('CREATE TABLE accounts (id TEXT PRIMARY KEY)');
const store = sqliteStore(db);
const sent = [];
const send = async ({ payload }) => void sent.push(payload.newUserId);
const outbox = createOutbox({ store, send, pollMs: 20 });

/** A sign-up in the site's own transaction. */
async function signUp(id, end) {
  db.exec('BEGIN');
  db.prepare('INSERT INTO accounts (id) VALUES (?)').run(id);
  const added = outbox.add(newSignup({ ucc: 'test', user: { id, email: `${id}@example.com` } }), { db });
  db.exec(end);
  await added;
}
await signUp('ghost', 'ROLLBACK');
await signUp('ada', 'COMMIT');

const referrals = createReferralStore({ store });
await referrals.save({ key: 'ada@example.com', ucc: 'test' });
const found = (await referrals.find('Ada@Example.com'))?.ucc;

const receipt = { key: 'own submission 1', digest: 'a' };
const first = await store.receipts.claim(receipt);
const second = await store.receipts.claim(receipt);

outbox.start();
await outbox.stop();

const other = new Database(file);
other.exec('BEGIN IMMEDIATE');
const locked = await store.receipts.claim({ ...receipt, key: 'own submission 2' }).catch(({ name }) => name);
other.exec('COMMIT');
console.log(JSON.stringify({ found, states: [first.state, second.state], sent, locked }));
