/**
 * A demo's state, built from reports that arrive in any order and more than once. Pure functions: each report yields
 * the booking's next state. The invariant: in whatever order reports arrive, one booking makes one event.
 */
import { chooseBest, type Found, parseFound } from './evidence.js';
import { type Fields, parseList, parseNumber, parseRecord, parseText } from './kept.js';
import { joinParties, type Party, parseParty } from './party.js';

/** A guest's seat in an event that several people book. Someone who cancels a seat may take another. */
export interface Seat {
  readonly id: string;
  readonly isCancelled: boolean;
}

/** One appointment. A booking that moved to a new id, or that recurs, has several. */
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
  /** The guest's own seats, where the tool names them. */
  readonly seats: readonly Seat[];
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

/** A guest's no-show at an appointment, or its withdrawal. */
export interface Mark {
  readonly id: string;
  readonly guest: string;
  readonly isMissed: boolean;
}

/** A demo, with everything reported about it. */
export interface Booking {
  readonly appointments: readonly Appointment[];
  /** The id of a recurring booking: its appointments are one demo. */
  readonly seriesId: string | null;
  /** Set for an event with several guests: each has a booking of their own, and this one makes no event. */
  readonly party: Party | null;
  /** No-shows that name a guest, also one who is not known yet. */
  readonly marks: readonly Mark[];
  readonly guest: Guest;
  /** Who the guest is, as `digestGuest` says: it recognizes them after their data is removed. */
  readonly guestDigest: string | null;
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
  seats: [],
  found: null,
});

/** A booking about which only an id is known. */
export const createBooking = (id: string): Booking => ({
  appointments: [createAppointment(id)],
  seriesId: null,
  party: null,
  marks: [],
  guest: NOBODY,
  guestDigest: null,
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

/** The booking's own id: the series', else the first appointment's. */
export const readFirstId = (booking: Booking): string => booking.seriesId ?? listChain(booking)[0]?.id ?? '';

/** The appointments that count: those that no other has replaced. Several if the booking recurs. */
export function listCurrent(booking: Booking): readonly Appointment[] {
  const replaced = new Set(booking.appointments.map(({ previousId }) => previousId));
  const chain = listChain(booking);
  const current = chain.filter(({ id }) => !replaced.has(id));
  return current.length ? current : chain.slice(-1);
}

/** The last of the appointments that count. */
export const findCurrent = (booking: Booking): Appointment | undefined => listCurrent(booking).at(-1);

/** Whether an appointment was cancelled: itself, or every seat that its guest took. */
export const isCancelled = ({ isCancelled, seats }: Appointment): boolean =>
  isCancelled || (seats.length > 0 && seats.every((seat) => seat.isCancelled));

/** The key of the booking's event. */
export const nameEvent = (booking: Booking): string =>
  booking.decided?.key ?? `demo-call-attended:${readFirstId(booking)}`;

/** Adds a seat to an appointment. A cancelled one stays cancelled. */
export function addSeat(one: Appointment, seat: Seat): Appointment {
  const standing = one.seats.find(({ id }) => id === seat.id);
  const next = { id: seat.id, isCancelled: seat.isCancelled || !!standing?.isCancelled };
  return { ...one, seats: [...one.seats.filter(({ id }) => id !== seat.id), next] };
}

/** Whether an appointment stands: neither cancelled nor missed. */
export const isHeld = (appointment: Appointment): boolean => !isCancelled(appointment) && !appointment.isMissed;

/** Whether every appointment that counts is cancelled or missed. */
export const isOff = (booking: Booking): boolean => !listCurrent(booking).some(isHeld);

/** The code that came with the bookings or reports; between equal evidence, the first appointment's. */
export const chooseOwn = (booking: Booking): Found | null =>
  chooseBest([booking.found, ...listChain(booking).map(({ found }) => found)]);

/** The end of the first appointment that was not called off, in ms since 1970. */
export function readEndMs(booking: Booking): number | null {
  const ends = listCurrent(booking).flatMap((one) => (isHeld(one) && one.endsAtMs !== null ? one.endsAtMs : []));
  return ends.length ? Math.min(...ends) : null;
}

/** When nothing reported to the contrary means that it was attended, in ms since 1970; `null`: never. */
export function readAssumableMs(booking: Booking): number | null {
  const { assumeAfterHours, party } = booking;
  const endMs = readEndMs(booking);
  return assumeAfterHours === null || party || endMs === null ? null : endMs + assumeAfterHours * 3_600_000;
}

/** When it counts as attended unless reported otherwise, in ms since 1970. */
export function readAssumedMs(booking: Booking): number | null {
  const { attendance, decided, isRefused } = booking;
  return attendance || decided || isRefused ? null : readAssumableMs(booking);
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
export const addGuest = (booking: Booking, guest: Partial<Guest>, digest: string | null = null): Booking => ({
  ...booking,
  guest: fill(booking.guest, guest),
  guestDigest: booking.guestDigest ?? digest,
});

/** Keeps a no-show that names a guest; the last one about an appointment counts. */
export const addMark = (booking: Booking, mark: Mark): Booking => ({
  ...booking,
  marks: [...booking.marks.filter(({ id, guest }) => id !== mark.id || guest !== mark.guest), mark],
});

/** Applies the no-shows that name the booking's own guest. Those of other people change nothing. */
export const applyMarks = (booking: Booking): Booking =>
  booking.marks
    .filter(({ guest }) => guest === booking.guestDigest)
    .reduce((next, { id, isMissed }) => editAppointment(next, id, (one) => ({ ...one, isMissed })), booking);

/** Makes it part of a series. Of two ids one counts, whichever came first. */
export const addSeries = (booking: Booking, seriesId: string): Booking => ({
  ...booking,
  seriesId: booking.seriesId !== null && booking.seriesId < seriesId ? booking.seriesId : seriesId,
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
  const joined = second.seriesId === null ? first : addSeries(first, second.seriesId);
  return {
    appointments: [...first.appointments, ...others],
    seriesId: joined.seriesId,
    party: joinParties(first.party, second.party),
    marks: [...first.marks, ...second.marks],
    guest: fill(first.guest, second.guest),
    guestDigest: first.guestDigest ?? second.guestDigest,
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

const parseSeat = (value: unknown): readonly Seat[] => {
  const fields = parseRecord(value);
  const id = parseText(fields['id']);
  return id === null ? [] : [{ id, isCancelled: fields['isCancelled'] === true }];
};

const parseMark = (value: unknown): readonly Mark[] => {
  const fields = parseRecord(value);
  const [id, guest] = [parseText(fields['id']), parseText(fields['guest'])];
  return id === null || guest === null ? [] : [{ id, guest, isMissed: fields['isMissed'] === true }];
};

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
      seats: parseList(fields['seats']).flatMap(parseSeat),
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
  seriesId: parseText(fields['seriesId']),
  party: parseParty(fields['party']),
  marks: parseList(fields['marks']).flatMap(parseMark),
  guest: parseGuest(parseRecord(fields['guest'])),
  guestDigest: parseText(fields['guestDigest']),
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
