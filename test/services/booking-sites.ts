/** Sites that receive a booking tool's webhooks, and what their webhooks look like. */
import {
  type AttributionOptions,
  type BookingReceiverOptions,
  type BookingTool,
  type CelloEvent,
  createAttribution,
  createBookingReceiver,
  memoryStore,
  type Store,
} from 'cello-companion/server';
import { createWebhook, HUBSPOT_URL, SECRET } from './tools.js';

export const UCC = 'pNRB1aYqArN';
export const ADA = { email: 'ada@example.com', name: 'Ada' };
export const BOB = { email: 'bob@example.com', name: 'Bob' };
export const HOUR_MS = 3_600_000;
export const URI = 'https://api.calendly.com/scheduled_events/E1/invitees/I1';

/** What a site is opened with. */
export interface SiteOptions {
  readonly receiver?: Partial<BookingReceiverOptions>;
  readonly attribution?: Partial<AttributionOptions>;
  /** Default: a store in memory. */
  readonly open?: (clock: () => number) => Store;
}

/** Opens a site with a receiver, in a time of its own. */
export function openSite(tool: BookingTool, { receiver, attribution: more, open }: SiteOptions = {}) {
  let passedMs = 0;
  const clock = () => Date.now() + passedMs;
  const events: CelloEvent[] = [];
  const keys: string[] = [];
  const errors: string[] = [];
  const store = open?.(clock) ?? memoryStore({ clock });
  const add: Store['events']['add'] = (entry, db) =>
    store.events.add(entry, db).then((isNew) => {
      if (isNew) keys.push(entry.key);
      return isNew;
    });
  const attribution = createAttribution({
    store: { ...store, events: { ...store.events, add } },
    send: async (event) => void events.push(event),
    onError: (error) => errors.push(String(error)),
    ...more,
  });
  const receive = createBookingReceiver({
    tool,
    secret: SECRET,
    attribution,
    url: HUBSPOT_URL,
    onError: (error, place) => errors.push(`${place.tool}: ${error}`),
    ...receiver,
  });
  return {
    /** What Cello was sent. */
    events,
    /** The keys of the events that were made. */
    keys,
    errors,
    attribution,
    receive,
    post: async (body: unknown) => (await receive(createWebhook(tool, body))).status,
    /** Lets time pass, and does what is due. */
    async pass(ms: number) {
      passedMs += ms;
      await attribution.flush();
    },
    flush: () => attribution.flush(),
  };
}

/** When a meeting takes place that begins so many ms from now. */
export const slot = (fromNowMs: number) => ({
  start: new Date(Date.now() + fromNowMs).toISOString(),
  end: new Date(Date.now() + fromNowMs + HOUR_MS / 2).toISOString(),
});

/** A webhook of Cal.com about a booking; `more` is added to its payload. */
export const calcom = (triggerEvent: string, uid: string, more: object = {}, { start, end } = slot(HOUR_MS)) => ({
  triggerEvent,
  payload: { uid, startTime: start, endTime: end, status: 'ACCEPTED', attendees: [ADA], ...more },
});

/** A webhook of Calendly about an invitee. */
export const calendly = (event: string, uri: string, more: object = {}, { start, end } = slot(HOUR_MS)) => ({
  event,
  payload: { uri, ...ADA, scheduled_event: { start_time: start, end_time: end }, ...more },
});

/** A webhook of Chili Piper. */
export const chilipiper = (type: string, more: object = {}, { start, end } = slot(HOUR_MS)) => ({
  type,
  meetingIdChili: 'm1',
  primaryGuestEmail: ADA.email,
  start,
  end,
  ...more,
});

/** A webhook of SavvyCal. */
export const savvycal = (type: string, more: object = {}, { start, end } = slot(HOUR_MS)) => ({
  type,
  payload: { id: 'event_1', start_at: start, end_at: end, scheduler: { email: ADA.email }, ...more },
});

/** A change to HubSpot's meeting 501. */
export const hubspot = (propertyName: string | null, propertyValue = '', occurredAt = Date.now()) => ({
  subscriptionType: propertyName ? 'object.propertyChange' : 'object.creation',
  objectTypeId: '0-47',
  objectId: 501,
  ...(propertyName ? { propertyName, propertyValue } : {}),
  occurredAt,
});

/** A response of Typeform. */
export const typeform = (token: string, hidden: object = { ucc: UCC }) => ({
  event_type: 'form_response',
  form_response: { token, hidden, answers: [{ type: 'email', email: ADA.email }] },
});

/** What an event tells Cello. */
export const show = ({ payload, context }: CelloEvent) => ({ ...payload, trigger: context.event.trigger });

/** What Cello is told of an attended demo. */
export const attended = (ucc: string, newUserId: string) => ({ ucc, newUserId, trigger: 'demo-call-attended' });
