/** What a tool is answered, and what becomes of its webhook while something is down. */

import { join } from 'node:path';
import { type BookingTool, createAttribution, memoryStore, type Store, sqliteStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import {
  ADA,
  attended,
  calcom,
  calendly,
  chilipiper,
  HOUR_MS,
  hubspot,
  openSite,
  savvycal,
  show,
  slot,
  typeform,
  UCC,
  URI,
} from '../../services/booking-sites.js';
import { HANDLES } from '../../services/sqlite.js';
import { createFolder } from '../../services/stores.js';
import { createTallyResponse, createWebhook, HUBSPOT_URL, SECRET } from '../../services/tools.js';

const CODE = { metadata: { ucc: UCC } };

/**
 * What each tool sends, and the answers that cost its subscription or its webhook. A redirect counts as failure
 * everywhere, and is followed nowhere.
 */
const TOOLS: Readonly<Record<BookingTool, { useful: unknown; useless: unknown; fatal: readonly number[] }>> = {
  // No answer is fatal, but older versions try once.
  calcom: { useful: calcom('BOOKING_CREATED', 'bk-1', CODE), useless: { triggerEvent: 'PING' }, fatal: [] },
  // 410 deletes the subscription at once; a day of failures disables it: https://developer.calendly.com/docs/webhooks/overview
  calendly: { useful: calendly('invitee.created', URI), useless: { event: 'contact.created' }, fatal: [410] },
  // 400, 401, 403, 404 and 405 are not tried again; 401 is right for what HubSpot did not send.
  hubspot: {
    useful: [hubspot('hs_meeting_outcome', 'NO_SHOW')],
    useless: [{ objectTypeId: '0-1' }],
    fatal: [400, 403, 404, 405],
  },
  // 404 and 410 disable the webhook at once: https://www.typeform.com/developers/webhooks/
  typeform: { useful: typeform('r1'), useless: { event_type: 'other' }, fatal: [404, 410] },
  // Anything but 2xx within 10 s is tried again: https://tally.so/help/webhooks
  tally: { useful: createTallyResponse(UCC, ADA.email), useless: { eventType: 'FORM_VIEW' }, fatal: [404, 410] },
  // Not documented.
  chilipiper: { useful: chilipiper('Created'), useless: chilipiper('Routed'), fatal: [404, 410] },
  // Anything but 2xx is tried again: https://savvycal.com/docs/api/webhooks
  savvycal: { useful: savvycal('event.created'), useless: { type: 'poll.response.created' }, fatal: [404, 410] },
  // A workflow of HubSpot's gives up at a 4xx other than 429; Zapier and Make show it to a person.
  relay: { useful: { id: 'deal-7', status: 'booked' }, useless: { id: 'deal-7', status: 'won' }, fatal: [404, 410] },
};
const NAMES = Object.keys(TOOLS).filter((name): name is BookingTool => name in TOOLS);

/** A store of which every call fails, and is counted. */
function breakStore(): { readonly store: Store; readonly calls: string[] } {
  const calls: string[] = [];
  const broken = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        if (name === 'now') return Reflect.get(target, name);
        return () => {
          calls.push(String(name));
          return Promise.reject(new Error('down'));
        };
      },
    });
  const { receipts, records, events } = memoryStore();
  return { store: { receipts: broken(receipts), records: broken(records), events: broken(events) }, calls };
}

/** The situations, and what is answered in each. */
const ANSWERS: Readonly<Record<string, number>> = {
  'a webhook that we use': 200,
  'the same again': 200,
  'one that is not for us': 200,
  'a body that nobody understands': 200,
  'a body that is no JSON': 200,
  'a wrong signature': 401,
  'no signature': 401,
  'a body that is too large': 401,
  'no body, by GET': 401,
  'a store that is down': 503,
};

async function ask(tool: BookingTool): Promise<Record<string, number>> {
  const { useful, useless } = TOOLS[tool];
  const site = openSite(tool);
  const down = openSite(tool, { open: () => breakStore().store });
  const { url } = createWebhook(tool, useful);
  const bare = (init: RequestInit) => site.receive(new Request(url, init)).then(({ status }) => status);
  const response = await down.receive(createWebhook(tool, useful));
  if (response.status === 503) expect(response.headers.get('retry-after'), tool).toBe('30');
  return {
    'a webhook that we use': await site.post(useful),
    'the same again': await site.post(useful),
    'one that is not for us': await site.post(useless),
    'a body that nobody understands': await site.post({ no: 'body of ours' }),
    'a body that is no JSON': await site.post('%'),
    'a wrong signature': await openSite(tool, { receiver: { secret: 'another' } }).post(useful),
    'no signature': await bare({ method: 'POST', body: JSON.stringify(useful) }),
    'a body that is too large': await site.post('x'.repeat(2_000_000)),
    'no body, by GET': await bare({ method: 'GET' }),
    'a store that is down': response.status,
  };
}

for (const tool of NAMES)
  test(`${tool}: is answered so that its subscription lives`, async () => {
    const answers = await ask(tool);
    expect(answers).toEqual(ANSWERS);
    const statuses = Object.values(answers);
    expect(statuses.filter((status) => TOOLS[tool].fatal.includes(status) || (status >= 300 && status < 400))).toEqual(
      [],
    );
  });

const turn = (value: string): string => (value.endsWith('0') ? `${value.slice(0, -1)}1` : `${value.slice(0, -1)}0`);

