/**
 * Cal.com, hosted and self-hosted: https://cal.com/docs/developing/guides/automation/webhooks
 */
import type { Fact, Guest, Reading, ReadingContext, Tool } from './fact.js';
import { at, emailAt, listAt, textAt, timeAt, uccAt } from './json.js';

const idOf = (uid: string): string => `calcom:${uid}`;

/** An answer of the booking form is either plain or under `value`: both occur in one version. */
const answerAt = (payload: unknown, group: string, name: string): unknown => {
  const answer = at(payload, group, name);
  return at(answer, 'value') ?? answer;
};

function readGuest(payload: unknown, { carrier }: ReadingContext): Guest {
  const answers = { email: answerAt(payload, 'responses', 'email'), name: answerAt(payload, 'responses', 'name') };
  return {
    email: emailAt(payload, 'attendees', 0, 'email') ?? emailAt(answers, 'email'),
    name: textAt(payload, 'attendees', 0, 'name') ?? textAt(answers, 'name'),
    ucc:
      uccAt(payload, 'metadata', carrier) ??
      uccAt({ found: answerAt(payload, 'responses', carrier) }, 'found') ??
      uccAt({ found: answerAt(payload, 'userFieldsResponses', carrier) }, 'found'),
  };
}

const slotOf = (payload: unknown) => ({ startsAt: timeAt(payload, 'startTime'), endsAt: timeAt(payload, 'endTime') });

const readBooked = (payload: unknown, uid: string, context: ReadingContext): Fact => ({
  is: 'booked',
  id: idOf(uid),
  ...readGuest(payload, context),
  ...slotOf(payload),
});

/** The booking that this one takes the place of: a rescheduled booking has a new id. */
function readPrevious(payload: unknown, uid: string): string | null {
  const previousUid = textAt(payload, 'rescheduleUid');
  return previousUid && previousUid !== uid ? idOf(previousUid) : null;
}

const readMoved = (payload: unknown, uid: string): Fact => ({
  is: 'moved',
  id: idOf(uid),
  previousId: readPrevious(payload, uid),
  ...slotOf(payload),
});

/** Whether a moved booking still carries the code is not documented: the first one's counts. */
const readRescheduled = (payload: unknown, uid: string, context: ReadingContext): readonly Fact[] => [
  readMoved(payload, uid),
  readBooked(payload, uid, context),
];

/**
 * Where the host has to confirm, moving a booking says `BOOKING_REQUESTED` first, and `BOOKING_CREATED` when it is confirmed:
 * https://github.com/calcom/cal.com/issues/21169
 */
function readRequested(payload: unknown, uid: string): readonly Fact[] {
  return readPrevious(payload, uid) ? [readMoved(payload, uid)] : [];
}

function readCreated(payload: unknown, uid: string, context: ReadingContext): readonly Fact[] {
  if (textAt(payload, 'status')?.toUpperCase() === 'PENDING') return readRequested(payload, uid);
  return readPrevious(payload, uid) ? readRescheduled(payload, uid, context) : [readBooked(payload, uid, context)];
}

/** Sent for both marking and unmarking, and names the attendees whose mark changed. */
function readNoShow(payload: unknown, id: string): readonly Fact[] {
  const marks = listAt(payload, 'attendees').map((attendee) => at(attendee, 'noShow') === true);
  return marks.length ? [{ is: 'missed', id, isMissed: marks.every(Boolean) }] : [];
}

/**
 * Sent at the scheduled end, no matter who attended, so it only says that the booking still stood. In older versions
 * its body is written at booking time: `noShow: false` then means nothing, but `true` is reliable.
 */
function readEnded(payload: unknown, uid: string, context: ReadingContext): readonly Fact[] {
  const status = textAt(payload, 'status');
  if (status && status.toUpperCase() !== 'ACCEPTED') return [];
  const marks = listAt(payload, 'attendees').map((attendee) => at(attendee, 'noShow') === true);
  const isMissed = marks.length > 0 && marks.every(Boolean);
  const missed: readonly Fact[] = isMissed ? [{ is: 'missed', id: idOf(uid), isMissed }] : [];
  return [readBooked(payload, uid, context), ...missed];
}

/** The events that we read. All other Cal.com events are recognized and ignored. */
const READERS: { readonly [event: string]: (payload: unknown, uid: string, context: ReadingContext) => Reading } = {
  BOOKING_CREATED: readCreated,
  BOOKING_REQUESTED: readRequested,
  BOOKING_RESCHEDULED: readRescheduled,
  BOOKING_CANCELLED: (_payload, uid) => [{ is: 'cancelled', id: idOf(uid) }],
  BOOKING_REJECTED: (_payload, uid) => [{ is: 'cancelled', id: idOf(uid) }],
  BOOKING_NO_SHOW_UPDATED: (payload, uid) => readNoShow(payload, idOf(uid)),
  AFTER_GUESTS_CAL_VIDEO_NO_SHOW: (_payload, uid) => [{ is: 'missed', id: idOf(uid), isMissed: true }],
  MEETING_ENDED: readEnded,
};

export const calcom: Tool = {
  carrier: 'ucc',
  read(body, context) {
    const event = textAt(body, 'triggerEvent');
    if (!event) return null;
    if (!Object.hasOwn(READERS, event)) return [];
    const payload = at(body, 'payload') ?? body; // MEETING_ENDED is flat
    const uid = textAt(payload, 'uid') ?? textAt(payload, 'bookingUid');
    return uid ? (READERS[event]?.(payload, uid, context) ?? null) : null;
  },
};
