import { createBookingReceiver } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { startHubspot } from '../../../stand-ins/hubspot-crm.mjs';
import { ADA, attended, calcom, HOUR_MS, openSite, show, slot, UCC, URI } from '../../services/booking-sites.js';
import { createTallyResponse, createWebhook, SECRET } from '../../services/tools.js';

const booking = (uid: string, when = slot(HOUR_MS)) => calcom('BOOKING_CREATED', uid, { metadata: { ucc: UCC } }, when);

test('a Cal.com booking that nobody missed becomes one event a day after its end', async () => {
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 24 } });
  expect(await site.post(booking('bk-1'))).toBe(200);
  expect(await site.post(booking('bk-1'))).toBe(200);
  await site.pass(25 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.pass(HOUR_MS);
  expect(site.events.map(show)).toMatchObject([attended(UCC, 'calcom:bk-1')]);
  await site.pass(48 * HOUR_MS);
  expect(site.events).toHaveLength(1);
});

test('without the option nothing is assumed', async () => {
  const site = openSite('calcom');
  await site.post(booking('bk-1'));
  await site.pass(100 * HOUR_MS);
  expect(site.events).toEqual([]);
});

test('a booking that moved keeps its first key and its code, and waits for its new end', async () => {
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 24 } });
  await site.post(booking('bk-1'));
  const { start, end } = slot(72 * HOUR_MS);
  const payload = { uid: 'bk-2', rescheduleUid: 'bk-1', startTime: start, endTime: end, attendees: [ADA] };
  await site.post({ triggerEvent: 'BOOKING_RESCHEDULED', payload });
  await site.pass(48 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.pass(50 * HOUR_MS);
  expect(site.events.map(show)).toMatchObject([attended(UCC, 'calcom:bk-1')]);
});

test('a no-show makes none, and one that is undone makes it due again', async () => {
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 24 } });
  const mark = (noShow: boolean) => ({
    triggerEvent: 'BOOKING_NO_SHOW_UPDATED',
    payload: { bookingUid: 'bk-1', attendees: [{ ...ADA, noShow }] },
  });
  await site.post(mark(true)); // it may come before the booking does
  await site.post(booking('bk-1'));
  await site.pass(48 * HOUR_MS);
  expect(site.events).toEqual([]);
  await site.post(mark(false));
  await site.flush();
  expect(site.events.map(show)).toMatchObject([attended(UCC, 'calcom:bk-1')]);
});

test('a no-show that comes after the event is told', async () => {
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 1 } });
  await site.post(booking('bk-1'));
  await site.pass(3 * HOUR_MS);
  expect(site.events).toHaveLength(1);
  await site.post({ triggerEvent: 'AFTER_GUESTS_CAL_VIDEO_NO_SHOW', payload: { bookingUid: 'bk-1' } });
  expect(site.errors).toHaveLength(1);
});

test('Calendly: the two halves of a move are one booking', async () => {
  const site = openSite('calendly', { receiver: { assumeAttendedAfterHours: 24 } });
  const invitee = (event: string, uri: string, hoursAhead: number, more: object) => {
    const { start, end } = slot(hoursAhead * HOUR_MS);
    const payload = { uri, ...ADA, scheduled_event: { start_time: start, end_time: end }, ...more };
    return { event, payload };
  };
  const tracking = { utm_content: UCC };
  await site.post(invitee('invitee.created', URI, 1, { tracking }));
  await site.post(invitee('invitee.created', `${URI}2`, 30, { old_invitee: URI }));
  await site.post(invitee('invitee.canceled', URI, 1, { rescheduled: true, new_invitee: `${URI}2` }));
  await site.pass(56 * HOUR_MS);
  expect(site.events.map(show)).toMatchObject([attended(UCC, `calendly:${URI}`)]);
});

test('a relay says attended of another tool’s booking, and without one where it has the code', async () => {
  const site = openSite('relay');
  const calcom = createBookingReceiver({ tool: 'calcom', secret: SECRET, attribution: site.attribution });
  await calcom(createWebhook('calcom', booking('bk-1', slot(-HOUR_MS))));
  expect(await site.post({ id: 'calcom:bk-1', status: 'attended' })).toBe(200);
  expect(await site.post({ id: 'deal-7', status: 'attended', ucc: 'otherCode11', ...ADA })).toBe(200);
  expect(await site.post({ id: 'deal-7', status: 'attended', ucc: 'otherCode11', ...ADA })).toBe(200);
  await site.flush();
  const made = [attended(UCC, 'calcom:bk-1'), attended('otherCode11', 'relay:deal-7')];
  expect(site.events.map(show)).toMatchObject(made);
});

