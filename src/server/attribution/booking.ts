/**
 * What is known of a demo, put together from reports that come in any order and more than once. Plain functions: each
 * report is a booking's next state. The law: whatever comes in whatever order, one booking makes one event.
 */
import { chooseBest, type Found, parseFound } from './evidence.js';
import { type Fields, parseList, parseNumber, parseRecord, parseText } from './kept.js';

/** One appointment. A booking that was moved to another id has several. */
export interface Appointment {
  readonly id: string;
  /** The appointment that this one replaces. */
  readonly previousId: string | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** The times are those of a move: a repeated `booked` does not bring the old ones back. */
  readonly isMoved: boolean;
  readonly isCancelled: boolean;
  readonly isMissed: boolean;
  /** The code that was booked with. */
  readonly found: Found | null;
}

/** Who booked, as far as somebody said. */
export interface Guest {
  readonly userId: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly organizationId: string | null;
}

/** That it took place. */
export interface Attendance {
  readonly atMs: number;
  /** Nobody said so: it ended, and nobody said otherwise. */
  readonly isAssumed: boolean;
  /** Until when a code may still come. */
  readonly untilMs: number;
}

/** What was decided: the event's key and code. */
export interface Decided {
  readonly key: string;
  readonly ucc: string;
  readonly newUserId: string;
  readonly isQueued: boolean;
}

/** A demo. */
export interface Booking {
  readonly appointments: readonly Appointment[];
  readonly guest: Guest;
  readonly attendance: Attendance | null;
  /** The code that came with the report that it was attended. */
  readonly found: Found | null;
  /** After so many hours it counts as attended; `null`: never by itself. */
  readonly assumeAfterHours: number | null;
  readonly decided: Decided | null;
  readonly isRefused: boolean;
  /** Nobody waits for a code any more. */
  readonly isOver: boolean;
  /** How often the site's last word could not be had, and when it is asked again. */
  readonly failures: number;
  readonly askAgainMs: number | null;
}

const NOBODY: Guest = { userId: null, email: null, name: null, organizationId: null };

const createAppointment = (id: string): Appointment => ({
  id,
  previousId: null,
  startsAtMs: null,
  endsAtMs: null,
  isMoved: false,
  isCancelled: false,
  isMissed: false,
  found: null,
});

/** A booking of which nothing but an id is known. */
export const createBooking = (id: string): Booking => ({
  appointments: [createAppointment(id)],
  guest: NOBODY,
  attendance: null,
  found: null,
  assumeAfterHours: null,
  decided: null,
  isRefused: false,
  isOver: false,
  failures: 0,
  askAgainMs: null,
});

/** The appointments in their order: the first one, then what replaced it. */
export function listChain({ appointments }: Booking): readonly Appointment[] {
  const ids = new Set(appointments.map(({ id }) => id));
  const chain = appointments.filter(({ previousId }) => previousId === null || !ids.has(previousId));
  if (!chain.length) return appointments; // a circle: somebody's mistake, and no reason to lose the demo
  for (const { id } of chain)
    for (const next of appointments) if (next.previousId === id && !chain.includes(next)) chain.push(next);
  return chain;
}

/** The id of the first appointment: the booking's own. */
export const readFirstId = (booking: Booking): string => listChain(booking)[0]?.id ?? '';

/** The appointment that counts: of those that nothing replaced the last. */
export function findCurrent(booking: Booking): Appointment | undefined {
  const replaced = new Set(booking.appointments.map(({ previousId }) => previousId));
  const chain = listChain(booking);
  return chain.filter(({ id }) => !replaced.has(id)).at(-1) ?? chain.at(-1);
}

/** The key of its event. */
export const nameEvent = (booking: Booking): string =>
  booking.decided?.key ?? `demo-call-attended:${readFirstId(booking)}`;

/** Cancelled or missed, as far as the current appointment goes. */
export function isOff(booking: Booking): boolean {
  const current = findCurrent(booking);
  return !!current && (current.isCancelled || current.isMissed);
}

/** The code that was booked or reported with: of equal evidence the first appointment's. */
export const chooseOwn = (booking: Booking): Found | null =>
  chooseBest([booking.found, ...listChain(booking).map(({ found }) => found)]);

/** When it will count as attended if nobody says otherwise, in ms since 1970. */
export function readAssumedMs(booking: Booking): number | null {
  const { assumeAfterHours, attendance, decided, isRefused } = booking;
  const endsAtMs = findCurrent(booking)?.endsAtMs ?? null;
  if (assumeAfterHours === null || endsAtMs === null || attendance || decided || isRefused || isOff(booking))
    return null;
  return endsAtMs + assumeAfterHours * 3_600_000;
}

/** When somebody has to look at it again. */
export function readDueMs(booking: Booking, nowMs: number): number | null {
  const { decided, attendance, isRefused, isOver, askAgainMs } = booking;
  if (decided) return decided.isQueued ? null : nowMs;
  if (isRefused) return null;
  if (askAgainMs !== null) return askAgainMs;
  if (attendance) return isOver ? null : attendance.untilMs;
  return readAssumedMs(booking);
}

