import { expect, test } from 'playwright/test';
import { calcom } from '../../../../dist/server/bookings/calcom.js';
import { calendly } from '../../../../dist/server/bookings/calendly.js';
import { chilipiper } from '../../../../dist/server/bookings/chilipiper.js';
import type { Tool } from '../../../../dist/server/bookings/fact.js';
import { createHubspot } from '../../../../dist/server/bookings/hubspot.js';
import { relay } from '../../../../dist/server/bookings/relay.js';
import { savvycal } from '../../../../dist/server/bookings/savvycal.js';
import { tally } from '../../../../dist/server/bookings/tally.js';
import { typeform } from '../../../../dist/server/bookings/typeform.js';
import { createTallyResponse } from '../../../services/tools.js';

const UCC = 'pNRB1aYqArN';
const START = '2026-12-01T10:00:00Z';
const END = '2026-12-01T10:30:00Z';
const SLOT = { startsAt: new Date(START), endsAt: new Date(END) };
const ADA = { email: 'ada@example.com', name: 'Ada' };
const BOB = { email: 'bob@example.com', name: 'Bob' };
const HOST = { user_id: '7', email: 'host@example.com' };
const URI = 'https://api.calendly.com/scheduled_events/E1/invitees/I1';

const calcomBooking = (more: object) => ({
  triggerEvent: 'BOOKING_CREATED',
  createdAt: '2026-11-25T09:00:00.000Z',
  payload: {
    uid: 'bk-1',
    startTime: START,
    endTime: END,
    status: 'ACCEPTED',
    attendees: [{ ...ADA, timeZone: 'UTC' }],
    metadata: { ucc: UCC },
    ...more,
  },
});

const hostNoShow = (participants: readonly object[]) => ({
  triggerEvent: 'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
  payload: { bookingUid: 'bk-1', hostEmail: HOST.email, attendees: [ADA], participants },
});

const invitee = (event: string, more: object = {}) => ({
  event,
  created_at: '2026-11-25T09:00:00.000000Z',
  payload: {
    uri: URI,
    ...ADA,
    rescheduled: false,
    old_invitee: null,
    new_invitee: null,
    tracking: { utm_content: UCC },
    scheduled_event: { start_time: START, end_time: END },
    ...more,
  },
});

const chiliMeeting = (type: string) => ({
  type,
  meetingIdChili: 'm1',
  primaryGuestEmail: ADA.email,
  primaryGuestName: ADA.name,
  primaryGuestDataFields: { ucc: UCC },
  start: START,
  end: END,
});

const savvyEvent = (type: string) => ({
  type,
  payload: {
    id: 'event_1',
    start_at: START,
    end_at: END,
    scheduler: { email: ADA.email, display_name: ADA.name, fields: [{ label: 'ucc', value: UCC }] },
    attendees: [{ email: 'host@example.com', is_organizer: true }],
  },
});

const booked = (id: string, more: object = {}) => ({ is: 'booked', id, ...ADA, ucc: UCC, ...SLOT, ...more });
const requested = (id: string, more: object = {}) => booked(id, { is: 'requested', ...more });
const moved = (id: string, previousId: string | null = null) => ({ is: 'moved', id, previousId, ...SLOT });
const missed = (id: string, isMissed: boolean) => ({ is: 'missed', id, isMissed });

type Case = readonly [title: string, tool: Tool, body: unknown, facts: readonly object[] | null];

