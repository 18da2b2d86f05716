import { DatabaseSync } from 'node:sqlite';

/** Accounts and what is due to Cello, in one file. */
export const database = new DatabaseSync(process.env.DATABASE ?? 'app.db', { timeout: 5000 });
