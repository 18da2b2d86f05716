/**
 * Attribution in a process of its own. It says that it is ready, and when it is told to go, it reports what it was given:
 * `[verb, input]` each, one after the other. When all of them are in the store, however long that takes on a busy machine,
 * it answers with the keys of the events that it added.
 */
import { createAttribution, sqliteStore } from 'cello-companion/server';
import { pgBossStore } from 'cello-companion/server/pg-boss';
import Libsql from 'libsql';
import pg from 'pg';
import { createNoBoss } from './no-boss.mjs';

const { file, url, reports } = JSON.parse(process.argv[2] ?? '{}');

const pool = url ? new pg.Pool({ connectionString: url, max: 4 }) : null;

/** Nobody sends here: what counts is what is kept. */
const store = pool ? pgBossStore({ boss: createNoBoss(pool), pool }) : sqliteStore(new Libsql(file));
const keys = [];
const events = {
  ...store.events,
  async add(entry, db) {
    const isNew = await store.events.add(entry, db);
    if (isNew) keys.push(entry.key);
    return isNew;
  },
};
const attribution = createAttribution({
  store: { ...store, events },
  send: async () => null,
  onError: (error) => console.error(error),
});

/** A claim that meets a lock rejects, the endpoint answers 503, and the browser comes again. */
async function report(verb, input) {
  for (;;) {
    try {
      return await attribution[verb](input);
    } catch (error) {
      if (error.name !== 'StoreBusyError') throw error;
    }
  }
}

process.once('message', async () => {
  for (const [verb, input] of reports) await report(verb, input);
  await attribution.stop({ drainMs: 60_000 }); // what was not stored in time is tried further
  await pool?.end();
  process.send(keys, () => process.exit());
});
process.send('ready');
