/**
 * The life of a booking, as each tool tells it: in any order, any part of it again and again. It comes to one event with
 * the first key and the code that only one webhook carried; of an event with seats, to one for each guest.
 */
import assert from 'node:assert/strict';
import type { BookingTool } from 'cello-companion/server';
import fc from 'fast-check';
import { test } from 'playwright/test';
import { startHubspot } from '../../../stand-ins/hubspot-crm.mjs';
import {
  ADA,
  BOB,
  calcom,
  calendly,
  chilipiper,
  HOUR_MS,
  hubspot,
  openSite,
  savvycal,
  slot,
  typeform,
  UCC,
  URI,
} from '../../services/booking-sites.js';
import { createTallyResponse } from '../../services/tools.js';

/** How many orders are tried of each life; `npm run prove -- --only=bookings` tries many. */
const RUNS = Number(process.env['LIVES_RUNS'] ?? 15);

test.setTimeout(60_000 + RUNS * 200);

interface Life {
  readonly tool: BookingTool;
  readonly webhooks: readonly unknown[];
  /** The codes under the keys that it comes to. Where several keys are equally right, a pattern. */
  readonly made: Readonly<Record<string, string>>;
}

const CODE = { metadata: { ucc: UCC } };
const LATER = slot(50 * HOUR_MS);
const noShow = (bookingUid: string, email: string, isMissed: boolean) => ({
  triggerEvent: 'BOOKING_NO_SHOW_UPDATED',
  payload: { bookingUid, attendees: [{ email, noShow: isMissed }] },
});
const seat = (name: string, email: string, more: object = {}) => ({
  attendeeSeatId: name,
  attendees: [ADA, { email }],
  responses: { email: { value: email } },
  ...more,
});
const RECURRING = { recurringEvent: { freq: 2, count: 3 }, eventTypeId: 7 };
const demo = (id: string, code = UCC) => ({ [`demo-call-attended:${id}`]: code });

const LIVES: Readonly<Record<string, Life>> = {
  'Cal.com: requested, paid, booked, moved, held': {
    tool: 'calcom',
    webhooks: [
      calcom('BOOKING_REQUESTED', 'bk-1', { ...CODE, status: 'PENDING' }),
      calcom('BOOKING_PAYMENT_INITIATED', 'bk-1'),
      calcom('BOOKING_PAID', 'bk-1'),
      calcom('BOOKING_CREATED', 'bk-1'),
      calcom('BOOKING_RESCHEDULED', 'bk-2', { rescheduleUid: 'bk-1' }, LATER),
      calcom('BOOKING_CANCELLED', 'bk-1'),
      noShow('bk-2', ADA.email, false),
      noShow('bk-2', BOB.email, true),
      { triggerEvent: 'MEETING_ENDED', uid: 'bk-2', startTime: LATER.start, endTime: LATER.end, attendees: [ADA] },
      { triggerEvent: 'PING' },
    ],
    made: demo('calcom:bk-1'),
  },
  'Cal.com: four guests of one event: one stays, one moves, one is missing, one gives up the seat': {
    tool: 'calcom',
    webhooks: [
      calcom('BOOKING_CREATED', 's', seat('a', ADA.email, CODE)),
      calcom('BOOKING_CREATED', 's', seat('b', BOB.email, { metadata: { ucc: 'code-of-bob' } })),
      calcom('BOOKING_RESCHEDULED', 't', { ...seat('b', BOB.email), rescheduleUid: 's' }, LATER),
      calcom('BOOKING_CREATED', 's', seat('c', 'cy@example.com', { metadata: { ucc: 'code-of-cy' } })),
      noShow('s', 'cy@example.com', true),
      calcom('BOOKING_CREATED', 's', seat('d', 'di@example.com', { metadata: { ucc: 'code-of-di' } })),
      calcom('BOOKING_CANCELLED', 's', { attendeeSeatId: 'd', attendees: [{ email: 'di@example.com' }] }),
    ],
    made: { 'demo-call-attended:calcom:s/…1': UCC, 'demo-call-attended:calcom:s/…2': 'code-of-bob' },
  },
  'Cal.com: a recurring booking': {
    tool: 'calcom',
    webhooks: [
      calcom('BOOKING_CREATED', 'w0', { ...RECURRING, ...CODE }),
      calcom('BOOKING_CREATED', 'w1', RECURRING, slot(168 * HOUR_MS)),
      calcom('BOOKING_CREATED', 'w2', RECURRING, slot(336 * HOUR_MS)),
      noShow('w0', ADA.email, true),
      calcom('BOOKING_RESCHEDULED', 'w1b', { rescheduleUid: 'w1' }, slot(200 * HOUR_MS)),
    ],
    made: { 'demo-call-attended:calcom:recurring-…': UCC },
  },
  'Calendly: booked, moved twice, a no-show undone': {
    tool: 'calendly',
    webhooks: [
      calendly('invitee.created', URI, { tracking: { utm_content: UCC } }),
      calendly('invitee.created', `${URI}2`, { old_invitee: URI }, LATER),
      calendly('invitee.canceled', URI, { rescheduled: true, new_invitee: `${URI}2` }),
      calendly('invitee.created', `${URI}3`, { old_invitee: `${URI}2` }, LATER),
      calendly('invitee.canceled', `${URI}2`, { rescheduled: true, new_invitee: `${URI}3` }),
      calendly('invitee_no_show.deleted', `${URI}3`),
      calendly('routing_form_submission.created', 'x'),
    ],
    made: demo(`calendly:${URI}`),
  },
  'Calendly: two invitees of a group event, one of whom cancels': {
    tool: 'calendly',
    webhooks: [
      calendly('invitee.created', URI, { tracking: { utm_content: UCC } }),
      calendly('invitee.created', `${URI}b`, { email: BOB.email, tracking: { utm_content: 'code-of-bob' } }),
      calendly('invitee.canceled', `${URI}b`, { email: BOB.email, rescheduled: false }),
    ],
    made: demo(`calendly:${URI}`),
  },
  'HubSpot: created, moved, completed, in batches': {
    tool: 'hubspot',
    webhooks: [
      [hubspot(null, '', 1)],
      [hubspot('hs_meeting_start_time', '1', 2), hubspot('hs_meeting_end_time', '2', 3)],
      [hubspot('hs_meeting_outcome', 'COMPLETED', 5), hubspot('hs_meeting_outcome', 'SCHEDULED', 4)],
      [{ subscriptionType: 'object.creation', objectTypeId: '0-1', objectId: 9, occurredAt: 1 }],
    ],
    made: demo('hubspot:501'),
  },
  'Chili Piper: booked, moved': {
    tool: 'chilipiper',
    webhooks: [
      chilipiper('Created', { primaryGuestDataFields: { ucc: UCC } }),
      chilipiper('Updated', {}, LATER),
      chilipiper('Routed'),
    ],
    made: demo('chilipiper:m1'),
  },
  'SavvyCal: requested, paid, approved, moved': {
    tool: 'savvycal',
    webhooks: [
      savvycal('event.requested', CODE),
      savvycal('event.checkout.pending'),
      savvycal('event.checkout.completed'),
      savvycal('event.approved'),
      savvycal('event.rescheduled', {}, LATER),
      savvycal('poll.response.created'),
    ],
    made: demo('savvycal:event_1'),
  },
  'relay: booked, moved, missed, and a person who says attended': {
    tool: 'relay',
    webhooks: [
      { id: 'deal-7', status: 'booked', ...ADA, ucc: UCC, startsAt: slot(0).start, endsAt: slot(0).end },
      { id: 'deal-8', status: 'moved', previousId: 'deal-7', startsAt: LATER.start, endsAt: LATER.end },
      { id: 'deal-8', status: 'no-show' },
      { id: 'deal-8', status: 'attended' },
    ],
    made: demo('relay:deal-7'),
  },
  'Typeform: responses, one with the code, and the sign-up': {
    tool: 'typeform',
    webhooks: [typeform('r1'), typeform('r2', {}), { event_type: 'form_response_partial' }],
    made: { 'new-signup:user-1': UCC },
  },
  'Tally: responses, one with the code, and the sign-up': {
    tool: 'tally',
    webhooks: [createTallyResponse(UCC, ADA.email), { eventType: 'FORM_VIEW', data: {} }],
    made: { 'new-signup:user-1': UCC },
  },
};

