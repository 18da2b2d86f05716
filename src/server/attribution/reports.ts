/**
 * How each report about a demo changes the booking.
 */

import { digestPerson } from '../referrals/index.js';
import { sha256 } from '../sha256.js';
import {
  type Appointment,
  addAttendance,
  addGuest,
  type Booking,
  createBooking,
  editAppointment,
  findCurrent,
  nameEvent,
} from './booking.js';
import type { Attributed, Context } from './context.js';
import { isDemo, type KeptBooking, readBooking, report, settle } from './demo.js';
import type { Found } from './evidence.js';
import type { DemoFact } from './facts.js';

/** How long before its start a demo may be reported as attended: clocks differ, and people arrive early. */
const EARLY_MS = 3_600_000;

const setTimes = (one: Appointment, { startsAtMs, endsAtMs }: DemoFact): Appointment => ({
  ...one,
  startsAtMs: startsAtMs ?? one.startsAtMs,
  endsAtMs: endsAtMs ?? one.endsAtMs,
});

/** The id of a demo known only by its person. */
const nameStray = async (person: string): Promise<string> => `person:${(await sha256(person)).slice(0, 32)}`;

async function finish(context: Context, key: string, id: string): Promise<Attributed> {
  return (await settle(context, key)) ?? { state: 'none', ucc: null, key: nameEvent(createBooking(id)) };
}

/** Applies a booking. Times already set by a move are kept. */
export async function takeBooked(
  context: Context,
  id: string,
  fact: DemoFact,
  found: Found | null,
): Promise<Attributed> {
  const { guest, assumeAfterHours } = fact;
  const edit = (booking: Booking): Booking => {
    const next = editAppointment(addGuest(booking, guest), id, (one) => ({
      ...(one.isMoved ? one : setTimes(one, fact)),
      found: one.found ?? found,
    }));
    return { ...next, assumeAfterHours: assumeAfterHours ?? next.assumeAfterHours ?? context.assumeAfterHours };
  };
  const strayId = guest.email ? await nameStray(guest.email.toLowerCase()) : null;
  return finish(context, await report(context, { id, strayId, edit }), id);
}

/** Applies a move. */
export async function takeMoved(context: Context, id: string, fact: DemoFact): Promise<Attributed> {
  const previousId = fact.previousId === id ? null : fact.previousId;
  const edit = (booking: Booking): Booking => ({
    ...editAppointment(booking, id, (one) => ({
      ...setTimes(one, fact),
      isMoved: true,
      previousId: one.previousId ?? previousId,
    })),
    assumeAfterHours: booking.assumeAfterHours ?? context.assumeAfterHours,
  });
  return finish(context, await report(context, { id, previousId, edit }), id);
}

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

/** Applies a cancellation or a no-show, or withdraws it. */
export async function takeOff(
  context: Context,
  id: string,
  change: Partial<Pick<Appointment, 'isCancelled' | 'isMissed'>>,
): Promise<Attributed> {
  let late: Booking | null = null;
  const edit = (booking: Booking): Booking => {
    const standing = booking.appointments.find((one) => one.id === id);
    const isNews = !(standing?.isCancelled || standing?.isMissed);
    const isCurrent = (findCurrent(booking)?.id ?? id) === id;
    late = isNews && isCurrent && (change.isCancelled || change.isMissed) ? booking : null;
    return editAppointment(booking, id, (one) => ({ ...one, ...change }));
  };
  const key = await report(context, { id, edit });
  tellLate(context, late, change.isCancelled ? 'cancelled' : 'a no-show');
  return finish(context, key, id);
}

/** Applies an attendance. */
export async function takeAttended(context: Context, fact: DemoFact, found: Found | null): Promise<Attributed> {
  const nowMs = context.records.now();
  const atMs = Math.min(fact.atMs ?? nowMs, nowMs);
  const id = fact.id ?? (await findDemo(context, fact, atMs));
  const attendance = { atMs, isAssumed: false, untilMs: nowMs + context.waitMs };
  const edit = (booking: Booking): Booking => addAttendance(addGuest(booking, fact.guest), attendance, found);
  return finish(context, await report(context, { id, edit }), id);
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
  const current = bookings.flatMap((booking) => findCurrent(booking) ?? []);
  const held = current.filter(({ isCancelled }) => !isCancelled);
  const list = held.length ? held : current;
  const startOf = ({ startsAtMs }: Appointment) => startsAtMs ?? Number.NEGATIVE_INFINITY;
  const inOrder = [...list].sort((a, b) => startOf(a) - startOf(b));
  const begun = inOrder.filter((one) => startOf(one) <= atMs + EARLY_MS);
  return (begun.at(-1) ?? inOrder[0])?.id ?? null;
}