/** What a stranger could send who has seen a genuine webhook, but not the secret. */
function* forge(tool: BookingTool): Generator<Request> {
  const text = JSON.stringify(TOOLS[tool].useful);
  const { url, headers } = createWebhook(tool, text);
  const signed = [...headers].filter(([name]) => name !== 'content-type');
  const post = (body: string, entries: readonly (readonly [string, string])[]) =>
    new Request(url, { method: 'POST', headers: Object.fromEntries(entries), body });
  if (tool !== 'relay') yield post(`${text} `, signed); // what bears a secret says nothing of the body
  for (const [name, value] of signed) {
    const others = signed.filter(([other]) => other !== name);
    for (const wrong of ['', turn(value), value.slice(1), `${value}0`, value.repeat(2), 'no-secret-provided'])
      yield post(text, [...others, [name, wrong]]);
    yield post(text, others);
  }
  for (const other of NAMES) if (other !== tool) yield post(text, [...createWebhook(other, text).headers]);
}

for (const tool of NAMES)
  test(`${tool}: what is forged reaches no store and no API`, async () => {
    const { store, calls } = breakStore();
    const attribution = createAttribution({ store, send: async () => {}, onError: () => {} });
    const fetched: unknown[] = [];
    const reach = async (request: unknown) => {
      fetched.push(request);
      return new Response('{}');
    };
    const receiver = { attribution, hubspot: { token: 't', fetch: reach }, secret: SECRET, url: HUBSPOT_URL };
    const site = openSite(tool, { receiver });
    for (const request of forge(tool)) expect((await site.receive(request)).status).toBe(401);
    expect([...calls, ...fetched]).toEqual([]);
    expect((await site.receive(createWebhook(tool, TOOLS[tool].useful))).status, 'a genuine one does').not.toBe(401);
    expect(calls.length + fetched.length).toBeGreaterThan(0);
  });

for (const [tool, limitSeconds] of [
  ['calendly', 180],
  ['hubspot', 300],
  ['chilipiper', 300],
] as const)
  test(`${tool}: a webhook that was recorded is of no use ${limitSeconds / 60} minutes later`, async () => {
    const site = openSite(tool);
    const send = (ageSeconds: number) =>
      site.receive(createWebhook(tool, TOOLS[tool].useful, Date.now() - ageSeconds * 1000));
    expect((await send(limitSeconds - 5)).status).toBe(200);
    expect((await send(limitSeconds + 5)).status).toBe(401);
    expect((await send(-limitSeconds - 5)).status).toBe(401);
  });

test('while another process has the store locked, a webhook is asked for again, and makes one event', async () => {
  const folder = createFolder();
  const [handle] = HANDLES;
  if (!handle) throw new Error('no SQLite here');
  const file = join(folder.path, 'cello.db');
  const [db, other] = [handle.open(file), handle.open(file)];
  const site = openSite('calcom', {
    receiver: { assumeAttendedAfterHours: 1 },
    open: (clock) => sqliteStore(db, { clock }),
  });
  try {
    other.exec('BEGIN EXCLUSIVE');
    expect(await site.post(TOOLS.calcom.useful)).toBe(503);
    expect(await site.post(TOOLS.calcom.useful)).toBe(503);
    other.exec('COMMIT');
    expect(await site.post(TOOLS.calcom.useful)).toBe(200);
    await site.pass(3 * HOUR_MS);
    expect(site.events.map(show)).toEqual([attended(UCC, 'calcom:bk-1')]);
  } finally {
    await site.attribution.stop();
    db.close();
    other.close();
    folder.remove();
  }
});

test('a batch is answered within the tool’s patience, even while the store does not answer at all', async () => {
  const never = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => (name === 'now' ? Reflect.get(target, name) : () => new Promise(() => {})),
    });
  const { receipts, records, events } = memoryStore();
  const site = openSite('hubspot', { open: () => ({ receipts, records: never(records), events: never(events) }) });
  const batch = Array.from({ length: 20 }, (_, place) => ({
    ...hubspot('hs_meeting_outcome', 'NO_SHOW'),
    objectId: place,
  }));
  const startMs = performance.now();
  expect(await site.post(batch)).toBe(503);
  expect(performance.now() - startMs, 'HubSpot waits 5 s').toBeLessThan(5000);
});

test('an approve that throws costs no webhook: it is asked again, and the event is made once', async () => {
  let asked = 0;
  const approve = () => {
    asked += 1;
    if (asked < 3) throw new Error('the site is broken');
  };
  const site = openSite('calcom', { receiver: { assumeAttendedAfterHours: 1 }, attribution: { approve } });
  expect(await site.post(TOOLS.calcom.useful)).toBe(200);
  await site.pass(3 * HOUR_MS);
  expect(await site.post(TOOLS.calcom.useful)).toBe(200);
  expect(site.events).toEqual([]);
  for (let hours = 0; hours < 3; hours += 1) await site.pass(HOUR_MS);
  expect(site.events.map(show)).toEqual([attended(UCC, 'calcom:bk-1')]);
  expect(site.errors.length).toBe(2);
});

test('while Cello is down, webhooks are taken, and what they made is sent once it is back', async () => {
  let isDown = true;
  const sent: unknown[] = [];
  const send = async (event: object) => {
    if (isDown) throw Object.assign(new Error('503'), { reason: 'busy', retryable: true, ambiguous: false });
    sent.push(event);
  };
  const site = openSite('relay', { attribution: { send } });
  for (const status of ['booked', 'attended', 'attended'])
    expect(await site.post({ id: 'deal-7', status, ucc: UCC, ...ADA, startsAt: slot(0).start })).toBe(200);
  await site.flush();
  expect(sent).toEqual([]);
  isDown = false;
  await site.pass(HOUR_MS);
  await site.pass(HOUR_MS);
  expect(sent).toHaveLength(1);
});