/** Each webhook at least once, some more often, in any order; `null` stands for the person's sign-up. */
const orderOf = (webhooks: readonly unknown[]) =>
  fc
    .array(fc.constantFrom(...webhooks), { maxLength: 6 })
    .chain((more) => fc.shuffledSubarray([...webhooks, ...more], { minLength: webhooks.length + more.length }));

/** Keys whose end is a digest are told apart by their number alone. */
function nameKeys(keys: readonly string[], made: Life['made']): readonly string[] {
  const patterns = Object.keys(made).map((key) => key.split('…')[0] ?? '');
  return keys.filter((key) => patterns.some((start) => key.startsWith(start)));
}

async function live({ tool, webhooks, made }: Life, baseUrl: string): Promise<void> {
  const isForm = tool === 'typeform' || tool === 'tally';
  await fc.assert(
    fc.asyncProperty(orderOf(isForm ? [...webhooks, null] : webhooks), async (order) => {
      const site = openSite(tool, {
        receiver: { assumeAttendedAfterHours: 24, ...(tool === 'hubspot' ? { hubspot: { token: 't', baseUrl } } : {}) },
        attribution: { waitHours: 1000 },
      });
      for (const webhook of order)
        if (webhook === null) await site.attribution.signup({ user: { id: 'user-1', ...ADA } });
        else assert.equal(await site.post(webhook), 200);
      for (let days = 0; days < 25; days += 5) await site.pass(120 * HOUR_MS);
      assert.equal(site.keys.length, Object.keys(made).length, site.keys.join(' '));
      assert.deepEqual(nameKeys(site.keys, made), site.keys);
      assert.deepEqual(site.events.map(({ payload }) => payload.ucc).sort(), Object.values(made).sort());
      assert.deepEqual(site.errors, []);
    }),
    { numRuns: RUNS },
  );
}

for (const [title, life] of Object.entries(LIVES))
  test(title, async () => {
    const { start, end } = slot(HOUR_MS);
    const meeting = { properties: { hs_meeting_start_time: start, hs_meeting_end_time: end }, contactIds: ['1'] };
    const contacts = { 1: { properties: { email: ADA.email, ucc: UCC } } };
    const crm = await startHubspot({ token: 't', meetings: { 501: meeting }, contacts });
    try {
      await live(life, crm.baseUrl);
    } finally {
      crm.stop();
    }
    test.info().annotations.push({
      type: 'lives',
      description: JSON.stringify({ title, orders: RUNS, webhooks: life.webhooks.length }),
    });
  });
