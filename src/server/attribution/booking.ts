/**
 * A demo's state, built from reports that arrive in any order and more than once. Pure functions: each report yields
 * the booking's next state. The invariant: in whatever order reports arrive, one booking makes one event.
 */
import { chooseBest, type Found, parseFound } from './evidence.js';
import { type Fields, parseList, parseNumber, parseRecord, parseText } from './kept.js';

/** One appointment. A booking that moved to a new id has several. */
export interface Appointment {
  readonly id: string;
  /** The appointment that this one replaces. */
  readonly previousId: string | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** The times come from a move: a repeated `booked` does not restore the old ones. */
  readonly isMoved: boolean;
  readonly isCancelled: boolean;
  readonly isMissed: boolean;
  /** The code that came with the booking. */
  readonly found: Found | null;
}

/** Who booked, as far as the reports say. */
export interface Guest {
  readonly userId: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly organizationId: string | null;
}

/** The demo took place. */
export interface Attendance {
  readonly atMs: number;
  /** Nobody reported it: the demo ended, and nothing was reported to the contrary. */
  readonly isAssumed: boolean;
  /** How long a code may still arrive. */
  readonly untilMs: number;
}

/** The decision: the event's key and code. */
export interface Decided {
  readonly key: string;
  readonly ucc: string;
  readonly newUserId: string;
  readonly isQueued: boolean;
}

/** A demo, with everything reported about it. */
export interface Booking {
  readonly appointments: readonly Appointment[];
  readonly guest: Guest;
  readonly attendance: Attendance | null;
  /** The code that came with the attendance report. */
  readonly found: Found | null;
  /** The number of hours after which it counts as attended; `null`: never automatically. */
  readonly assumeAfterHours: number | null;
  readonly decided: Decided | null;
  readonly isRefused: boolean;
  /** We no longer wait for a code. */
  readonly isOver: boolean;
  /** How many times `approve` gave no answer, and when to ask it again. */
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

/** A booking about which only an id is known. */
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

/** The appointments in order: the first one, then each replacement. */
export function listChain({ appointments }: Booking): readonly Appointment[] {
  const ids = new Set(appointments.map(({ id }) => id));
  const chain = appointments.filter(({ previousId }) => previousId === null || !ids.has(previousId));
  if (!chain.length) return appointments; // a cycle: bad data, but no reason to lose the demo
  for (const { id } of chain)
    for (const next of appointments) if (next.previousId === id && !chain.includes(next)) chain.push(next);
  return chain;
}

/** The id of the first appointment: the booking's own. */
export const readFirstId = (booking: Booking): string => listChain(booking)[0]?.id ?? '';

/** The appointment that counts: the last one that has not been replaced. */
export function findCurrent(booking: Booking): Appointment | undefined {
  const replaced = new Set(booking.appointments.map(({ previousId }) => previousId));
  const chain = listChain(booking);
  return chain.filter(({ id }) => !replaced.has(id)).at(-1) ?? chain.at(-1);
}

/** The key of the booking's event. */
export const nameEvent = (booking: Booking): string =>
  booking.decided?.key ?? `demo-call-attended:${readFirstId(booking)}`;

/** Whether the current appointment is cancelled or missed. */
export function isOff(booking: Booking): boolean {
  const current = findCurrent(booking);
  return !!current && (current.isCancelled || current.isMissed);
}

/** The code that came with the bookings or reports; between equal evidence, the first appointment's. */
export const chooseOwn = (booking: Booking): Found | null =>
  chooseBest([booking.found, ...listChain(booking).map(({ found }) => found)]);

/** When it counts as attended unless reported otherwise, in ms since 1970. */
export function readAssumedMs(booking: Booking): number | null {
  const { assumeAfterHours, attendance, decided, isRefused } = booking;
  const endsAtMs = findCurrent(booking)?.endsAtMs ?? null;
  if (assumeAfterHours === null || endsAtMs === null || attendance || decided || isRefused || isOff(booking))
    return null;
  return endsAtMs + assumeAfterHours * 3_600_000;
}

/** When it is next due for a check; `null`: never. */
export function readDueMs(booking: Booking, nowMs: number): number | null {
  const { decided, attendance, isRefused, isOver, askAgainMs } = booking;
  if (decided) return decided.isQueued ? null : nowMs;
  if (isRefused) return null;
  if (askAgainMs !== null) return askAgainMs;
  if (attendance) return isOver ? null : attendance.untilMs;
  return readAssumedMs(booking);
}

/** Edits one appointment, creating it if it is not known yet. */
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

/** Adds details about the guest. Values already known are kept. */
export const addGuest = (booking: Booking, guest: Partial<Guest>): Booking => ({
  ...booking,
  guest: fill(booking.guest, guest),
});

/** A report outweighs an assumption, and the first report is kept. */
function chooseAttendance(one: Attendance | null, other: Attendance | null): Attendance | null {
  if (!one || !other) return one ?? other;
  return one.isAssumed && !other.isAssumed ? other : one;
}

/** Records that it was attended. A new report after the wait is over starts the wait again. */
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

/** Merges two bookings that turn out to be one. */
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

/** Parses a stored booking. */
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

/** A finished booking without its personal data: just enough is kept to recognize a repeated report. */
export const strip = (booking: Booking): Booking => ({ ...booking, guest: NOBODY });
