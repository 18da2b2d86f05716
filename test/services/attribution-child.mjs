/**
 * Attribution in a process of its own. It says that it is ready, and when it is told to go, it reports what it was given:
 * `[verb, input]` each, one after the other. It answers with what each gave.
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
const attribution = createAttribution({ store, send: async () => null, onError: (error) => console.error(error) });

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
  const results = [];
  for (const [verb, input] of reports) results.push(await report(verb, input));
  await pool?.end();
  process.send(results, () => process.exit());
});
process.send('ready');
