/**
 * Chili Piper, the webhook "New Meeting". Its fields are taken from public code; the vendor documents only the events:
 * https://help.chilipiper.com/hc/en-us/articles/39402611091475
 */
import type { Fact, ReadingContext, Tool } from './fact.js';
import { emailAt, textAt, timeAt, uccAt } from './json.js';

const slotOf = (body: unknown) => ({ startsAt: timeAt(body, 'start'), endsAt: timeAt(body, 'end') });

const readBooked = (body: unknown, id: string, { carrier }: ReadingContext): Fact => ({
  is: 'booked',
  id,
  email: emailAt(body, 'primaryGuestEmail'),
  name: textAt(body, 'primaryGuestName'),
  ucc: uccAt(body, 'primaryGuestDataFields', carrier),
  ...slotOf(body),
});

export const chilipiper: Tool = {
  carrier: 'ucc',
  read(body, context) {
    const meetingId = textAt(body, 'meetingIdChili');
    const id = `chilipiper:${meetingId}`;
    switch (textAt(body, 'type')) {
      case 'Created':
        return meetingId ? [readBooked(body, id, context)] : null;
      case 'Updated':
        return meetingId
          ? [{ is: 'moved', id, previousId: null, ...slotOf(body) }, readBooked(body, id, context)]
          : null;
      case 'Deleted':
        return meetingId ? [{ is: 'cancelled', id }] : null;
      case null:
        return null;
      default:
        return [];
    }
  },
};