const CALCOM: readonly Case[] = [
  ['a booking', calcom, calcomBooking({}), [booked('calcom:bk-1')]],
  [
    'a booking with the code in an answer',
    calcom,
    calcomBooking({ metadata: {}, responses: { ucc: { value: UCC } } }),
    [booked('calcom:bk-1')],
  ],
  ['a booking that waits for its host', calcom, calcomBooking({ status: 'PENDING' }), [requested('calcom:bk-1')]],
  ...['BOOKING_REQUESTED', 'BOOKING_PAYMENT_INITIATED'].map(
    (triggerEvent): Case => [triggerEvent, calcom, { ...calcomBooking({}), triggerEvent }, [requested('calcom:bk-1')]],
  ),
  ['a payment', calcom, { ...calcomBooking({}), triggerEvent: 'BOOKING_PAID' }, [booked('calcom:bk-1')]],
  [
    'a payment before the host has confirmed',
    calcom,
    { ...calcomBooking({ requiresConfirmation: true }), triggerEvent: 'BOOKING_PAID' },
    [requested('calcom:bk-1')],
  ],
  [
    'a move that waits for its host',
    calcom,
    { ...calcomBooking({ uid: 'bk-2', rescheduleUid: 'bk-1' }), triggerEvent: 'BOOKING_REQUESTED' },
    [{ ...moved('calcom:bk-2', 'calcom:bk-1'), startsAt: null, endsAt: null }, requested('calcom:bk-2')],
  ],
  [
    'a move that its host has confirmed',
    calcom,
    calcomBooking({ uid: 'bk-2', rescheduleUid: 'bk-1' }),
    [moved('calcom:bk-2', 'calcom:bk-1'), booked('calcom:bk-2')],
  ],
  [
    'a booking that moved',
    calcom,
    { ...calcomBooking({ uid: 'bk-2', rescheduleUid: 'bk-1', metadata: {} }), triggerEvent: 'BOOKING_RESCHEDULED' },
    [moved('calcom:bk-2', 'calcom:bk-1'), booked('calcom:bk-2', { ucc: null })],
  ],
  [
    'a cancellation without metadata',
    calcom,
    { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 'bk-1' } },
    [{ is: 'cancelled', id: 'calcom:bk-1' }],
  ],
  ...[true, false].map(
    (noShow): Case => [
      `a no-show ${noShow ? 'marked' : 'unmarked'}`,
      calcom,
      { triggerEvent: 'BOOKING_NO_SHOW_UPDATED', payload: { bookingUid: 'bk-1', attendees: [{ ...ADA, noShow }] } },
      [{ ...missed('calcom:bk-1', noShow), email: ADA.email }],
    ],
  ),
  [
    'a no-show that was measured',
    calcom,
    { triggerEvent: 'AFTER_GUESTS_CAL_VIDEO_NO_SHOW', payload: { bookingUid: 'bk-1', participants: [] } },
    [missed('calcom:bk-1', true)],
  ],
  [
    'the end, flat, which says nothing of who was there',
    calcom,
    {
      triggerEvent: 'MEETING_ENDED',
      uid: 'bk-1',
      startTime: START,
      endTime: END,
      status: 'ACCEPTED',
      metadata: {},
      responses: { email: ADA.email, name: ADA.name },
      attendees: [],
    },
    [booked('calcom:bk-1', { ucc: null })],
  ],
  [
    'the end with a no-show',
    calcom,
    {
      triggerEvent: 'MEETING_ENDED',
      uid: 'bk-1',
      startTime: START,
      endTime: END,
      attendees: [{ ...ADA, noShow: true }],
    },
    [booked('calcom:bk-1', { ucc: null }), { ...missed('calcom:bk-1', true), email: ADA.email }],
  ],
  [
    'the end of an event with seats',
    calcom,
    { triggerEvent: 'MEETING_ENDED', uid: 'bk-1', seatsPerTimeSlot: 5, attendees: [ADA, { ...BOB, noShow: true }] },
    [{ ...missed('calcom:bk-1', true), email: BOB.email }],
  ],
  [
    'a seat: whoever answered, whoever came before',
    calcom,
    calcomBooking({ attendeeSeatId: 's2', attendees: [BOB, ADA], responses: { email: { value: ADA.email } } }),
    [booked('calcom:bk-1', { seat: 's2' })],
  ],
  [
    'a seat without an id: the last who came',
    calcom,
    calcomBooking({ seatsPerTimeSlot: 5, attendees: [BOB, ADA] }),
    [booked('calcom:bk-1', { seat: true })],
  ],
  [
    'a seat given up',
    calcom,
    { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 'bk-1', attendeeSeatId: 's1', attendees: [ADA] } },
    [{ is: 'cancelled', id: 'calcom:bk-1', seat: 's1', email: ADA.email }],
  ],
  [
    'a seat given up, among the names of all',
    calcom,
    { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 'bk-1', attendeeSeatId: 's1', attendees: [ADA, BOB] } },
    [{ is: 'cancelled', id: 'calcom:bk-1', seat: 's1', email: null }],
  ],
  [
    'seats given up without their ids',
    calcom,
    { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 'bk-1', seatsPerTimeSlot: 5, attendees: [ADA] } },
    [{ is: 'cancelled', id: 'calcom:bk-1', seat: true, email: ADA.email }],
  ],
  [
    'a seat that moved, under the old id alone',
    calcom,
    {
      ...calcomBooking({ uid: undefined, rescheduleUid: 'bk-1', attendeeSeatId: 's1', metadata: {} }),
      triggerEvent: 'BOOKING_RESCHEDULED',
    },
    [{ ...moved('calcom:bk-1'), seat: 's1', email: ADA.email }, booked('calcom:bk-1', { seat: 's1', ucc: null })],
  ],
  [
    'an appointment of a recurring booking',
    calcom,
    calcomBooking({ recurringEvent: { freq: 2, count: 4, recurringEventId: 'r1' } }),
    [booked('calcom:bk-1', { seriesId: 'calcom:r1' })],
  ],
  [
    'an appointment of a recurring booking without an id',
    calcom,
    calcomBooking({ recurringEvent: { freq: 2, count: 4 }, eventTypeId: 7 }),
    [booked('calcom:bk-1', { seriesId: expect.stringMatching(/^calcom:recurring-[0-9a-f]{16}$/) })],
  ],
  [
    'the rest of a recurring booking, cancelled',
    calcom,
    { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 'bk-1', recurringEvent: { freq: 2 }, attendees: [ADA] } },
    [{ is: 'cancelled', id: 'calcom:bk-1', isRest: true }],
  ],
  ['no host at all', calcom, hostNoShow([{ user_id: null }]), [missed('calcom:bk-1', true)]],
  ['the one host, who came too late', calcom, hostNoShow([HOST]), [missed('calcom:bk-1', true)]],
  ['one of two hosts', calcom, hostNoShow([{ user_id: '8', email: 'other@example.com' }]), []],
  ['the end of a cancelled one', calcom, { triggerEvent: 'MEETING_ENDED', uid: 'bk-1', status: 'CANCELLED' }, []],
  ['its ping', calcom, { triggerEvent: 'PING' }, []],
  ['an event without its booking', calcom, { triggerEvent: 'BOOKING_CREATED', payload: {} }, null],
];