for (const [tool, body] of [
  [
    'typeform',
    {
      event_type: 'form_response',
      form_response: { token: 'r1', hidden: { ucc: UCC }, answers: [{ email: ADA.email }] },
    },
  ],
  ['tally', createTallyResponse(UCC, ADA.email)],
] as const)
  test(`a response of ${tool} is no event, and the person’s sign-up finds its code`, async () => {
    const site = openSite(tool);
    expect(await site.post(body)).toBe(200);
    await site.flush();
    expect(site.events).toEqual([]);
    const made = await site.attribution.signup({ user: { id: 'u-1', ...ADA } });
    expect(made).toMatchObject({ state: 'queued', ucc: UCC });
  });

test('HubSpot: the outcome of a meeting becomes the event, with the code of its contact', async () => {
  const { start, end } = slot(-HOUR_MS);
  const meeting = { properties: { hs_meeting_start_time: start, hs_meeting_end_time: end }, contactIds: ['1', '2'] };
  const contacts = {
    1: { properties: { email: 'eve@example.com' } },
    2: { properties: { email: ADA.email, firstname: 'Ada', ucc: UCC } },
  };
  const portal = { token: 'pat-1', status: 0, meetings: { 501: meeting }, contacts };
  const crm = await startHubspot(portal);
  try {
    const site = openSite('hubspot', { receiver: { hubspot: { token: 'pat-1', baseUrl: crm.baseUrl } } });
    const outcome = [
      {
        subscriptionType: 'object.propertyChange',
        objectTypeId: '0-47',
        objectId: 501,
        propertyName: 'hs_meeting_outcome',
        propertyValue: 'COMPLETED',
        occurredAt: Date.now(),
      },
    ];
    portal.status = 500;
    expect(await site.post(outcome), 'HubSpot is asked to send it again').toBe(503);
    portal.status = 0;
    expect(await site.post(outcome)).toBe(200);
    await site.flush();
    expect(site.events.map(show)).toMatchObject([attended(UCC, 'hubspot:501')]);
    expect(site.events[0]?.context.newUser).toMatchObject({ email: ADA.email });
  } finally {
    crm.stop();
  }
});

test('answers 401 to what is not signed, whatever it is, and stores nothing of it', async () => {
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 1 } });
  const unsigned = (init: RequestInit) => site.receive(new Request('https://app.internal/', init));
  const body = JSON.stringify(booking('bk-1'));
  for (const init of [{ method: 'GET' }, { method: 'POST', body }, { method: 'PUT', body: '' }])
    expect((await unsigned(init)).status).toBe(401);
  await site.pass(4 * HOUR_MS);
  expect(site.events).toEqual([]);
  expect(site.errors, 'told once a minute').toEqual([expect.stringContaining('check "secret"')]);
});

test('answers 503 while nothing can be stored, so that the tool comes again', async () => {
  const down = async () => ({ state: 'failed', ucc: null, key: '' }) as const;
  const attribution = { claim: down, booked: down, moved: down, cancelled: down, missed: down, attended: down };
  const site = openSite('calcom', { receiver: { attribution } });
  const response = await site.receive(createWebhook('calcom', booking('bk-1')));
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('30');
});

test('answers 200 to a signed body that nobody understands, and tells it once', async () => {
  for (const body of ['no json', 'null', '[]', '{}', '"text"', '{"triggerEvent":"BOOKING_CREATED"}']) {
    const site = openSite('calcom');
    expect(await site.post(body), body).toBe(200);
    expect(site.errors, body).toHaveLength(1);
  }
});

test('a callback of the site’s that throws costs no webhook', async () => {
  const onError = async () => {
    throw new Error('mine');
  };
  const failing = openSite('calcom', { receiver: { onError } });
  expect(await failing.post('{}')).toBe(200);
});

test('does not start without a secret, nor with an option that is wrong', () => {
  const { attribution } = openSite('relay');
  const start = (options: object) => () =>
    Reflect.apply(createBookingReceiver, undefined, [{ tool: 'calcom', secret: SECRET, attribution, ...options }]);
  expect(start({ secret: undefined })).toThrow('"secret" must be');
  expect(start({ secret: '' })).toThrow('"secret" must be');
  expect(start({ tool: 'zoom' })).toThrow('"tool" must be one of calcom');
  expect(start({ assumeAttendedAfterHours: 0.5 })).toThrow('"assumeAttendedAfterHours" must be');
  expect(start({ attribution: {} })).toThrow('"attribution" must be');
  expect(start({ carier: 'x' })).toThrow('has no option "carier"');
});
