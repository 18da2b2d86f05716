/**
 * Removal: on a person's request, and of what finished long ago.
 */
import { createMistake, isFields } from '../input/index.js';
import { digestKey, digestPerson, nameReferral } from '../referrals/index.js';
import type { Context } from './context.js';
import { parseId, parseLine } from './person.js';
import { nameSignup } from './waiting.js';

/** A pruned key can be used again, and a webhook may be redelivered for weeks. */
const KEEP_DAYS_MIN = 30;

const DAY_MS = 86_400_000;
const BATCH = 500;

/**
 * Removes a person from all records and from the outbox.
 *
 * @returns How many entries were removed.
 * @throws {TypeError} If neither an address nor an id is given.
 */
export async function erasePerson(context: Context, person: unknown): Promise<number> {
  const fields = isFields(person) ? person : {};
  const email = parseLine(fields['email']);
  const userId = parseId(fields['userId']);
  if (email === null && userId === null)
    throw createMistake({ caller: 'erase', path: 'person' }, 'given by "email" or "userId"', person);
  await context.outbox.erase({ email, userId }); // first: events created meanwhile come from records that still exist
  const erased = await eraseRecords(context, email, userId);
  const events = await context.outbox.erase({ email, userId });
  await context.records.scrub();
  return erased + events;
}

async function eraseRecords({ records }: Context, email: string | null, userId: string | null): Promise<number> {
  const person = await digestPerson(email, userId);
  const names = await Promise.all([email, userId].filter((key) => key !== null).map(digestKey));
  const direct = [...names.map(nameReferral), ...(userId === null ? [] : [nameSignup(userId)])];
  let erased = 0;
  for (;;) {
    const found = [...(await records.find(direct))];
    for (const digest of [person.email, person.user])
      if (digest !== null) found.push(...(await records.findByPerson(digest)));
    const keys = new Set(found.map(({ key }) => key));
    if (!keys.size) return erased;
    for (const key of keys) await records.commit([{ key, version: 'any', next: null }]);
    erased += keys.size;
  }
}

/**
 * Removes what was finished this many days ago.
 *
 * @returns How many entries were removed.
 * @throws {TypeError} If it is less than 30 days.
 */
export async function prune({ records, outbox }: Context, options: unknown): Promise<number> {
  const olderThanDays = isFields(options) ? options['olderThanDays'] : undefined;
  if (typeof olderThanDays !== 'number' || !(olderThanDays >= KEEP_DAYS_MIN))
    throw createMistake(
      { caller: 'prune', path: 'olderThanDays', isPublic: true },
      `a number of days, at least ${KEEP_DAYS_MIN}: a forgotten key is free again`,
      olderThanDays,
    );
  let pruned = await outbox.prune({ olderThanDays });
  for (;;) {
    const count = (await records.prune(olderThanDays * DAY_MS, BATCH)) + (await records.purge(BATCH));
    pruned += count;
    if (!count) return pruned;
  }
}
