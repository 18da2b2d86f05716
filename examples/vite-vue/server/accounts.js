// Your own accounts go here: nothing in this file is about Cello.
import { randomUUID } from 'node:crypto';
import { database } from './database.js';

database.exec('CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT)');
const insert = database.prepare('INSERT INTO accounts (id, email, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');

/** Gives the new account, or `null` if the address has one already. */
export function createAccount({ email, name }) {
  const account = { id: randomUUID(), email: String(email).trim().toLowerCase(), name: String(name ?? '') };
  return insert.run(account.id, account.email, account.name).changes ? account : null;
}