/** Edits one appointment; makes it where it is not known yet. */
export function editAppointment(
  booking: Booking,
  id: string,
  edit: (appointment: Appointment) => Appointment,
): Booking {
  const { appointments } = booking;
  return appointments.some((one) => one.id === id)
    ? { ...booking, appointments: appointments.map((one) => (one.id === id ? edit(one) : one)) }
    : { ...booking, appointments: [...appointments, edit(createAppointment(id))] };
}

const fill = (standing: Guest, given: Partial<Guest>): Guest => ({
  userId: standing.userId ?? given.userId ?? null,
  email: standing.email ?? given.email ?? null,
  name: standing.name ?? given.name ?? null,
  organizationId: standing.organizationId ?? given.organizationId ?? null,
});

/** Adds what is known of the guest; what was known before stays. */
export const addGuest = (booking: Booking, guest: Partial<Guest>): Booking => ({
  ...booking,
  guest: fill(booking.guest, guest),
});

/** A person's word outweighs an assumption, and the first word stays. */
function chooseAttendance(one: Attendance | null, other: Attendance | null): Attendance | null {
  if (!one || !other) return one ?? other;
  return one.isAssumed && !other.isAssumed ? other : one;
}

/** Adds that it was attended. Whoever says so again begins a wait that was over anew. */
export function addAttendance(booking: Booking, attendance: Attendance, found: Found | null): Booking {
  const isAnew = booking.isOver && !attendance.isAssumed;
  return {
    ...booking,
    attendance: isAnew ? attendance : chooseAttendance(booking.attendance, attendance),
    found: booking.found ?? found,
    isOver: false,
    isRefused: attendance.isAssumed && booking.isRefused,
    askAgainMs: attendance.isAssumed ? booking.askAgainMs : null,
  };
}

/** Two bookings turn out to be one. */
export function joinBookings(first: Booking, second: Booking): Booking {
  const others = second.appointments.filter(({ id }) => !first.appointments.some((one) => one.id === id));
  const decided = first.decided ?? second.decided;
  return {
    appointments: [...first.appointments, ...others],
    guest: fill(first.guest, second.guest),
    attendance: chooseAttendance(first.attendance, second.attendance),
    found: first.found ?? second.found,
    assumeAfterHours: first.assumeAfterHours ?? second.assumeAfterHours,
    decided,
    isRefused: !decided && (first.isRefused || second.isRefused),
    isOver: first.isOver && second.isOver,
    failures: Math.max(first.failures, second.failures),
    askAgainMs: first.askAgainMs ?? second.askAgainMs,
  };
}

const parseAppointment = (value: unknown): readonly Appointment[] => {
  const fields = parseRecord(value);
  const id = parseText(fields['id']);
  if (id === null) return [];
  return [
    {
      id,
      previousId: parseText(fields['previousId']),
      startsAtMs: parseNumber(fields['startsAtMs']),
      endsAtMs: parseNumber(fields['endsAtMs']),
      isMoved: fields['isMoved'] === true,
      isCancelled: fields['isCancelled'] === true,
      isMissed: fields['isMissed'] === true,
      found: parseFound(fields['found']),
    },
  ];
};

function parseAttendance(value: unknown): Attendance | null {
  const fields = parseRecord(value);
  const atMs = parseNumber(fields['atMs']);
  if (atMs === null) return null;
  return { atMs, isAssumed: fields['isAssumed'] === true, untilMs: parseNumber(fields['untilMs']) ?? atMs };
}

function parseDecided(value: unknown): Decided | null {
  const fields = parseRecord(value);
  const [key, ucc, newUserId] = ['key', 'ucc', 'newUserId'].map((name) => parseText(fields[name]));
  return key && ucc && newUserId ? { key, ucc, newUserId, isQueued: fields['isQueued'] === true } : null;
}

const parseGuest = (fields: Fields): Guest => ({
  userId: parseText(fields['userId']),
  email: parseText(fields['email']),
  name: parseText(fields['name']),
  organizationId: parseText(fields['organizationId']),
});

/** Reads a booking out of what a store kept of it. */
export const parseBooking = (fields: Fields): Booking => ({
  appointments: parseList(fields['appointments']).flatMap(parseAppointment),
  guest: parseGuest(parseRecord(fields['guest'])),
  attendance: parseAttendance(fields['attendance']),
  found: parseFound(fields['found']),
  assumeAfterHours: parseNumber(fields['assumeAfterHours']),
  decided: parseDecided(fields['decided']),
  isRefused: fields['isRefused'] === true,
  isOver: fields['isOver'] === true,
  failures: parseNumber(fields['failures']) ?? 0,
  askAgainMs: parseNumber(fields['askAgainMs']),
});

/** A booking that is over, without the person: only so much stays that a repetition is recognized. */
export const strip = (booking: Booking): Booking => ({ ...booking, guest: NOBODY });
