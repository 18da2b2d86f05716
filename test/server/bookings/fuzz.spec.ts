// node:assert, since every expect of Playwright is a step of its report: too slow for thousands of inputs.
import assert from 'node:assert/strict';
import { type BookingTool, createAttribution, createBookingReceiver, memoryStore } from 'cello-companion/server';
import fc from 'fast-check';
import { test } from 'playwright/test';
import { createWebhook, HUBSPOT_URL, SECRET } from '../../services/tools.js';

/** How many inputs each tool gets; for a longer run: `FUZZ_RUNS=100000 npx playwright test --project=node bookings/fuzz`. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);

test.setTimeout(30_000 + RUNS * 10);

/** The words that the tools' bodies are made of, so that a body gets further than its first line. */
const WORDS = [
  'triggerEvent payload uid bookingUid rescheduleUid metadata ucc attendees email noShow startTime endTime status',
  'event uri invitee old_invitee new_invitee rescheduled tracking utm_content scheduled_event start_time end_time',
  'subscriptionType objectTypeId objectId propertyName propertyValue occurredAt event_type form_response token hidden',
  'answers eventType data submissionId fields type label value meetingIdChili start end id startsAt endsAt previousId',
].join(' ');
const VALUES = [
  'BOOKING_CREATED BOOKING_RESCHEDULED BOOKING_CANCELLED BOOKING_NO_SHOW_UPDATED MEETING_ENDED ACCEPTED',
  'invitee.created invitee.canceled invitee_no_show.created object.creation object.propertyChange 0-47',
  'hs_meeting_outcome COMPLETED NO_SHOW form_response FORM_RESPONSE HIDDEN_FIELDS INPUT_EMAIL Created Updated Deleted',
  'event.created event.rescheduled booked moved attended missed cancelled calcom:1 ada@example.com pNRB1aYqArN',
  '2026-12-01T10:00:00Z 1796122800000',
].join(' ');

const key = fc.oneof(fc.constantFrom(...WORDS.split(' ')), fc.string({ maxLength: 8 }));
const leaf = fc.oneof(
  fc.constantFrom(...VALUES.split(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('body'), { maxLength: 4 }),
    fc.dictionary(key, tie('body'), { maxKeys: 8 }),
  ),
}));
const sent = fc.oneof(
  body.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

for (const tool of ['calcom', 'calendly', 'hubspot', 'typeform', 'tally', 'chilipiper', 'savvycal', 'relay'] as const)
  test(`${tool}: whatever is signed gets 200, and nothing unsigned reaches the store`, async () => {
    const attribution = createAttribution({ store: memoryStore(), send: async () => {}, onError: () => {} });
    const receive = createReceiver(tool, attribution);
    const untouched = createReceiver(tool, REFUSING);
    await fc.assert(
      fc.asyncProperty(sent, fc.string({ maxLength: 60 }), async (text, secret) => {
        const webhook = createWebhook(tool, text);
        const forged = new Request(webhook.url, { method: 'POST', headers: { ...forge(webhook, secret) }, body: text });
        assert.equal((await receive(webhook)).status, 200);
        assert.equal((await untouched(forged)).status, 401);
      }),
      { numRuns: RUNS },
    );
  });

const createReceiver = (tool: BookingTool, attribution: Parameters<typeof createBookingReceiver>[0]['attribution']) =>
  createBookingReceiver({ tool, secret: SECRET, attribution, url: HUBSPOT_URL, onError: () => {} });

const fail = (): never => {
  throw new assert.AssertionError({ message: 'an unsigned webhook came as far as this' });
};
const REFUSING = { claim: fail, booked: fail, moved: fail, cancelled: fail, missed: fail, attended: fail };

/** The same headers with another value in each: of the right length, of the right shape, or anything. */
function forge(webhook: Request, noise: string): Record<string, string> {
  const letters = noise.replace(/[^\x21-\x7e]/g, '') || 'x';
  const turn = (value: string) => value.replace(/[0-9a-f]/, (letter) => (letter === '0' ? '1' : '0'));
  return Object.fromEntries(
    [...webhook.headers].map(([name, value], index) => [name, (letters.length + index) % 2 ? turn(value) : letters]),
  );
}
