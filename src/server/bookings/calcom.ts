/**
 * Cal.com, hosted and self-hosted: https://cal.com/docs/developing/guides/automation/webhooks
 */
import { sha256 } from '../sha256.js';
import type { Fact, Guest, Reading, ReadingContext, Seated, Tool } from './fact.js';
import { at, emailAt, listAt, textAt, timeAt, uccAt } from './json.js';

/** A webhook about a booking. */
interface Told {
  readonly event: string;
  readonly payload: unknown;
  readonly uid: string;
  /** The booking that this one takes the place of: a rescheduled booking has a new id. */
  readonly previousUid: string | null;
  readonly context: ReadingContext;
}

const idOf = (uid: string): string => `calcom:${uid}`;

/** An answer of the booking form is either plain or under `value`: both occur in one version. */
const answerAt = (payload: unknown, group: string, name: string): unknown => {
  const answer = at(payload, group, name);
  return at(answer, 'value') ?? answer;
};

const readCode = (payload: unknown, { carrier }: ReadingContext): string | null =>
  uccAt(payload, 'metadata', carrier) ??
  uccAt({ found: answerAt(payload, 'responses', carrier) }, 'found') ??
  uccAt({ found: answerAt(payload, 'userFieldsResponses', carrier) }, 'found');

/**
 * An event with seats is one booking with several guests. The seat's id has not always been told of every guest:
 * https://github.com/calcom/cal.com/issues/15010
 */
function readSeat(payload: unknown): Seated['seat'] | null {
  const seats = Number(at(payload, 'seatsPerTimeSlot'));
  return textAt(payload, 'attendeeSeatId') ?? (seats > 0 ? true : null);
}

const readAttendee = (attendee: unknown) => ({ email: emailAt(attendee, 'email'), name: textAt(attendee, 'name') });

/** The booker is the first attendee; where there are seats, whoever came last, and always the one who answered. */
function readBooker(payload: unknown): Omit<Guest, 'ucc'> {
  const answers = { email: answerAt(payload, 'responses', 'email'), name: answerAt(payload, 'responses', 'name') };
  const attendees = listAt(payload, 'attendees');
  const answered = readAttendee(answers);
  const listed = readAttendee(readSeat(payload) ? attendees.at(-1) : attendees[0]);
  const [first, second] = readSeat(payload) ? [answered, listed] : [listed, answered];
  return { email: first.email ?? second.email, name: first.name ?? second.name };
}

const slotOf = (payload: unknown) => ({ startsAt: timeAt(payload, 'startTime'), endsAt: timeAt(payload, 'endTime') });

/**
 * Every appointment of a recurring booking has an id of its own, and most webhooks leave out what they have in common.
 * Then it is the same person who booked the same recurring event.
 */
async function readSeries(payload: unknown, email: string | null): Promise<string | null> {
  const given = textAt(payload, 'recurringEventId') ?? textAt(payload, 'recurringEvent', 'recurringEventId');
  if (given) return idOf(given);
  const type = textAt(payload, 'eventTypeId') ?? textAt(payload, 'type');
  if (!isRecurring(payload) || !email || !type) return null;
  return idOf(`recurring-${(await sha256(`${type} ${email.toLowerCase()}`)).slice(0, 16)}`);
}

const isRecurring = (payload: unknown): boolean => {
  const rule = at(payload, 'recurringEvent');
  return typeof rule === 'object' && rule !== null;
};

async function readBooked({ payload, uid, context }: Told, is: 'booked' | 'requested' = 'booked'): Promise<Fact> {
  const booker = readBooker(payload);
  const [seat, seriesId] = [readSeat(payload), await readSeries(payload, booker.email)];
  return {
    is,
    id: idOf(uid),
    ...(seat === null ? {} : { seat }),
    ...(seriesId === null ? {} : { seriesId }),
    ...booker,
    ucc: readCode(payload, context),
    ...slotOf(payload),
  };
}

const NO_SLOT = { startsAt: null, endsAt: null };

function readMoved({ payload, uid, previousUid }: Told, slot = slotOf(payload)): Fact {
  const seat = readSeat(payload);
  const previousId = previousUid && previousUid !== uid ? idOf(previousUid) : null;
  const guest = seat === null ? {} : { seat, email: readBooker(payload).email };
  return { is: 'moved', id: idOf(uid), previousId, ...guest, ...slot };
}

/** Whether a moved booking still carries the code is not documented: the first one's counts. */
const readRescheduled = async (told: Told): Promise<readonly Fact[]> => [readMoved(told), await readBooked(told)];

/**
 * Not a booking yet, but often the only webhook that carries the code. Where the host has to confirm, moving a booking
 * says `BOOKING_REQUESTED` first, and `BOOKING_CREATED` when it is confirmed:
 * https://github.com/calcom/cal.com/issues/21169
 */