const CALENDLY: readonly Case[] = [
  ['a booking', calendly, invitee('invitee.created'), [booked(`calendly:${URI}`)]],
  [
    'a booking that moved',
    calendly,
    invitee('invitee.created', { uri: `${URI}2`, old_invitee: URI, tracking: {} }),
    [moved(`calendly:${URI}2`, `calendly:${URI}`), booked(`calendly:${URI}2`, { ucc: null })],
  ],
  [
    'the other half of a move',
    calendly,
    invitee('invitee.canceled', { rescheduled: true, new_invitee: `${URI}2` }),
    [],
  ],
  ['a cancellation', calendly, invitee('invitee.canceled'), [{ is: 'cancelled', id: `calendly:${URI}` }]],
  ['a no-show', calendly, invitee('invitee_no_show.created'), [missed(`calendly:${URI}`, true)]],
  ['a no-show undone', calendly, invitee('invitee_no_show.deleted'), [missed(`calendly:${URI}`, false)]],
  [
    'a no-show of its own shape',
    calendly,
    { event: 'invitee_no_show.created', payload: { uri: 'x', invitee: URI } },
    [missed(`calendly:${URI}`, true)],
  ],
  ['another event', calendly, invitee('routing_form_submission.created'), []],
  [
    'the payload of version 1',
    calendly,
    { event: 'invitee.created', payload: { invitee: { email: ADA.email } } },
    null,
  ],
];

const FORMS: readonly Case[] = [
  [
    'a response of Typeform',
    typeform,
    {
      event_type: 'form_response',
      form_response: { token: 'r1', hidden: { ucc: UCC }, answers: [{ type: 'email', email: ADA.email }] },
    },
    [{ is: 'response', ref: 'r1', email: ADA.email, ucc: UCC }],
  ],
  ['a response without a code', typeform, { event_type: 'form_response', form_response: { token: 'r1' } }, []],
  [
    'a response of Tally',
    tally,
    createTallyResponse(UCC, ADA.email),
    [{ is: 'response', ref: 'r1', email: ADA.email, ucc: UCC }],
  ],
  ['another event of Tally', tally, { eventType: 'FORM_VIEW', data: {} }, []],
];

const OTHERS: readonly Case[] = [
  ['a meeting of Chili Piper', chilipiper, chiliMeeting('Created'), [booked('chilipiper:m1')]],
  ['one that moved', chilipiper, chiliMeeting('Updated'), [moved('chilipiper:m1'), booked('chilipiper:m1')]],
  ['one that is gone', chilipiper, chiliMeeting('Deleted'), [{ is: 'cancelled', id: 'chilipiper:m1' }]],
  ['an event of SavvyCal', savvycal, savvyEvent('event.created'), [booked('savvycal:event_1')]],
  [
    'a SavvyCal event that moved',
    savvycal,
    savvyEvent('event.rescheduled'),
    [moved('savvycal:event_1'), booked('savvycal:event_1')],
  ],
  [
    'a SavvyCal event that is gone',
    savvycal,
    savvyEvent('event.canceled'),
    [{ is: 'cancelled', id: 'savvycal:event_1' }],
  ],
  ...['event.requested', 'event.checkout.pending'].map(
    (type): Case => [`SavvyCal’s ${type}`, savvycal, savvyEvent(type), [requested('savvycal:event_1')]],
  ),
  ...['event.approved', 'event.checkout.completed'].map(
    (type): Case => [`SavvyCal’s ${type}`, savvycal, savvyEvent(type), [booked('savvycal:event_1')]],
  ),
  ...['event.declined', 'event.checkout.expired'].map(
    (type): Case => [`SavvyCal’s ${type}`, savvycal, savvyEvent(type), [{ is: 'cancelled', id: 'savvycal:event_1' }]],
  ),
  ['another event of SavvyCal', savvycal, savvyEvent('poll.response.created'), []],
];

