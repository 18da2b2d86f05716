import { fork } from 'node:child_process';
import { once } from 'node:events';
import { sqliteStore } from 'cello-companion/server';
import Libsql from 'libsql';
import { expect } from 'playwright/test';
import { claimOf, UCC } from '../../services/attributed.js';
import { hasServer, test } from '../../services/postgres.js';
import { createFolder } from '../../services/stores.js';

const PEOPLE = 30;

type Report = readonly [verb: string, input: object];

/** Runs reports in processes of their own, at the same moment. Gives back how often each event was added. */
async function race(place: object, sides: readonly (readonly Report[])[]): Promise<ReadonlyMap<string, number>> {
  const children = sides.map((reports) =>
    fork(new URL('../../services/attribution-child.mjs', import.meta.url), [JSON.stringify({ ...place, reports })]),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const answers = children.map((child) => once(child, 'message'));
  for (const child of children) child.send('go');
  const added = new Map<string, number>();
  for (const [keys] of await Promise.all(answers))
    for (const key of Array.isArray(keys) ? keys : []) added.set(key, (added.get(key) ?? 0) + 1);
  return added;
}

const numbers = Array.from({ length: PEOPLE }, (_, i) => i);
const emailOf = (i: number) => `user-${i}@example.com`;

/** The webhook's process says that somebody signed up, the endpoint's what their browser claims: one event each. */
const SIGNUPS: readonly (readonly Report[])[] = [
  numbers.map((i) => ['signup', { user: { id: `user-${i}`, email: emailOf(i) } }]),
  numbers.map((i) => ['claim', claimOf(emailOf(i), UCC)]),
];

/** Three reports of one demo in three processes. */
const DEMOS: readonly (readonly Report[])[] = [
  numbers.map((i) => ['booked', { id: `b${i}`, email: emailOf(i), ucc: UCC }]),
  numbers.map((i) => ['moved', { id: `b${i}-2`, previousId: `b${i}` }]),
  numbers.map((i) => ['attended', { id: `b${i}-2` }]),
];

const once_ = (prefix: string) => Object.fromEntries(numbers.map((i) => [`${prefix}${i}`, 1]));

const place = (kind: string, createUrl: () => Promise<string>) => {
  const folder = createFolder();
  const file = `${folder.path}/cello.db`;
  if (kind !== 'SQLite') return createUrl().then((url) => ({ url, remove: folder.remove }));
  const db = new Libsql(file);
  sqliteStore(db); // makes the tables, as the first process of a site does
  db.close();
  return { file, remove: folder.remove };
};

for (const kind of hasServer ? ['SQLite', 'PostgreSQL'] : ['SQLite']) {
  test(`two processes on ${kind}: a sign-up and its claim make one event, whichever is quicker`, async ({
    postgres,
  }) => {
    const { remove, ...where } = await place(kind, postgres.createUrl);
    expect(Object.fromEntries(await race(where, SIGNUPS))).toEqual(once_('new-signup:user-'));
    remove();
  });

  test(`three processes on ${kind}: what is reported of a demo makes one event`, async ({ postgres }) => {
    const { remove, ...where } = await place(kind, postgres.createUrl);
    const added = await race(where, DEMOS);
    expect([...added.values()]).toEqual(numbers.map(() => 1));
    expect(new Set([...added.keys()].map((key) => key.replace(/-2$/, '')))).toEqual(
      new Set(numbers.map((i) => `demo-call-attended:b${i}`)),
    );
    remove();
  });
}
