/** Who is meant by a webhook: a guest who waits, one of several, one who comes again every week. */
import { expect, test } from 'playwright/test';
import { claimOf } from '../../services/attributed.js';
import {
  ADA,
  attended,
  BOB,
  calcom,
  calendly,
  HOUR_MS,
  openSite,
  savvycal,
  show,
  slot,
  UCC,
  URI,
} from '../../services/booking-sites.js';

const CODE = { metadata: { ucc: UCC } };
const ASSUMING = { receiver: { assumeAttendedAfterHours: 24 } };

for (const [first, then] of [
  ['BOOKING_REQUESTED', 'BOOKING_CREATED'],
  ['BOOKING_PAYMENT_INITIATED', 'BOOKING_PAID'],
  ['BOOKING_PAYMENT_INITIATED', 'BOOKING_CREATED'],
] as const)
  for (const isLate of [false, true])
    test(`the code of ${first} is kept for ${then}${isLate ? ', which came before it' : ''}`, async () => {
      const site = openSite('calcom', ASSUMING);
      const webhooks = [calcom(first, 'bk-1', { ...CODE, status: 'PENDING' }), calcom(then, 'bk-1', { metadata: {} })];
      for (const webhook of isLate ? webhooks.reverse() : webhooks) await site.post(webhook);
      await site.pass(26 * HOUR_MS);
      expect(site.events.map(show)).toEqual([attended(UCC, 'calcom:bk-1')]);
    });

test('what was only requested, or moved by request, is no booking', async () => {
  const site = openSite('calcom', ASSUMING);
  await site.post(calcom('BOOKING_REQUESTED', 'bk-1', { ...CODE, status: 'PENDING' }));
  await site.post(calcom('BOOKING_PAYMENT_INITIATED', 'bk-2', CODE));
  await site.post(calcom('BOOKING_CREATED', 'bk-3', CODE));
  await site.post(calcom('BOOKING_REQUESTED', 'bk-4', { rescheduleUid: 'bk-3', status: 'PENDING' }));
  await site.pass(100 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.post(calcom('BOOKING_CREATED', 'bk-4', { rescheduleUid: 'bk-3' }));
  await site.flush();
  expect(site.events.map(show), 'its host confirmed the move').toEqual([attended(UCC, 'calcom:bk-3')]);
});

test('a person says attended of a booking that was only requested: it counts', async () => {
  const site = openSite('calcom');
  await site.post(calcom('BOOKING_REQUESTED', 'bk-1', { ...CODE, status: 'PENDING' }));
  expect(await site.attribution.attended({ email: ADA.email })).toMatchObject({ state: 'queued', ucc: UCC });
});

test('SavvyCal: the code of a request is kept for its approval', async () => {
  const site = openSite('savvycal', ASSUMING);
  await site.post(savvycal('event.requested', CODE));
  await site.pass(100 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.post(savvycal('event.approved', {}, slot(-50 * HOUR_MS)));
  await site.flush();
  expect(site.events.map(show)).toEqual([attended(UCC, 'savvycal:event_1')]);
});

/** What guests of an event with seats do. The second comes to a list that begins with the first. */
const seats = {
  ada: calcom('BOOKING_CREATED', 's', { attendeeSeatId: 'a', metadata: { ucc: 'code-of-ada' } }),
  bob: calcom('BOOKING_CREATED', 's', {
    attendeeSeatId: 'b',
    attendees: [ADA, BOB],
    responses: { email: { value: BOB.email } },
    metadata: { ucc: 'code-of-bob' },
  }),
};
const codes = (site: ReturnType<typeof openSite>) => site.events.map(({ payload }) => payload.ucc).sort();

test('each guest of an event with seats is a demo of their own', async () => {
  const site = openSite('calcom', ASSUMING);
  for (const webhook of [seats.ada, seats.bob, seats.bob, seats.ada]) await site.post(webhook);
  await site.pass(26 * HOUR_MS);
  expect(codes(site)).toEqual(['code-of-ada', 'code-of-bob']);
  expect(site.events.map(({ context }) => context.newUser.email).sort()).toEqual([ADA.email, BOB.email]);
  expect(new Set(site.events.map(({ payload }) => payload.newUserId)).size).toBe(2);
  expect(site.errors).toEqual([]);
});

/** How one guest gives up a seat, as versions of Cal.com say it. */
const GIVEN_UP: readonly (readonly [string, object])[] = [
  ['by seat and name', { attendeeSeatId: 'a', attendees: [ADA] }],
  ['by seat alone', { attendeeSeatId: 'a', attendees: [] }],
  ['by seat, with the names of all', { attendeeSeatId: 'a', attendees: [BOB, ADA] }],
  ['by name alone', { seatsPerTimeSlot: 5, attendees: [ADA] }],
];

for (const [how, more] of GIVEN_UP)
  for (const isLate of [false, true])
    test(`a seat given up ${how}${isLate ? ', told too early,' : ''} leaves the other guest's demo alone`, async () => {
      const site = openSite('calcom', ASSUMING);
      const gone = calcom('BOOKING_CANCELLED', 's', more);
      for (const webhook of isLate ? [gone, seats.ada, seats.bob] : [seats.ada, seats.bob, gone])
        await site.post(webhook);
      await site.pass(26 * HOUR_MS);
      expect(codes(site)).toEqual(['code-of-bob']);
    });

test('an event with seats that its host cancels is over for every guest, whoever is told of first', async () => {
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
    [0, 2, 1],
  ]) {
    const site = openSite('calcom', ASSUMING);
    const webhooks = [seats.ada, seats.bob, { triggerEvent: 'BOOKING_CANCELLED', payload: { uid: 's' } }];
    for (const place of order) await site.post(webhooks[place]);
    await site.pass(26 * HOUR_MS);
    expect(site.events, String(order)).toEqual([]);
  }
});