const RELAYED = { id: 'deal-7', ...ADA, ucc: UCC, startsAt: START, endsAt: END };
const RELAY: readonly Case[] = [
  ['booked', relay, { ...RELAYED, status: 'booked' }, [booked('relay:deal-7')]],
  [
    'moved',
    relay,
    { ...RELAYED, status: 'moved', previousId: 'deal-6' },
    [moved('relay:deal-7', 'relay:deal-6'), booked('relay:deal-7')],
  ],
  [
    'attended of another tool’s booking',
    relay,
    { id: 'calcom:bk-1', status: 'attended' },
    [{ is: 'attended', id: 'calcom:bk-1', email: null, name: null, ucc: null }],
  ],
  [
    'attended with a code, without a booking',
    relay,
    { id: 'deal-7', status: 'attended', ucc: UCC, email: ADA.email },
    [{ is: 'attended', id: 'relay:deal-7', email: ADA.email, name: null, ucc: UCC }],
  ],
  ['missed', relay, { id: 7, status: 'No-Show' }, [missed('relay:7', true)]],
  ['cancelled', relay, { id: 'deal-7', status: 'canceled' }, [{ is: 'cancelled', id: 'relay:deal-7' }]],
  ['a status that is none', relay, { id: 'deal-7', status: 'won' }, null],
  ['no id', relay, { status: 'booked' }, null],
];

const GROUPS: readonly (readonly [string, readonly Case[]])[] = [
  ['Cal.com', CALCOM],
  ['Calendly', CALENDLY],
  ['forms', FORMS],
  ['Chili Piper and SavvyCal', OTHERS],
  ['relay', RELAY],
];

for (const [group, cases] of GROUPS)
  for (const [title, tool, body, facts] of cases)
    test(`${group}: ${title}`, async () => {
      expect(await tool.read(body, { carrier: tool.carrier })).toEqual(facts);
    });

const change = (property: string, value: string, occurredAt: number = 1) => ({
  subscriptionType: 'object.propertyChange',
  objectTypeId: '0-47',
  objectId: 501,
  propertyName: property,
  propertyValue: value,
  occurredAt,
});
const meeting = { ...SLOT, guest: { ...ADA, ucc: UCC } };
const hubspot = createHubspot({ read: async (id) => (id === '501' ? meeting : null) });
const read = (body: unknown) => hubspot.read(body, { carrier: 'ucc' });
const ATTENDED = { is: 'attended', id: 'hubspot:501', ...ADA, ucc: null };

test('HubSpot: the outcome says who came, in any spelling', async () => {
  for (const word of ['COMPLETED', 'Completed', 'completed'])
    expect(await read([change('hs_meeting_outcome', word)])).toEqual([booked('hubspot:501'), ATTENDED]);
  for (const word of ['NO_SHOW', 'No-show', 'no show'])
    expect(await read([change('hs_meeting_outcome', word)])).toEqual([
      booked('hubspot:501'),
      missed('hubspot:501', true),
    ]);
  expect(await read([change('hs_meeting_outcome', 'Second call booked')])).toEqual([booked('hubspot:501')]);
});

test('HubSpot: a batch is read in the order in which it happened, and what is no meeting is passed over', async () => {
  const contact = { subscriptionType: 'object.creation', objectTypeId: '0-1', objectId: 501, occurredAt: 0 };
  const body = [change('hs_meeting_outcome', 'COMPLETED', 2), contact, change('hs_meeting_start_time', '1', 1)];
  expect(await read(body)).toEqual([moved('hubspot:501'), booked('hubspot:501'), booked('hubspot:501'), ATTENDED]);
});

test('HubSpot: without a token an outcome speaks of the booking that the site told of', async () => {
  const facts = await createHubspot(null).read([change('hs_meeting_outcome', 'COMPLETED')], { carrier: 'ucc' });
  expect(facts).toEqual([{ ...ATTENDED, email: null, name: null }]);
});

test('an id that no store can keep is none', async () => {
  for (const uid of ['a\u0000b', 'a\ud800'])
    expect(await calcom.read({ triggerEvent: 'BOOKING_CANCELLED', payload: { uid } }, { carrier: 'ucc' })).toBe(null);
});

test('nothing but its own shape is understood by any tool', async () => {
  for (const tool of [calcom, calendly, typeform, tally, chilipiper, savvycal, relay, hubspot])
    for (const body of [null, 7, 'text', [], {}, { __proto__: { triggerEvent: 'BOOKING_CREATED' } }, { event: {} }])
      expect(await tool.read(body, { carrier: 'ucc' })).toEqual(Array.isArray(body) && tool === hubspot ? [] : null);
});
