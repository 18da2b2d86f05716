/**
 * How each report about a demo changes the booking.
 */

import { digestPerson } from '../referrals/index.js';
import { sha256 } from '../sha256.js';
import {
  type Appointment,
  addAttendance,
  addGuest,
  addMark,
  addSeat,
  applyMarks,
  type Booking,
  createBooking,
  editAppointment,
  findCurrent,
  isCancelled,
  isHeld,
  isOff,
  listCurrent,
  nameEvent,
  readFirstId,
} from './booking.js';
import type { Attributed, Context } from './context.js';
import { findBooking, isDemo, type KeptBooking, type Reported, readBooking, report, settle } from './demo.js';
import type { Found } from './evidence.js';
import type { DemoFact } from './facts.js';
import { addMember, cancelSeat, digestGuest, findMember, type Meant } from './party.js';

/** How long before its start a demo may be reported as attended: clocks differ, and people arrive early. */
const EARLY_MS = 3_600_000;

const setTimes = (one: Appointment, { startsAtMs, endsAtMs }: DemoFact): Appointment => ({
  ...one,
  startsAtMs: startsAtMs ?? one.startsAtMs,
  endsAtMs: endsAtMs ?? one.endsAtMs,
});

/** The id of a demo known only by its person. */
const nameStray = async (person: string): Promise<string> => `person:${(await sha256(person)).slice(0, 32)}`;

async function finish(context: Context, { key }: Reported, id: string): Promise<Attributed> {
  return (await settle(context, key)) ?? { state: 'none', ucc: null, key: nameEvent(createBooking(id)) };
}

/** Times already set by a move are kept. */
const book = (one: Appointment, fact: DemoFact, found: Found | null): Appointment => ({
  ...(one.isMoved ? one : setTimes(one, fact)),
  found: one.found ?? found,
});

/** Applies a booking. */
export async function takeBooked(
  context: Context,
  id: string,
  fact: DemoFact,
  found: Found | null,
): Promise<Attributed> {
  if (fact.isSeated) return takeSeat(context, id, fact, found);
  const { seriesId, guest } = fact;
  const [digest, strayId] = [await digestGuest(guest.email), await nameStrayOf(fact)];
  const edit = (booking: Booking): Booking =>
    applyMarks(editAppointment(addDetails(context, booking, fact, digest), id, (one) => book(one, fact, found)));
  return finish(context, await report(context, { id, strayId, seriesId, edit }), id);
}

function addDetails(context: Context, booking: Booking, fact: DemoFact, digest: string | null): Booking {
  const next = addGuest(booking, fact.guest, digest);
  const hours = fact.assumeAfterHours ?? next.assumeAfterHours ?? context.assumeAfterHours;
  return { ...next, assumeAfterHours: hours };
}

const nameStrayOf = async ({ guest }: DemoFact): Promise<string | null> =>
  guest.email ? nameStray(guest.email.toLowerCase()) : null;

const readMeant = async ({ guest, seat }: DemoFact): Promise<Meant> => ({
  guest: await digestGuest(guest.email),
  seat,
});

/** The id of a guest's own booking in an event, also of one who is not known yet. */
const nameMember = (event: Booking, meant: Meant): string =>
  findMember(event.party, meant)?.id ?? `${readFirstId(event)}/${meant.guest ?? meant.seat ?? ''}`;

/** Adds a guest to an event. */
async function join(context: Context, id: string, meant: Meant): Promise<Booking> {
  const edit = (event: Booking): Booking => ({
    ...event,
    party: addMember(event.party, nameMember(event, meant), meant),
  });
  return (await report(context, { id, edit })).booking;
}

/** Applies the booking of a seat: what was reported about the event or the seat before applies to this guest, too. */
async function takeSeat(context: Context, id: string, fact: DemoFact, found: Found | null): Promise<Attributed> {
  const meant = await readMeant(fact);
  const event = await join(context, id, meant);
  const [member, strayId] = [nameMember(event, meant), await nameStrayOf(fact)];
  const edit = (booking: Booking): Booking =>
    editAppointment(addDetails(context, booking, fact, meant.guest), member, (one) =>
      book(inherit(one, event, meant), fact, found),
    );
  return finish(context, await report(context, { id: member, strayId, edit }), member);
}

