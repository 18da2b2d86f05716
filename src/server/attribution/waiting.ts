/**
 * Sign-ups: with a code, a sign-up becomes an event at once; without one, it waits.
 */
import { newSignup } from '../events/index.js';
import { digestPerson, type Person } from '../referrals/index.js';
import type { NewRecord, StoredRecord } from '../store/index.js';
import {
  type Attributed,
  type Context,
  chooseAskAgainMs,
  findKept,
  KeptError,
  retry,
  UNDECIDED_MS,
} from './context.js';
import { chooseBest, type Found, parseFound } from './evidence.js';
import { parseBody, parseNumber, parseRecord, parseText } from './kept.js';
import { type KnownUser, parseUser, showUser } from './person.js';

/** A new user was created. */
export interface Signup {
  readonly user: KnownUser;
  readonly newUserId: string;
  readonly atMs: number;
}

/** A stored sign-up. */
interface Kept {
  readonly state: 'waiting' | 'queued' | 'refused';
  /** The event's code, if there is one. */
  readonly ucc: string | null;
  readonly signup: Signup | null;
  /** The code that is still undecided. */
  readonly found: Found | null;
  readonly untilMs: number;
  readonly failures: number;
}

const PREFIX = 'signup:';

/** Whether a record holds a sign-up. */
export const isSignup = ({ key }: StoredRecord): boolean => key.startsWith(PREFIX);

/** The key of a sign-up's record. */
export const nameSignup = (newUserId: string): string => PREFIX + newUserId;

/** The key of a sign-up's event: the outbox's default for sign-ups. */
export const nameSignupEvent = (newUserId: string): string => `new-signup:${newUserId}`;

const STATES = ['waiting', 'queued', 'refused'] as const;

function parseKept(body: string): Kept {
  const fields = parseBody(body);
  const { user, newUserId, atMs } = parseRecord(fields['signup']);
  const person = parseUser(user);
  const id = parseText(newUserId);
  return {
    state: STATES.find((state) => state === fields['state']) ?? 'waiting',
    ucc: parseText(fields['ucc']),
    signup: person && id !== null ? { user: person, newUserId: id, atMs: parseNumber(atMs) ?? 0 } : null,
    found: parseFound(fields['found']),
    untilMs: parseNumber(fields['untilMs']) ?? 0,
    failures: parseNumber(fields['failures']) ?? 0,
  };
}

const NO_PERSON: Person = { email: null, user: null };

function write(kept: Kept, person: Person, dueMs: number | null): NewRecord {
  const stage = kept.state === 'waiting' ? 'open' : 'done';
  return { ...person, body: JSON.stringify(kept), dueMs, forgetAfterMs: null, stage };
}

/** A finished record holds no personal data: only that there was an event, and for whom. */
const writeDone = (state: 'queued' | 'refused', ucc: string, person: Person): NewRecord =>
  write({ state, ucc, signup: null, found: null, untilMs: 0, failures: 0 }, person, null);

const digest = ({ user }: Signup): Promise<Person> => digestPerson(user.email, user.id);

/** Keeps what was known before, and adds what is new. */
const complete = ({ user, newUserId, atMs }: Signup, before: Signup | null): Signup => ({
  user: {
    ...user,
    email: user.email ?? before?.user.email ?? null,
    name: user.name ?? before?.user.name ?? null,
    organizationId: user.organizationId ?? before?.user.organizationId ?? null,
  },
  newUserId,
  atMs: before?.atMs ?? atMs,
});

const createEvent = ({ user, newUserId, atMs }: Signup, ucc: string) =>
  newSignup({ ucc, newUserId, user: showUser(user), at: new Date(atMs) });

const answer = (state: Attributed['state'], { newUserId }: Signup, ucc: string | null = null): Attributed => ({
  state,
  ucc,
  key: nameSignupEvent(newUserId),
});

/**
 * Processes a sign-up.
 *
 * @param given - The code that came with it.
 * @throws Whatever the store throws.
 */
export function attribute(context: Context, signup: Signup, given: Found | null): Promise<Attributed> {
  return retry(async () => {
    const [record] = await context.records.find([nameSignup(signup.newUserId)]);
    const kept = record ? parseKept(record.body) : null;
    if (kept?.state === 'queued') return answer('known', signup, kept.ucc);
    const whole = complete(signup, kept?.signup ?? null);
    const found = chooseBest([given, kept?.found ?? null, await findPersonal(context, whole, given)]);
    if (found) return convert(context, whole, found, kept?.failures ?? 0);
    if (!context.waitMs) return answer('none', whole);
    if (kept?.state === 'refused') return answer('refused', whole, kept.ucc);
    if (!(await wait(context, whole, record))) return undefined; // another process wrote meanwhile
    const late = await findPersonal(context, whole, null); // a claim that arrived during the write
    return late ? convert(context, whole, late, 0) : answer('waiting', whole);
  });
}

const findPersonal = async (context: Context, { user }: Signup, given: Found | null): Promise<Found | null> =>
  given?.evidence === 'given' ? null : findKept(context, [user.email, user.id]);

async function wait({ records, waitMs }: Context, signup: Signup, standing: StoredRecord | undefined) {
  const before = standing ? parseKept(standing.body) : null;
  const untilMs = before?.untilMs || records.now() + waitMs;
  const kept: Kept = { state: 'waiting', ucc: null, signup, found: null, untilMs, failures: 0 };
  const next = write(kept, await digest(signup), untilMs);
  return records.commit([{ key: nameSignup(signup.newUserId), version: standing?.version ?? 0, next }]);
}