const readRequested = async (told: Told): Promise<readonly Fact[]> => [
  ...(told.previousUid ? [readMoved(told, NO_SLOT)] : []),
  await readBooked(told, 'requested'),
];

/** A payment does not confirm a booking that the host has yet to confirm. */
const isPending = ({ event, payload }: Told): boolean =>
  textAt(payload, 'status')?.toUpperCase() === 'PENDING' ||
  (event === 'BOOKING_PAID' && at(payload, 'requiresConfirmation') === true);

async function readCreated(told: Told): Promise<readonly Fact[]> {
  if (isPending(told)) return readRequested(told);
  return told.previousUid ? readRescheduled(told) : [await readBooked(told)];
}

/** One guest gives up a seat, or the booking is cancelled: with `recurringEvent`, all that is left of a recurring one. */
function readCancelled({ payload, uid }: Told): readonly Fact[] {
  const id = idOf(uid);
  const seat = readSeat(payload);
  const attendees = listAt(payload, 'attendees').map(readAttendee);
  if (!seat) return [{ is: 'cancelled', id, ...(isRecurring(payload) ? { isRest: true } : {}) }];
  if (typeof seat === 'string') {
    const [only] = attendees.length === 1 ? attendees : [];
    return [{ is: 'cancelled', id, seat, email: only?.email ?? null }];
  }
  return attendees.length
    ? attendees.map(({ email }): Fact => ({ is: 'cancelled', id, seat, email }))
    : [{ is: 'cancelled', id }];
}

const readMark = (id: string, attendee: unknown): Fact => ({
  is: 'missed',
  id,
  isMissed: at(attendee, 'noShow') === true,
  email: emailAt(attendee, 'email'),
});

/** Sent for both marking and unmarking, and names the attendees whose mark changed. */
const readNoShow = ({ payload, uid }: Told): readonly Fact[] =>
  listAt(payload, 'attendees').map((attendee) => readMark(idOf(uid), attendee));

/**
 * Sent for each host who was not there. Where another host was, the demo took place: hosts are signed in, so those who
 * joined have a `user_id`.
 */
function readHostNoShow({ payload, uid }: Told): readonly Fact[] {
  const absent = emailAt(payload, 'hostEmail');
  const joined = listAt(payload, 'participants').filter((one) => textAt(one, 'user_id'));
  const isHeld = joined.some((one) => !absent || emailAt(one, 'email') !== absent);
  return isHeld ? [] : [{ is: 'missed', id: idOf(uid), isMissed: true }];
}

/**
 * Sent at the scheduled end, no matter who attended, so it only says that the booking still stood. In older versions
 * its body is written at booking time: `noShow: false` then means nothing, but `true` is reliable.
 */
async function readEnded(told: Told): Promise<readonly Fact[]> {
  const { payload, uid } = told;
  const status = textAt(payload, 'status');
  if (status && status.toUpperCase() !== 'ACCEPTED') return [];
  const missing = listAt(payload, 'attendees').filter((attendee) => at(attendee, 'noShow') === true);
  const missed = missing.map((attendee) => readMark(idOf(uid), attendee));
  return listAt(payload, 'seatsReferences').length || readSeat(payload) ? missed : [await readBooked(told), ...missed];
}

/** The events that we read. All other Cal.com events are recognized and ignored. */
const READERS: { readonly [event: string]: (told: Told) => Reading | Promise<Reading> } = {
  BOOKING_CREATED: readCreated,
  BOOKING_REQUESTED: readRequested,
  BOOKING_PAYMENT_INITIATED: readRequested,
  BOOKING_PAID: readCreated,
  BOOKING_RESCHEDULED: readRescheduled,
  BOOKING_CANCELLED: readCancelled,
  BOOKING_REJECTED: ({ uid }) => [{ is: 'cancelled', id: idOf(uid) }],
  BOOKING_NO_SHOW_UPDATED: readNoShow,
  AFTER_GUESTS_CAL_VIDEO_NO_SHOW: ({ uid }) => [{ is: 'missed', id: idOf(uid), isMissed: true }],
  AFTER_HOSTS_CAL_VIDEO_NO_SHOW: readHostNoShow,
  MEETING_ENDED: readEnded,
};

export const calcom: Tool = {
  carrier: 'ucc',
  read(body, context) {
    const event = textAt(body, 'triggerEvent');
    if (!event) return null;
    if (!Object.hasOwn(READERS, event)) return [];
    const payload = at(body, 'payload') ?? body; // MEETING_ENDED is flat
    const previousUid = textAt(payload, 'rescheduleUid');
    // A guest who moves to another seat may be told under the old id alone.
    const uid = textAt(payload, 'uid') ?? textAt(payload, 'bookingUid') ?? previousUid;
    return uid ? (READERS[event]?.({ event, payload, uid, previousUid, context }) ?? null) : null;
  },
};