test('someone who gives up a seat and takes another is there', async () => {
  const site = openSite('calcom', ASSUMING);
  await site.post(seats.ada);
  await site.post(calcom('BOOKING_CANCELLED', 's', { attendeeSeatId: 'a' }));
  await site.post(calcom('BOOKING_CREATED', 's', { attendeeSeatId: 'c' }));
  await site.post(seats.ada);
  await site.pass(26 * HOUR_MS);
  expect(codes(site)).toEqual(['code-of-ada']);
});

for (const [how, more] of [
  ['to a new event', { uid: 't', rescheduleUid: 's' }],
  ['to a new event, with a new seat', { uid: 't', rescheduleUid: 's', attendeeSeatId: 'a2' }],
  ['without its new id', { uid: undefined, rescheduleUid: 's' }],
] as const)
  test(`a seat that moves ${how} moves alone, and keeps its code`, async () => {
    const site = openSite('calcom', ASSUMING);
    await site.post(seats.ada);
    await site.post(seats.bob);
    const later = slot(72 * HOUR_MS);
    await site.post(calcom('BOOKING_RESCHEDULED', '', { attendeeSeatId: 'a', metadata: {}, ...more }, later));
    await site.pass(26 * HOUR_MS);
    expect(codes(site)).toEqual(['code-of-bob']);
    await site.pass(72 * HOUR_MS);
    expect(codes(site)).toEqual(['code-of-ada', 'code-of-bob']);
    expect(site.errors).toEqual([]);
  });