/** What is known about an event, said of a guest's appointment. */
function inherit(one: Appointment, event: Booking, { guest, seat }: Meant): Appointment {
  const { isMoved, isMissed, ...whole } = findCurrent(event) ?? one;
  const isGone = !!event.party?.cancelledSeats.some((id) => id === seat);
  const mark = event.marks.find((known) => known.guest === guest);
  return {
    ...(seat === null ? one : addSeat(one, { id: seat, isCancelled: isGone })),
    ...(isMoved ? { startsAtMs: whole.startsAtMs, endsAtMs: whole.endsAtMs, isMoved } : {}),
    isCancelled: one.isCancelled || whole.isCancelled,
    isMissed: mark?.isMissed ?? (one.isMissed || isMissed),
  };
}

/** Applies a move. A guest of an event moves alone, to another event; the event itself moves with all its guests. */
export async function takeMoved(context: Context, id: string, fact: DemoFact): Promise<Attributed> {
  const previousId = fact.previousId === id ? null : fact.previousId;
  if (!fact.isSeated) return moveAll(context, id, previousId, fact);
  const meant = await readMeant(fact);
  const from = nameMember(await findBooking(context, previousId ?? id), meant);
  const to = nameMember(await join(context, id, meant), meant);
  return finish(context, await moveOne(context, to, from, fact), to);
}

async function moveAll(context: Context, id: string, from: string | null, fact: DemoFact): Promise<Attributed> {
  const moved = await moveOne(context, id, from, fact);
  for (const member of listMembers(moved)) await finish(context, await moveOne(context, member, null, fact), member);
  return finish(context, moved, id);
}

function moveOne(context: Context, id: string, from: string | null, fact: DemoFact): Promise<Reported> {
  const previousId = from === id ? null : from;
  const edit = (booking: Booking): Booking => ({
    ...editAppointment(booking, id, (one) => ({
      ...setTimes(one, fact),
      // A move that the host has yet to confirm comes without times: the confirmation brings them.
      isMoved: one.isMoved || fact.startsAtMs !== null || fact.endsAtMs !== null,
      previousId: one.previousId ?? previousId,
    })),
    assumeAfterHours: booking.assumeAfterHours ?? context.assumeAfterHours,
  });
  return report(context, { id, previousId, edit });
}

/** The bookings of an event's guests. */
const listMembers = ({ booking }: Reported): readonly string[] =>
  booking.party?.members.map((member) => member.id) ?? [];

/**
 * Reports a cancellation or no-show that came too late: an event that was sent on an assumption cannot be taken back.
 */
function tellLate(context: Context, before: Booking | null, word: string): void {
  if (!before?.decided || !before.attendance?.isAssumed) return;
  context.tell(
    new Error(
      `[cello-companion] a demo was taken for attended and told to Cello, and is ${word} now: ${nameEvent(before)}`,
    ),
  );
}

/** A cancellation or a no-show, or its withdrawal. */
type Off = Partial<Pick<Appointment, 'isCancelled' | 'isMissed'>>;

/** Applies a cancellation or a no-show: of the whole event, of one guest, or of the rest of a recurring booking. */
export async function takeOff(context: Context, id: string, fact: DemoFact, off: Off): Promise<Attributed> {
  if (fact.isSeated || fact.guest.email) return takeGuestOff(context, id, fact, off);
  const told = await takeOneOff(context, id, null, off);
  const others = [...listMembers(told), ...(fact.isRest ? listLater(told, id) : [])];
  for (const other of others) await finish(context, await takeOneOff(context, other, null, off), other);
  return finish(context, told, id);
}

/** The appointments of a recurring booking that begin after this one. */
function listLater({ booking: { appointments } }: Reported, id: string): readonly string[] {
  const startMs = appointments.find((one) => one.id === id)?.startsAtMs ?? Number.POSITIVE_INFINITY;
  return appointments.filter((one) => (one.startsAtMs ?? 0) > startMs).map((one) => one.id);
}

/** Whether someone booked without an address: whoever is named is taken for them. */
const isAnonymous = ({ party, guestDigest, appointments }: Booking, id: string): boolean =>
  !party && guestDigest === null && appointments.some((one) => one.id === id && one.endsAtMs !== null);

