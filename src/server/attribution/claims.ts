/**
 * Browser claims, stored under the person's e-mail address and id, and under the vendor's booking id.
 */
import type { Kind } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { createMistake, isFields } from '../input/index.js';
import { digestKey, digestPerson, type Person } from '../referrals/index.js';
import type { StoredRecord } from '../store/index.js';
import type { Attributed, Context } from './context.js';
import { isDemo, nameBookingRecord, readBooking, settle } from './demo.js';
import { parseRecord } from './kept.js';
import { parseEmail, parseId, parseLine, parseTime } from './person.js';
import { isSignup, lookAtSignup } from './waiting.js';

/** The parts of a claim that we use. */
interface Claim {
  readonly id: string;
  readonly ucc: string;
  readonly kind: Kind | null;
  readonly atMs: number | null;
  readonly email: string | null;
  readonly userId: string | null;
  /** The booking's id, prefixed with the tool's name. */
  readonly bookingId: string | null;
}

/** Names that sites give these two in the fields they ask the script to include, in lower case. */
const EMAIL_NAMES: readonly string[] = ['email', 'e-mail', 'e_mail', 'mail'];
const ID_NAMES: readonly string[] = ['userid', 'user_id', 'user-id', 'id'];

function findField(fields: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const found = Object.entries(fields).find(([name]) => names.includes(name.toLowerCase()));
  return found?.[1];
}

/**
 * Parses a message from the endpoint.
 *
 * @returns The claim; `null` if it has no code.
 * @throws {TypeError} If it is not a message.
 */
function parseClaim(message: unknown): Claim | null {
  if (!isFields(message))
    throw createMistake({ caller: 'claim', path: 'message' }, 'a message of an endpoint', message);
  const ucc = parseUcc(message['ucc']);
  if (!ucc) return null;
  const fields = parseRecord(message['fields']);
  const [via, ref, id] = [message['via'], message['ref'], message['id']].map(parseLine);
  const { kind } = message;
  return {
    id: id ?? '',
    ucc,
    kind: kind === 'signup' || kind === 'demo' ? kind : null,
    atMs: parseTime(message['at']),
    email: parseEmail(findField(fields, EMAIL_NAMES)),
    userId: parseId(findField(fields, ID_NAMES)),
    bookingId: via && ref ? `${via}:${ref}` : null,
  };
}

async function keep({ referrals, records }: Context, claim: Claim, person: Person): Promise<void> {
  const { ucc, kind, email, userId, bookingId } = claim;
  const atMs = claim.atMs ?? records.now();
  for (const key of [email, userId, bookingId])
    if (key !== null) await referrals.claim(await digestKey(key), person, { ucc, kind, atMs });
}

/** The facts that this claim might complete. */
async function listFacts({ records }: Context, { bookingId }: Claim, person: Person): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = bookingId === null ? [] : [...(await records.find([nameBookingRecord(bookingId)]))];
  for (const digest of [person.email, person.user])
    if (digest !== null) found.push(...(await records.findByPerson(digest)));
  return found.filter(({ key }, place) => found.findIndex((one) => one.key === key) === place);
}

/** A finished fact has nothing to wait for. An alias only points to another record, which is listed itself. */
const isOpen = (record: StoredRecord): boolean =>
  record.stage === 'open' && (isSignup(record) || (isDemo(record) && record.dueMs !== null) || !readBooking(record));

/**
 * Processes a claim.
 *
 * @throws {TypeError} If it is not a message.
 * @throws Whatever the store throws: the endpoint then answers 503, and the browser retries.
 */
export async function takeClaim(context: Context, message: unknown): Promise<Attributed> {
  const claim = parseClaim(message);
  if (!claim) return { state: 'none', ucc: null, key: 'claim:' };
  const person = await digestPerson(claim.email, claim.userId);
  await keep(context, claim, person);
  let made: Attributed | null = null;
  for (const record of (await listFacts(context, claim, person)).filter(isOpen)) {
    const result = isSignup(record) ? await lookAtSignup(context, record, true) : await settle(context, record.key);
    if (result?.state === 'queued') made ??= result;
  }
  return made ?? { state: 'waiting', ucc: null, key: `claim:${claim.id}` };
}