test('an event with seats that its host moves is moved for every guest', async () => {
  const site = openSite('calcom', ASSUMING);
  const later = slot(72 * HOUR_MS);
  await site.post(seats.ada);
  await site.post({
    triggerEvent: 'BOOKING_RESCHEDULED',
    payload: { uid: 't', rescheduleUid: 's', startTime: later.start, endTime: later.end },
  });
  await site.post(seats.bob);
  await site.pass(50 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.pass(50 * HOUR_MS);
  expect(codes(site)).toEqual(['code-of-ada', 'code-of-bob']);
});

const mark = (uid: string, email: string, noShow: boolean) => ({
  triggerEvent: 'BOOKING_NO_SHOW_UPDATED',
  payload: { bookingUid: uid, attendees: [{ email, noShow }] },
});

for (const isLate of [false, true])
  test(`a no-show${isLate ? ' that is told too early' : ''} is one guest's, and undone for them alone`, async () => {
    const site = openSite('calcom', ASSUMING);
    const marks = [mark('s', ADA.email, true), mark('s', BOB.email, true), mark('s', BOB.email, false)];
    const booked = [seats.ada, seats.bob];
    for (const webhook of isLate ? [...marks, ...booked] : [...booked, ...marks]) await site.post(webhook);
    await site.pass(26 * HOUR_MS);
    expect(codes(site)).toEqual(['code-of-bob']);
    await site.post(mark('s', ADA.email, false));
    await site.flush();
    expect(codes(site)).toEqual(['code-of-ada', 'code-of-bob']);
  });

test('a no-show of somebody whom the guest brought along is not the guest’s', async () => {
  const site = openSite('calcom', ASSUMING);
  await site.post(mark('bk-1', BOB.email, true));
  await site.post(calcom('BOOKING_CREATED', 'bk-1', { ...CODE, attendees: [ADA, BOB] }));
  await site.post(mark('bk-1', BOB.email, true));
  await site.pass(26 * HOUR_MS);
  expect(site.events.map(show)).toEqual([attended(UCC, 'calcom:bk-1')]);
});

test('what is said of an event is said of each guest: hosts who did not come, a person who says attended', async () => {
  const site = openSite('calcom', ASSUMING);
  for (const webhook of [seats.ada, seats.bob]) await site.post(webhook);
  await site.post({ triggerEvent: 'AFTER_HOSTS_CAL_VIDEO_NO_SHOW', payload: { bookingUid: 's', participants: [] } });
  await site.pass(26 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.post(mark('s', BOB.email, false));
  await site.attribution.attended({ id: 'calcom:s' });
  await site.flush();
  expect(codes(site)).toEqual(['code-of-bob']);
});

for (const [who, participants, made] of [
  ['no host', [], 0],
  ['the other host', [{ user_id: '8', email: 'other@example.com' }], 1],
] as const)
  test(`a demo to which ${who} came is ${made ? 'one' : 'none'}`, async () => {
    const site = openSite('calcom', ASSUMING);
    await site.post(calcom('BOOKING_CREATED', 'bk-1', CODE));
    await site.post({
      triggerEvent: 'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
      payload: { bookingUid: 'bk-1', hostEmail: 'host@example.com', participants },
    });
    await site.pass(26 * HOUR_MS);
    expect(site.events).toHaveLength(made);
  });

const weekly = (week: number, more: object = {}) =>
  calcom(
    'BOOKING_CREATED',
    `w${week}`,
    { recurringEvent: { freq: 2, count: 3 }, eventTypeId: 7, metadata: week ? {} : { ucc: UCC }, ...more },
    slot((week * 168 + 1) * HOUR_MS),
  );

for (const [how, more] of [
  ['with an id', { recurringEventId: 'r1' }],
  ['without an id', {}],
] as const)
  test(`a recurring booking ${how} is one demo: the first meeting that was held`, async () => {
    const site = openSite('calcom', ASSUMING);
    for (const week of [2, 0, 1, 0]) await site.post(weekly(week, more));
    await site.post(mark('w0', ADA.email, true));
    await site.pass(100 * HOUR_MS);
    expect(site.events).toEqual([]);
    await site.pass(100 * HOUR_MS);
    expect(site.events.map(({ payload }) => payload.ucc)).toEqual([UCC]);
    await site.pass(400 * HOUR_MS);
    expect(site.events).toHaveLength(1);
    expect(site.errors).toEqual([]);
  });

test('a meeting of a recurring booking moves alone; what is left of it is cancelled at once', async () => {
  const site = openSite('calcom', ASSUMING);
  for (const week of [0, 1, 2]) await site.post(weekly(week));
  await site.post(calcom('BOOKING_CANCELLED', 'w0'));
  await site.post(calcom('BOOKING_RESCHEDULED', 'w1b', { rescheduleUid: 'w1' }, slot(300 * HOUR_MS)));
  await site.post(calcom('BOOKING_CANCELLED', 'w1b', { recurringEvent: { freq: 2, count: 3 } }));
  await site.pass(1000 * HOUR_MS);
  expect(site.events).toEqual([]);
});

test('another person’s recurring booking is another demo', async () => {
  const site = openSite('calcom', ASSUMING);
  await site.post(weekly(0));
  await site.post(weekly(0, { uid: 'x0', attendees: [BOB], metadata: { ucc: 'code-of-bob' } }));
  await site.pass(1000 * HOUR_MS);
  expect(codes(site)).toEqual(['code-of-bob', UCC]);
});

test('Calendly: each invitee of a group event is a demo of their own, cancelled and missed alone', async () => {
  const site = openSite('calendly', ASSUMING);
  const uris = ['a', 'b', 'c'].map((name) => `${URI}${name}`);
  for (const uri of uris)
    await site.post(calendly('invitee.created', uri, { tracking: { utm_content: `code-${uri.at(-1)}` } }));
  await site.post(calendly('invitee.canceled', `${URI}a`));
  await site.post(calendly('invitee_no_show.created', `${URI}b`));
  await site.pass(26 * HOUR_MS);
  expect(site.events.map(show)).toEqual([attended('code-c', `calendly:${URI}c`)]);
  await site.post(calendly('invitee_no_show.deleted', `${URI}b`));
  await site.flush();
  expect(codes(site)).toEqual(['code-b', 'code-c']);
});

/** What Calendly hands back in `utm_content`, what browsers claim for the booking, and what counts. */
const CARRIED: readonly (readonly [string, string, readonly string[], object, string, string])[] = [
  ['a campaign’s name, against the browser that booked', 'spring-sale', [UCC], {}, UCC, 'claim'],
  ['a code that the browser confirms', UCC, [UCC], {}, UCC, 'booking'],
  ['a code without a claim', UCC, [], {}, UCC, 'booking'],
  ['a code against two claims that differ', UCC, ['one', 'two'], {}, UCC, 'booking'],
  ['a code, where claims count for nothing', UCC, ['other'], { claims: false }, UCC, 'booking'],
];

for (const [what, carried, claimed, options, ucc, evidence] of CARRIED)
  test(`Calendly: ${what}: ${evidence} counts`, async () => {
    const asked: object[] = [];
    const approve = (conversion: object) => asked.push(conversion) > 0;
    const site = openSite('calendly', { ...ASSUMING, attribution: { ...options, approve } });
    for (const code of claimed)
      await site.attribution.claim(claimOf('', code, { via: 'calendly', ref: URI, kind: 'demo', fields: {} }));
    await site.post(calendly('invitee.created', URI, { tracking: { utm_content: carried } }));
    await site.pass(26 * HOUR_MS);
    expect(site.events.map(show)).toEqual([attended(ucc, `calendly:${URI}`)]);
    expect(asked).toMatchObject([{ ucc, evidence, conflict: false }]);
  });

test('Cal.com: the booking’s own code, in a field that only we use, beats the claim', async () => {
  const site = openSite('calcom', ASSUMING);
  await site.attribution.claim(claimOf('', 'other', { via: 'calcom', ref: 'bk-1', kind: 'demo', fields: {} }));
  await site.post(calcom('BOOKING_CREATED', 'bk-1', CODE));
  await site.pass(26 * HOUR_MS);
  expect(site.events.map(show)).toEqual([attended(UCC, 'calcom:bk-1')]);
});
