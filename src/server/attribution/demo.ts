/**
 * Demos: reports from tools and people, kept until we know that a demo was attended, and with which code.
 */
import { demoCallAttended } from '../events/index.js';
import { digestKey, digestPerson } from '../referrals/index.js';
import type { Change, NewRecord, StoredRecord } from '../store/index.js';
import {
  addAttendance,
  addSeries,
  type Booking,
  chooseOwn,
  createBooking,
  isOff,
  joinBookings,
  listCurrent,
  nameEvent,
  parseBooking,
  readAssumableMs,
  readAssumedMs,
  readDueMs,
  readEndMs,
  readFirstId,
  strip,
} from './booking.js';
import {
  type Attributed,
  type Context,
  chooseAskAgainMs,
  createCrowdError,
  findKept,
  KeptError,
  retry,
  weighKnown,
} from './context.js';
import { chooseBest, type Found } from './evidence.js';
import { parseBody, parseText } from './kept.js';
import { type KnownUser, showUser } from './person.js';

/** A stored booking. */
export interface KeptBooking {
  readonly key: string;
  readonly version: number;
  /** `null`: nothing is known about it. */
  readonly booking: Booking | null;
}

const PREFIX = 'booking:';

/** Whether a record holds a booking, or an alias that points to one. */
export const isDemo = ({ key }: StoredRecord): boolean => key.startsWith(PREFIX);

/** The key of a booking’s record. */
export const nameBookingRecord = (id: string): string => PREFIX + id;

/** How long a booking is kept: demos are at most months away, and reports do not arrive after a year. */
const BOOKING_MS = 365 * 86_400_000;

/** A booking changes its id now and then, but not endlessly, and not in a cycle. */
const HOPS_MAX = 50;

const readAlias = (record: StoredRecord): string | null => parseText(parseBody(record.body)['alias']);

/** Parses the booking in a record; `null` for an alias. */
export const readBooking = (record: StoredRecord): KeptBooking | null =>
  readAlias(record) === null
    ? { key: record.key, version: record.version, booking: parseBooking(parseBody(record.body)) }
    : null;

async function load({ records }: Context, start: string): Promise<KeptBooking> {
  let key = start;
  for (let hops = 0; hops < HOPS_MAX; hops += 1) {
    const [record] = await records.find([key]);
    if (!record) return { key, version: 0, booking: null };
    const kept = readBooking(record);
    if (kept) return kept;
    key = readAlias(record) ?? key;
  }
  throw createCrowdError();
}

async function write({ records }: Context, booking: Booking): Promise<NewRecord> {
  const nowMs = records.now();
  const { guest, decided, isRefused, isOver } = booking;
  const isDone = decided?.isQueued || isRefused || isOver;
  const lastMs = Math.max(nowMs, ...listCurrent(booking).map((one) => one.endsAtMs ?? 0));
  return {
    ...(await digestPerson(guest.email, guest.userId)),
    body: JSON.stringify(isDone ? strip(booking) : booking),
    dueMs: readDueMs(booking, nowMs),
    forgetAfterMs: lastMs + BOOKING_MS,
    stage: isDone ? 'done' : 'open',
  };
}

/** The fingerprints are kept after the personal data is removed, so that erasure still finds the record. */
const keepPerson = (next: NewRecord, before: StoredRecord | undefined): NewRecord => ({
  ...next,
  email: next.email ?? before?.email ?? null,
  user: next.user ?? before?.user ?? null,
});

async function commit(context: Context, kept: KeptBooking, booking: Booking, others: readonly Change[] = []) {
  const [before] = kept.version ? await context.records.find([kept.key]) : [];
  const next = keepPerson(await write(context, booking), before);
  return context.records.commit([{ key: kept.key, version: kept.version, next }, ...others]);
}

/** Which booking a report belongs to, and how it changes that booking. */
export interface Report {
  readonly id: string;
  /** The id that this one replaces. */
  readonly previousId?: string | null;
  /** The id of the recurring booking that it is part of. */
  readonly seriesId?: string | null;
  /** The id of a demo known only by its person, which turns out to be this one. */
  readonly strayId?: string | null;
  readonly edit: (booking: Booking) => Booking;
}

