// node:assert, since every expect of Playwright is a step of its report: too slow for thousands of inputs.
import assert from 'node:assert/strict';
import { type BookingTool, createAttribution, createBookingReceiver, memoryStore } from 'cello-companion/server';
import fc from 'fast-check';
import { test } from 'playwright/test';
import { type DemoVerb, readDemo } from '../../../dist/server/attribution/facts.js';
import {
  ADA,
  BOB,
  calcom,
  calendly,
  chilipiper,
  hubspot,
  savvycal,
  slot,
  typeform,
  UCC,
  URI,
} from '../../services/booking-sites.js';
import { createTallyResponse, createWebhook, HUBSPOT_URL, SECRET } from '../../services/tools.js';

/** How many inputs each tool gets; `npm run prove -- --only=bookings` gives 100,000. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);

test.setTimeout(30_000 + RUNS * 40);

/** The words that the tools' bodies are made of, so that a body gets further than its first line. */
const WORDS = [
  'triggerEvent payload uid bookingUid rescheduleUid metadata ucc attendees email noShow startTime endTime status',
  'event uri invitee old_invitee new_invitee rescheduled tracking utm_content scheduled_event start_time end_time',
  'subscriptionType objectTypeId objectId propertyName propertyValue occurredAt event_type form_response token hidden',
  'attendeeSeatId seatsPerTimeSlot recurringEvent recurringEventId participants user_id hostEmail responses value',
  'answers eventType data submissionId fields type label value meetingIdChili start end id startsAt endsAt previousId',
].join(' ');
const VALUES = [
  'BOOKING_REQUESTED BOOKING_PAID AFTER_HOSTS_CAL_VIDEO_NO_SHOW AFTER_GUESTS_CAL_VIDEO_NO_SHOW PENDING event.requested',
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

const SEATED = { attendeeSeatId: 's1', attendees: [ADA, BOB], responses: { email: { value: BOB.email } } };
const { start, end } = slot(0);

/** Genuine webhooks, of which some part is then replaced. */
const GENUINE: { readonly [T in BookingTool]: readonly unknown[] } = {
  calcom: [
    calcom('BOOKING_CREATED', 'bk-1', { metadata: { ucc: UCC } }),
    calcom('BOOKING_CREATED', 's', SEATED),
    calcom('BOOKING_CANCELLED', 's', SEATED),
    calcom('BOOKING_RESCHEDULED', 'bk-2', { rescheduleUid: 'bk-1', recurringEvent: { freq: 2 }, eventTypeId: 7 }),
    { triggerEvent: 'BOOKING_NO_SHOW_UPDATED', payload: { bookingUid: 's', attendees: [{ ...ADA, noShow: true }] } },
    { triggerEvent: 'AFTER_HOSTS_CAL_VIDEO_NO_SHOW', payload: { bookingUid: 's', participants: [{ user_id: '1' }] } },
    { triggerEvent: 'MEETING_ENDED', uid: 'bk-1', startTime: start, endTime: end, attendees: [ADA] },
  ],
  calendly: [
    calendly('invitee.created', URI, { tracking: { utm_content: UCC }, old_invitee: `${URI}0` }),
    calendly('invitee.canceled', URI),
    calendly('invitee_no_show.created', URI),
  ],
  hubspot: [[hubspot(null), hubspot('hs_meeting_outcome', 'COMPLETED'), hubspot('hs_meeting_start_time', '1')]],
  typeform: [typeform('r1')],
  tally: [createTallyResponse(UCC, ADA.email)],
  chilipiper: ['Created', 'Updated', 'Deleted'].map((type) => chilipiper(type)),
  savvycal: ['event.requested', 'event.created', 'event.rescheduled', 'event.canceled'].map((type) => savvycal(type)),
  relay: ['booked', 'moved', 'attended', 'missed', 'cancelled'].map((status) => ({
    id: 'deal-7',
    status,
    previousId: 'deal-6',
    ...ADA,
    ucc: UCC,
    startsAt: start,
    endsAt: end,
  })),
};

/** How many values there are in a value, itself included. */
const count = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, inner) => sum + count(inner), 1)
    : 1;

/** Replaces the value at a place, in the order in which `count` counts. */
function replace(value: unknown, place: number, other: unknown): unknown {
  if (place === 0) return other;
  if (typeof value !== 'object' || value === null) return value;
  let left = place - 1;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const [size, here] = [count(inner), left];
    left -= size;
    return [name, here >= 0 && here < size ? replace(inner, here, other) : inner];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const damagedOf = (tool: BookingTool) =>
  fc
    .tuple(fc.constantFrom(...GENUINE[tool]), fc.array(fc.tuple(fc.nat(), body), { maxLength: 3 }))
    .map(([genuine, damages]) =>
      damages.reduce((value: unknown, [place, other]) => replace(value, place % count(value), other), genuine),
    );

const sentOf = (tool: BookingTool) =>
  fc.oneof(
    { weight: 4, arbitrary: damagedOf(tool).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: body.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );

for (const tool of ['calcom', 'calendly', 'hubspot', 'typeform', 'tally', 'chilipiper', 'savvycal', 'relay'] as const)
  test(`${tool}: whatever is signed gets 200, and nothing unsigned reaches the store`, async () => {
    let stored = createReceiver(tool, createFreshAttribution());
    const checked = createReceiver(tool, CHECKING);
    const untouched = createReceiver(tool, REFUSING);
    const startMs = performance.now();
    let [tried, recorded] = [0, 0];
    await fc.assert(
      fc.asyncProperty(sentOf(tool), fc.string({ maxLength: 60 }), async (text, secret) => {
        // One in ten goes all the way. Everything is about a few bookings, which would grow without end in one store.
        if (tried % 500 === 0) stored = createReceiver(tool, createFreshAttribution());
        const receive = tried % 10 ? checked : stored;
        tried += 1;
        const webhook = createWebhook(tool, text);
        const forged = new Request(webhook.url, { method: 'POST', headers: { ...forge(webhook, secret) }, body: text });
        const response = await receive(webhook);
        assert.equal(response.status, 200);
        if ((await response.text()).includes('recorded')) recorded += 1;
        assert.equal((await untouched(forged)).status, 401);
      }),
      { numRuns: RUNS },
    );
    // Without enough that is understood, the fuzz would prove little.
    assert.ok(recorded > RUNS / 20, `${recorded} of ${RUNS} were understood`);
    const seconds = (performance.now() - startMs) / 1000;
    test
      .info()
      .annotations.push({ type: 'fuzz', description: JSON.stringify({ tool, inputs: RUNS, recorded, seconds }) });
  });

const createFreshAttribution = () =>
  createAttribution({ store: memoryStore(), send: async () => {}, onError: () => {} });

const createReceiver = (tool: BookingTool, attribution: Parameters<typeof createBookingReceiver>[0]['attribution']) =>
  createBookingReceiver({ tool, secret: SECRET, attribution, url: HUBSPOT_URL, onError: () => {} });

const TAKEN = { state: 'waiting', ucc: null, key: '' } as const;

/** Takes whatever attribution would take, without a store. */
const check = (verb: DemoVerb) => async (input: object) => {
  const { fact } = readDemo(verb, input, () => {});
  assert.ok(fact, `${verb} could do nothing with ${JSON.stringify(input)}`);
  return TAKEN;
};
const CHECKING = {
  claim: async () => TAKEN,
  booked: check('booked'),
  moved: check('moved'),
  cancelled: check('cancelled'),
  missed: check('missed'),
  attended: check('attended'),
};

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
