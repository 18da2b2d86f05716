/**
 * Calendly: https://developer.calendly.com/api-docs/c1ddc06ce1f1b-webhook-payload
 */
import type { Fact, Reading, ReadingContext, Tool } from './fact.js';
import { at, emailAt, textAt, timeAt, uccAt } from './json.js';

/** The invitee's URI is the key: one event may have several invitees. */
const idOf = (uri: string): string => `calendly:${uri}`;

const slotOf = (payload: unknown) => ({
  startsAt: timeAt(payload, 'scheduled_event', 'start_time'),
  endsAt: timeAt(payload, 'scheduled_event', 'end_time'),
});

/** A rescheduled invitee is a new one that refers to the old one. */
function readCreated(payload: unknown, uri: string, { carrier }: ReadingContext): readonly Fact[] {
  const booked: Fact = {
    is: 'booked',
    id: idOf(uri),
    email: emailAt(payload, 'email'),
    name: textAt(payload, 'name'),
    ucc: uccAt(payload, 'tracking', carrier),
    ...slotOf(payload),
  };
  const previous = textAt(payload, 'old_invitee');
  return previous ? [{ is: 'moved', id: idOf(uri), previousId: idOf(previous), ...slotOf(payload) }, booked] : [booked];
}

/** One half of a reschedule looks like a cancellation; the other half moves the booking. */
const readCanceled = (payload: unknown, uri: string): readonly Fact[] =>
  at(payload, 'rescheduled') === true || textAt(payload, 'new_invitee') ? [] : [{ is: 'cancelled', id: idOf(uri) }];

const READERS: { readonly [event: string]: (payload: unknown, uri: string, context: ReadingContext) => Reading } = {
  'invitee.created': readCreated,
  'invitee.canceled': readCanceled,
  'invitee_no_show.created': (_payload, uri) => [{ is: 'missed', id: idOf(uri), isMissed: true }],
  'invitee_no_show.deleted': (_payload, uri) => [{ is: 'missed', id: idOf(uri), isMissed: false }],
};

export const calendly: Tool = {
  carrier: 'utm_content',
  read(body, context) {
    const event = textAt(body, 'event');
    if (!event) return null;
    if (!Object.hasOwn(READERS, event)) return [];
    const isNoShow = event.startsWith('invitee_no_show.');
    // If the payload is not the invitee, `uri` is the no-show's own URI, and `invitee` has the invitee's.
    const uri = (isNoShow ? textAt(body, 'payload', 'invitee') : null) ?? textAt(body, 'payload', 'uri');
    return uri ? (READERS[event]?.(at(body, 'payload'), uri, context) ?? null) : null;
  },
};