/** The records that a report says are one booking: each once, the one that the others join first. */
async function loadAll(context: Context, { id, previousId, seriesId }: Report): Promise<readonly KeptBooking[]> {
  const found: KeptBooking[] = [];
  for (const one of [seriesId, previousId, id]) if (one) found.push(await load(context, nameBookingRecord(one)));
  return found.filter(({ key }, place) => found.findIndex((one) => one.key === key) === place);
}

/** The booking that several records come to. */
function joinAll([first, ...others]: readonly KeptBooking[], { id, previousId, seriesId }: Report): Booking {
  const told = first?.booking ?? (previousId ? createBooking(previousId) : null);
  const [known, ...joined] = [told, ...others.map(({ booking }) => booking)].filter((one) => one !== null);
  const booking = joined.reduce(joinBookings, known ?? createBooking(id));
  return seriesId ? addSeries(booking, seriesId) : booking;
}

/** A booking after a report. */
export interface Reported {
  /** The key of its record. */
  readonly key: string;
  readonly booking: Booking;
}

/**
 * Applies a report.
 *
 * @throws Whatever the store throws.
 */
export function report(context: Context, told: Report): Promise<Reported> {
  const { strayId, edit } = told;
  return retry(async () => {
    const kept = await loadAll(context, told);
    const [first, ...joined] = kept;
    if (!first) return undefined; // cannot be: there is always the report's own id
    const stray = strayId ? await load(context, nameBookingRecord(strayId)) : null;
    let booking = joinAll(kept, told);
    const alias = await writeAlias(context, first.key, booking);
    const others: Change[] = joined.map(({ key, version }) => ({ key, version, next: alias }));
    if (stray?.booking?.attendance && !stray.booking.decided && kept.every(({ key }) => key !== stray.key)) {
      booking = joinBookings(booking, { ...stray.booking, appointments: [] });
      others.push({ key: stray.key, version: stray.version, next: null });
    }
    const next = edit(booking);
    return (await commit(context, first, next, others)) ? { key: first.key, booking: next } : undefined;
  });
}

/** The booking under an id, with nothing in it if nothing is known. */
export const findBooking = async (context: Context, id: string): Promise<Booking> =>
  (await load(context, nameBookingRecord(id))).booking ?? createBooking(id);

async function writeAlias({ records }: Context, alias: string, { guest }: Booking): Promise<NewRecord> {
  return {
    ...(await digestPerson(guest.email, guest.userId)),
    body: JSON.stringify({ alias }),
    dueMs: null,
    forgetAfterMs: records.now() + 2 * BOOKING_MS,
    stage: 'open',
  };
}

const answer = (state: Attributed['state'], booking: Booking, ucc: string | null = null): Attributed => ({
  state,
  ucc,
  key: nameEvent(booking),
});

/**
 * Takes a booking as far as it can go: makes its event if it was attended and has a code.
 *
 * @param key - The key of the booking's record.
 * @returns The outcome; `null` if there is no such booking.
 * @throws Whatever the store throws.
 */
export function settle(context: Context, key: string): Promise<Attributed | null> {
  return retry(async () => {
    const kept = await load(context, key);
    if (!kept.booking) return null;
    const step = await takeStep(context, kept, kept.booking);
    return step.state === 'again' ? undefined : step;
  });
}

type Step = Attributed | { readonly state: 'again' };

const AGAIN = { state: 'again' } as const;

async function takeStep(context: Context, kept: KeptBooking, booking: Booking): Promise<Step> {
  const { decided, attendance, isRefused, isOver } = booking;
  const nowMs = context.records.now();
  if (decided) return push(context, kept, booking);
  if (isRefused) return answer('refused', booking, chooseOwn(booking)?.ucc ?? null);
  if (!attendance) return assume(context, kept, booking);
  if (attendance.isAssumed && !isAssumable(booking, nowMs)) {
    await commit(context, kept, { ...booking, attendance: null });
    return AGAIN;
  }
  if (isOver) return answer('none', booking);
  const found = await findBest(context, booking);
  if (found) return decide(context, kept, booking, found);
  if (nowMs < attendance.untilMs) return answer('waiting', booking);
  await commit(context, kept, { ...booking, isOver: true });
  return AGAIN;
}

