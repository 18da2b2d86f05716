/**
 * SavvyCal: https://savvycal.com/docs/api/webhooks
 */
import type { Fact, ReadingContext, Tool } from './fact.js';
import { at, emailAt, listAt, textAt, timeAt, uccAt } from './json.js';

const slotOf = (payload: unknown) => ({ startsAt: timeAt(payload, 'start_at'), endsAt: timeAt(payload, 'end_at') });

function readBooked(
  payload: unknown,
  id: string,
  { carrier }: ReadingContext,
  is: 'booked' | 'requested' = 'booked',
): Fact {
  const guests = listAt(payload, 'attendees').filter((attendee) => at(attendee, 'is_organizer') !== true);
  const people = [at(payload, 'scheduler'), ...guests];
  const fields = people.flatMap((person) => listAt(person, 'fields'));
  const field = fields.find((one) => [textAt(one, 'label'), textAt(one, 'name'), textAt(one, 'id')].includes(carrier));
  const [email = null] = people.flatMap((person) => emailAt(person, 'email') ?? []);
  const [name = null] = people.flatMap((person) => textAt(person, 'display_name') ?? textAt(person, 'name') ?? []);
  return {
    is,
    id,
    email,
    name,
    ucc: uccAt(payload, 'metadata', carrier) ?? uccAt(field, 'value'),
    ...slotOf(payload),
  };
}

export const savvycal: Tool = {
  carrier: 'ucc',
  read(body, context) {
    const event = textAt(body, 'type');
    const payload = at(body, 'payload');
    const eventId = textAt(payload, 'id');
    if (!event) return null;
    const id = `savvycal:${eventId}`;
    switch (event) {
      // Waits for the host, or for the payment. What follows may no longer carry the code.
      case 'event.requested':
      case 'event.checkout.pending':
        return eventId ? [readBooked(payload, id, context, 'requested')] : null;
      case 'event.created':
      case 'event.approved':
      case 'event.checkout.completed':
        return eventId ? [readBooked(payload, id, context)] : null;
      case 'event.rescheduled':
      case 'event.attendee.rescheduled':
        return eventId
          ? [{ is: 'moved', id, previousId: null, ...slotOf(payload) }, readBooked(payload, id, context)]
          : null;
      case 'event.canceled':
      case 'event.declined':
      case 'event.checkout.expired':
        return eventId ? [{ is: 'cancelled', id }] : null;
      default:
        return [];
    }
  },
};
