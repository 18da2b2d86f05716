/**
 * Our own JSON format, for anything that can post it: Zapier, Make, a CRM workflow, Salesforce Flow.
 */
import type { Fact, Guest, Reading, Tool } from './fact.js';
import { emailAt, textAt, timeAt, uccAt } from './json.js';

const PREFIXED = /^(calcom|calendly|hubspot|typeform|tally|chilipiper|savvycal|relay):./;

/** A relay's ids are its own, unless they have a tool's prefix. */
const idOf = (id: string): string => (PREFIXED.test(id) ? id : `relay:${id}`);

const slotOf = (body: unknown) => ({ startsAt: timeAt(body, 'startsAt'), endsAt: timeAt(body, 'endsAt') });

/** People spell it differently: `No-show`, `no_show` and `NO SHOW` are the same. */
const wordOf = (text: string | null): string => (text ?? '').toLowerCase().replace(/[\s_-]/g, '');

const readGuest = (body: unknown): Guest => ({
  email: emailAt(body, 'email'),
  name: textAt(body, 'name'),
  ucc: uccAt(body, 'ucc'),
});

const readBooked = (body: unknown, id: string): Fact => ({ is: 'booked', id, ...readGuest(body), ...slotOf(body) });

export const relay: Tool = {
  carrier: 'ucc',
  read(body): Reading {
    const given = textAt(body, 'id');
    if (!given) return null;
    const id = idOf(given);
    const previous = textAt(body, 'previousId');
    switch (wordOf(textAt(body, 'status'))) {
      case 'booked':
        return [readBooked(body, id)];
      case 'moved':
      case 'rescheduled': {
        const previousId = previous && previous !== given ? idOf(previous) : null;
        return [{ is: 'moved', id, previousId, ...slotOf(body) }, readBooked(body, id)];
      }
      case 'attended':
        return [{ is: 'attended', id, ...readGuest(body) }];
      case 'missed':
      case 'noshow':
        return [{ is: 'missed', id, isMissed: true }];
      case 'cancelled':
      case 'canceled':
        return [{ is: 'cancelled', id }];
      default:
        return null;
    }
  },
};