/** Applies it to the one guest that it names, if that is the one who booked. */
async function takeGuestOff(context: Context, id: string, fact: DemoFact, off: Off): Promise<Attributed> {
  const meant = await readMeant(fact);
  const { guest, seat } = meant;
  const { isMissed } = off;
  const edit = (event: Booking): Booking => {
    const party = fact.isSeated ? cancelSeat(event.party, off.isCancelled ? seat : null) : event.party;
    const next = { ...event, party };
    if (guest === null || isMissed === undefined) return next;
    const marked = applyMarks(addMark(next, { id, guest, isMissed }));
    return isAnonymous(next, id) ? editAppointment(marked, id, (one) => ({ ...one, isMissed })) : marked;
  };
  const told = await reportOff(context, id, edit, off);
  const event = told.booking;
  if (!event.party || (guest === null && !findMember(event.party, meant))) return finish(context, told, id);
  const member = nameMember(event, meant);
  return finish(context, await takeOneOff(context, member, seat, off), member);
}

/** Applies it to one appointment. */
const takeOneOff = (context: Context, id: string, seat: string | null, off: Off): Promise<Reported> =>
  reportOff(
    context,
    id,
    (booking) =>
      editAppointment(booking, id, (one) =>
        seat !== null && off.isCancelled ? addSeat(one, { id: seat, isCancelled: true }) : { ...one, ...off },
      ),
    off,
  );

async function reportOff(
  context: Context,
  id: string,
  edit: (booking: Booking) => Booking,
  off: Off,
): Promise<Reported> {
  let late: Booking | null = null;
  const told = await report(context, {
    id,
    edit(booking) {
      const next = edit(booking);
      late = wasAssumed(booking, id) && !wasAssumed(next, id) ? booking : null;
      return next;
    },
  });
  tellLate(context, late, off.isCancelled ? 'cancelled' : 'a no-show');
  return told;
}

/** Whether this appointment still stands as the one that was assumed attended. */
function wasAssumed(booking: Booking, id: string): boolean {
  const current = listCurrent(booking);
  const one = current.find((appointment) => appointment.id === id);
  if (!one || !isHeld(one)) return false;
  return current.length === 1 || one.endsAtMs === (booking.attendance?.atMs ?? null);
}

/** Applies an attendance: of one guest, or of everyone who has a booking of the event and was not called off. */
export async function takeAttended(context: Context, fact: DemoFact, found: Found | null): Promise<Attributed> {
  const nowMs = context.records.now();
  const atMs = Math.min(fact.atMs ?? nowMs, nowMs);
  const id = fact.id ?? (await findDemo(context, fact, atMs));
  const attendance = { atMs, isAssumed: false, untilMs: nowMs + context.waitMs };
  const attend = (booking: Booking): Booking => addAttendance(addGuest(booking, fact.guest), attendance, found);
  const edit = (booking: Booking): Booking => (booking.party ? booking : attend(booking));
  const told = await report(context, { id, edit });
  if (!told.booking.party) return finish(context, told, id);
  let made: Attributed = { state: 'none', ucc: null, key: nameEvent(told.booking) };
  for (const one of await listAttending(context, told.booking, fact))
    made = await finish(context, await report(context, { id: one, edit: attend }), one);
  return made;
}

async function listAttending(context: Context, event: Booking, fact: DemoFact): Promise<readonly string[]> {
  const meant = await readMeant(fact);
  if (meant.guest !== null) return [nameMember(event, meant)];
  const held: string[] = [];
  for (const { id } of event.party?.members ?? []) if (!isOff(await findBooking(context, id))) held.push(id);
  return held;
}

/**
 * Chooses the demo when only the person is known: the last one that has begun, otherwise the next one, otherwise a new
 * one.
 */
async function findDemo({ records }: Context, { guest }: DemoFact, atMs: number): Promise<string> {
  const { email, user } = await digestPerson(guest.email ?? null, guest.userId ?? null);
  const found = await Promise.all([email, user].map((one) => (one === null ? [] : records.findByPerson(one))));
  const bookings = found
    .flat()
    .filter(isDemo)
    .map(readBooking)
    .flatMap((kept: KeptBooking | null) => kept?.booking ?? []);
  return chooseDemo(bookings, atMs) ?? nameStray(guest.email?.toLowerCase() ?? `id ${guest.userId ?? ''}`);
}

function chooseDemo(bookings: readonly Booking[], atMs: number): string | null {
  const current = bookings.flatMap(listCurrent);
  const held = current.filter((one) => !isCancelled(one));
  const list = held.length ? held : current;
  const startOf = ({ startsAtMs }: Appointment) => startsAtMs ?? Number.NEGATIVE_INFINITY;
  const inOrder = [...list].sort((a, b) => startOf(a) - startOf(b));
  const begun = inOrder.filter((one) => startOf(one) <= atMs + EARLY_MS);
  return (begun.at(-1) ?? inOrder[0])?.id ?? null;
}
