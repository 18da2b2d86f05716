// A stand-in of Cal.com, on a site of its own: a calendar for a frame, the messages that it posts to the page around it
// (https://github.com/calcom/cal.com, embed iframe), and its signed webhooks
// (https://cal.com/docs/developing/guides/automation/webhooks). It knows two times, and turns its clock when it is told to.
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const HOUR_MS = 3_600_000;
const MEETING_MS = HOUR_MS / 2;

const CALENDAR = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>A calendar</title>
<style>
  body { margin: 0; padding: 1.25rem; background: #fff; color: #1b1d22; font: 1rem/1.5 system-ui, sans-serif; }
  form { display: grid; gap: .75rem; } label { display: grid; gap: .25rem; font-size: .9rem; }
  input, button { padding: .6rem .75rem; border: 1px solid #868b96; border-radius: 8px; background: #fff; font: inherit; }
  button { border-color: #1b1d22; background: #1b1d22; color: #fff; cursor: pointer; }
  :focus-visible { outline: 3px solid #4a6cf7; outline-offset: 2px; } p { margin: 0; }
</style>
<form><p><b>Demo, 30 minutes</b><br>Tomorrow, 10:00. This calendar is a stand-in.</p>
  <label>Your name <input name="name" autocomplete="name" required></label>
  <label>E-mail <input name="email" type="email" autocomplete="email" required></label>
  <button>Confirm</button></form>
<script>
  const say = (type, data) => parent.postMessage({ originator: 'CAL', type, namespace: '', fullType: 'CAL::' + type, data }, '*');
  const measure = () => say('__dimensionChanged', { iframeHeight: document.documentElement.offsetHeight, iframeWidth: innerWidth, isFirstTime: true });
  say('__iframeReady', { isPrerendering: false });
  say('linkReady', {});
  measure();
  document.forms[0].addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    const answer = await fetch('/book' + location.search, { method: 'POST', body });
    const booking = await answer.json();
    document.forms[0].innerHTML = '<p><b>This meeting is scheduled.</b><br>An invitation is on its way.</p>';
    say('bookingSuccessfulV2', booking);
    say('bookingSuccessful', { booking });
  });
</script></html>`;

async function readForm(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** What `metadata[…]` of an address is: Cal.com stores it with the booking. */
const readMetadata = (query) =>
  Object.fromEntries(
    [...query].flatMap(([name, value]) => (/^metadata\[(.+)\]$/.test(name) ? [[name.slice(9, -1), value]] : [])),
  );

/**
 * Starts the calendar on 127.0.0.1: for a site on `localhost` that is another site.
 *
 * @param secret - What its webhooks are signed with.
 * @returns `{ url, subscribe(address), end(uid), miss(uid), close() }`. `end` lets a meeting be over for two hours.
 */
export async function startCalendar({ secret, host = '127.0.0.1', port = 0 }) {
  const bookings = new Map();
  let subscriber = null;

  async function send(body) {
    const text = JSON.stringify(body);
    const signature = createHmac('sha256', secret).update(text).digest('hex');
    const headers = { 'Content-Type': 'application/json', 'X-Cal-Signature-256': signature };
    if (subscriber) await fetch(subscriber, { method: 'POST', headers, body: text });
  }

  async function book(request, response, query) {
    const form = await readForm(request);
    const start = Date.now() + 24 * HOUR_MS;
    const attendee = { name: form.get('name'), email: form.get('email'), timeZone: 'UTC' };
    const payload = {
      ...{ uid: randomUUID(), title: 'Demo', status: 'ACCEPTED', metadata: readMetadata(query), attendees: [attendee] },
      ...{ startTime: new Date(start).toISOString(), endTime: new Date(start + MEETING_MS).toISOString() },
    };
    bookings.set(payload.uid, payload);
    await send({ triggerEvent: 'BOOKING_CREATED', createdAt: new Date().toISOString(), payload });
    const { uid, title, status, startTime, endTime } = payload;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ uid, title, status, startTime, endTime, eventTypeId: 1 }));
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://calendar');
    if (request.method === 'POST' && pathname === '/book') return book(request, response, searchParams);
    if (request.method !== 'GET') return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(CALENDAR);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

  return {
    url: `http://${host}:${server.address().port}`,
    subscribe: (address) => {
      subscriber = address;
    },
    async end(uid) {
      const booking = bookings.get(uid);
      if (!booking) return;
      const end = Date.now() - 2 * HOUR_MS;
      const times = { startTime: new Date(end - MEETING_MS).toISOString(), endTime: new Date(end).toISOString() };
      await send({ triggerEvent: 'MEETING_ENDED', ...booking, ...times });
    },
    async miss(uid) {
      const attendees = bookings.get(uid)?.attendees.map(({ email }) => ({ email, noShow: true }));
      if (attendees) await send({ triggerEvent: 'BOOKING_NO_SHOW_UPDATED', payload: { bookingUid: uid, attendees } });
    },
    close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    },
  };
}