const isAssumable = (booking: Booking, nowMs: number): boolean => {
  const assumableMs = readAssumableMs(booking);
  return assumableMs !== null && assumableMs <= nowMs;
};

/** Assumes that a demo took place once it is long over and nothing was reported to the contrary. */
async function assume(context: Context, kept: KeptBooking, booking: Booking): Promise<Step> {
  const nowMs = context.records.now();
  const assumedMs = readAssumedMs(booking);
  if (assumedMs === null || assumedMs > nowMs) return answer(isOff(booking) ? 'none' : 'waiting', booking);
  const atMs = readEndMs(booking) ?? nowMs;
  const attendance = { atMs, isAssumed: true, untilMs: nowMs + context.waitMs };
  await commit(context, kept, addAttendance(booking, attendance, null));
  return AGAIN;
}

/**
 * The best code for a booking: its own, then what is stored under its ids, then what is stored under the person. A
 * parameter such as `utm_content` may hold a campaign's name instead of a code. Where the browser that booked says
 * otherwise, it is believed: it is the same visitor's word either way, and only that browser and the tool know the id.
 */
async function findBest(context: Context, booking: Booking): Promise<Found | null> {
  const { appointments, guest } = booking;
  const own = chooseOwn(booking);
  const ids = await Promise.all(appointments.map(({ id }) => digestKey(id)));
  const told = weighKnown(await context.referrals.find(ids), context);
  if (own?.isDoubtful && told && !told.isConflict && told.ucc !== own.ucc) return told;
  if (told?.evidence === 'given') return chooseBest([own, told]);
  return chooseBest([own, told, await findKept(context, [guest.email, guest.userId])]);
}

const readUser = ({ guest }: Booking, newUserId: string): KnownUser => ({
  id: newUserId,
  email: guest.email,
  name: guest.name,
  organizationId: guest.organizationId,
});

/** Asks the site, and stores the decision before anything is sent, so that later reports cannot change the key. */
async function decide(context: Context, kept: KeptBooking, booking: Booking, found: Found): Promise<Step> {
  const { records, judge } = context;
  const newUserId = booking.guest.userId ?? readFirstId(booking);
  const judgement = await judge(readUser(booking, newUserId), found);
  if (judgement === 'no') {
    await commit(context, kept, { ...booking, isRefused: true });
    return answer('refused', booking, found.ucc);
  }
  if (judgement === 'later') {
    const askAgainMs = records.now() + chooseAskAgainMs(booking.failures);
    await commit(context, kept, { ...booking, found, failures: booking.failures + 1, askAgainMs });
    return answer('waiting', booking);
  }
  const decided = { key: nameEvent(booking), ucc: found.ucc, newUserId, isQueued: false };
  await commit(context, kept, { ...booking, decided, askAgainMs: null });
  return AGAIN;
}

/** Adds the event to the outbox, which recognizes the key if another process was faster. */
async function push(context: Context, kept: KeptBooking, booking: Booking): Promise<Step> {
  const { decided, attendance } = booking;
  if (!decided) return AGAIN;
  const { key, ucc, newUserId, isQueued } = decided;
  if (isQueued) return answer('known', booking, ucc);
  const user = showUser(readUser(booking, newUserId));
  const event = demoCallAttended({ ucc, newUserId, user, at: new Date(attendance?.atMs ?? context.records.now()) });
  const { isNew } = await context.outbox.add(event, { key }).catch((error: unknown) => {
    throw new KeptError(error);
  });
  await commit(context, kept, { ...booking, decided: { ...decided, isQueued: true } });
  return answer(isNew ? 'queued' : 'known', booking, ucc);
}