/** Stores the code with the sign-up, for a later round. */
async function keepUndecided({ records }: Context, signup: Signup, found: Found, failures: number): Promise<void> {
  const untilMs = records.now() + UNDECIDED_MS;
  const kept: Kept = { state: 'waiting', ucc: null, signup, found, untilMs, failures: failures + 1 };
  const next = write(kept, await digest(signup), records.now() + chooseAskAgainMs(failures));
  await records.commit([{ key: nameSignup(signup.newUserId), version: 'any', next }]);
}

/** Creates the event, if the site approves. */
async function convert(context: Context, signup: Signup, found: Found, failures: number): Promise<Attributed> {
  const { records, outbox, judge, tell } = context;
  const judgement = await judge(signup.user, found);
  const key = nameSignup(signup.newUserId);
  const person = await digest(signup);
  if (judgement === 'later') {
    await keepUndecided(context, signup, found, failures);
    return answer('waiting', signup);
  }
  if (judgement === 'no') {
    await records.commit([{ key, version: 'any', next: writeDone('refused', found.ucc, person) }]);
    return answer('refused', signup, found.ucc);
  }
  const event = createEvent(signup, found.ucc);
  const adding = outbox.add(event, { key: nameSignupEvent(signup.newUserId) });
  const { isNew } = await adding.catch(async (error: unknown) => {
    await keepUndecided(context, signup, found, failures);
    throw new KeptError(error);
  });
  if (!isNew) {
    const [record] = await records.find([key]);
    const kept = record ? parseKept(record.body) : null;
    if (kept?.state === 'queued') return answer('known', signup, kept.ucc); // the other of two codes was faster
  }
  // The event is safe. Without this record a repeated sign-up would look new, but the outbox would recognize it.
  await records.commit([{ key, version: 'any', next: writeDone('queued', found.ucc, person) }]).catch(tell);
  return answer(isNew ? 'queued' : 'known', signup, found.ucc);
}

/**
 * Processes a sign-up within the site's own transaction. It reads nothing, to run no more queries there than necessary;
 * claims that already exist are found after the commit. Synchronous up to the first `await`, because a synchronous
 * handle's transaction is over by then.
 *
 * @throws Whatever the store throws.
 */
export async function attributeWithin(
  context: Context,
  signup: Signup,
  found: Found | null,
  db: unknown,
): Promise<Attributed> {
  const { records, outbox, judge, hasJudge, waitMs } = context;
  const key = nameSignup(signup.newUserId);
  const keep = (version: 0 | 'any', next: NewRecord) => records.commit([{ key, version, next }], db);
  if (!found) {
    if (!waitMs) return answer('none', signup);
    const untilMs = records.now() + waitMs;
    const kept: Kept = { state: 'waiting', ucc: null, signup, found: null, untilMs, failures: 0 };
    await keep(0, write(kept, NO_PERSON, records.now()));
    return answer('waiting', signup);
  }
  const judgement = hasJudge ? await judge(signup.user, found) : 'yes';
  if (judgement === 'no') return answer('refused', signup, found.ucc);
  if (judgement === 'later') {
    const untilMs = records.now() + UNDECIDED_MS;
    const kept: Kept = { state: 'waiting', ucc: null, signup, found, untilMs, failures: 1 };
    await keep('any', write(kept, NO_PERSON, records.now() + chooseAskAgainMs(0)));
    return answer('waiting', signup);
  }
  const adding = outbox.add(createEvent(signup, found.ucc), { key: nameSignupEvent(signup.newUserId), db });
  const keeping = keep('any', writeDone('queued', found.ucc, NO_PERSON));
  const [{ isNew }] = await Promise.all([adding, keeping]);
  return answer(isNew ? 'queued' : 'known', signup, found.ucc);
}

/**
 * Checks a waiting sign-up: its time is over, or a claim has arrived.
 *
 * @param isClaimed - Whether a claim has just arrived: it is too late if the sign-up's time is over.
 * @returns The outcome; `null` if it is no longer waiting.
 * @throws Whatever the store throws.
 */
export async function lookAtSignup(
  context: Context,
  record: StoredRecord,
  isClaimed: boolean,
): Promise<Attributed | null> {
  const { signup, state, found, untilMs, failures } = parseKept(record.body);
  if (state !== 'waiting') return null;
  const { records } = context;
  const remove = () => records.commit([{ key: record.key, version: record.version, next: null }]);
  if (!signup) {
    await remove(); // not ours, or written by another version
    return null;
  }
  const isLate = isClaimed && records.now() > untilMs;
  const best = found ?? (isLate ? null : await findPersonal(context, signup, null));
  if (best) return convert(context, signup, best, failures);
  if (records.now() >= untilMs) {
    await remove();
    return answer('none', signup);
  }
  const isPlaced = record.email !== null || record.user !== null;
  if (isPlaced && record.dueMs === untilMs) return answer('waiting', signup);
  const kept: Kept = { state, ucc: null, signup, found, untilMs, failures };
  await records.commit([
    { key: record.key, version: record.version, next: write(kept, await digest(signup), untilMs) },
  ]);
  return answer('waiting', signup);
}
