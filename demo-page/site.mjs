// Lintel's pages and forms: where a sign-up or a demo becomes a Cello event. What is worth copying is here and in
// server.mjs. The new user always comes from the site's own form and login, never from a message of the browser.
import { randomUUID } from 'node:crypto';
import { forgetCookie, readUcc } from 'cello-companion/server';
import { findProblem, readPerson } from './accounts.mjs';
import { SLOTS } from './bookings.mjs';
import {
  allowCalendar,
  readCookie,
  readForm,
  readJson,
  readUrl,
  redirect,
  sendHtml,
  sendJson,
  setCookie,
} from './http.mjs';
import { drawPage, escapeHtml } from './pages.mjs';
import { LINK, LINK_PATH } from './referral-link.mjs';

/**
 * @param site - `accounts` and `bookings`: the site's own data. `attribution` and `referrals`: see server.mjs.
 *   `provider`: the OAuth provider's client. `calendar`: Cal.com's stand-in. `frame(request, response)`: what every page carries besides itself.
 *   `watch(…)`: the demo's inspector; your site has none.
 * @returns The routes, by method and path.
 */
export function createSite({ accounts, bookings, calendar, attribution, referrals, provider, frame, watch }) {
  const attempts = new Map(); // sign-ups on their way through the provider, by `state`

  const send = (request, response, name, title, values = {}, status = 200) =>
    sendHtml(response, drawPage(name, title, values, frame(request, response)), status);

  const page = (name, title) => (request, response) => send(request, response, name, title);

  /** What came with the request: its form, and its cookies. */
  const readFrom = (request, body) => ({ body, headers: request.headers });

  /** The code that will be believed, for the inspector and the sales team. Your site needs none of this. */
  const findUcc = async (from, email) => readUcc(from) ?? (await referrals.find(email))?.ucc ?? null;

  /** Somebody has just become a user of ours: Cello is told, the visitor is logged in, the browser forgets the code. */
  async function welcome(response, user, from) {
    const { id, email, name, organizationId } = user;
    const { ucc } = await attribution.signup({ user: { id, email, name, organizationId }, from });
    if (ucc) response.appendHeader('Set-Cookie', forgetCookie({ ucc, secure: false })); // on https: without `secure: false`
    logIn(response, user);
  }

  const logIn = (response, user) => setCookie(response, 'session', accounts.openSession(user));

  // Sign-up with a native form -----------------------------------------------------------------------------------------

  async function signUp(request, response) {
    const form = await readForm(request);
    const person = readPerson(form);
    const problem = findProblem(person) ?? (accounts.find(person.email) ? TAKEN : null);
    if (problem) return send(request, response, 'signup', 'Sign up', { ...person, problem }, 422);
    const from = readFrom(request, form);
    const ucc = await findUcc(from, person.email);
    const user = accounts.create(person, form.get('password'));
    watch(request, { handler: 'POST /signup', source: form, ucc, person: user });
    await welcome(response, user, from);
    redirect(response, '/welcome');
  }

  // Sign-up as an app: the same with JSON ------------------------------------------------------------------------------

  async function createAccount(request, response) {
    const body = await readJson(request); // Object.fromEntries(new FormData(form)): the code is among the fields
    const person = readPerson(body);
    const problem = findProblem(person) ?? (accounts.find(person.email) ? TAKEN : null);
    if (problem) return sendJson(response, { problem }, 422);
    const from = readFrom(request, body);
    const ucc = await findUcc(from, person.email);
    const user = accounts.create(person, String(body.password ?? ''));
    watch(request, { handler: 'POST /api/accounts', source: body, ucc, person: user });
    await welcome(response, user, from);
    sendJson(response, { user }, 201);
  }

  // Sign-up through a redirect: an OAuth provider ----------------------------------------------------------------------

  function startRedirect(request, response) {
    const { origin, searchParams } = readUrl(request);
    const state = randomUUID();
    attempts.set(state, { code: null });
    setCookie(response, 'oauth-state', state);
    const mode = searchParams.get('mode') === 'form_post' ? 'form_post' : 'query';
    redirect(response, provider.authorizeUrl({ state, mode, redirectUri: `${origin}/auth/callback` }));
  }

  /**
   * Coming back by `form_post`: a POST from another site brings no Lax cookie, neither the code nor `oauth-state`. So it
   * only keeps what came, and sends the browser on to the same address by GET: that brings them (docs/redirects.md).
   */
  async function returnByPost(request, response) {
    const form = await readForm(request);
    const state = form.get('state') ?? '';
    if (!attempts.has(state)) return refuse(request, response);
    attempts.set(state, { code: form.get('code') });
    redirect(response, `/auth/callback?${new URLSearchParams({ state })}`);
  }

  /** Coming back by GET: a navigation from another site brings Lax cookies, and the code is among them. */
  async function returnByGet(request, response) {
    const { searchParams } = readUrl(request);
    const state = searchParams.get('state');
    const code = searchParams.get('code') ?? attempts.get(state)?.code;
    const isTheirs = attempts.delete(state) && state === readCookie(request, 'oauth-state');
    const person = isTheirs && code ? await provider.fetchPerson(code) : null;
    if (!person) return refuse(request, response);
    const from = readFrom(request);
    const known = accounts.find(person.email);
    const user = known ?? accounts.create(person);
    watch(request, { handler: 'GET /auth/callback', ucc: readUcc(from), person: user, isKnown: !!known });
    if (known)
      logIn(response, user); // who has an account already is no new user
    else await welcome(response, user, from);
    redirect(response, '/welcome');
  }

  const refuse = (request, response) =>
    send(request, response, 'signup-redirect', 'Sign up', { problem: 'That did not work. Please try again.' }, 400);

  // A demo: booked today, attended later -------------------------------------------------------------------------------

  async function bookDemo(request, response) {
    const form = await readForm(request);
    const person = readPerson(form);
    const slot = SLOTS.find((one) => one === form.get('slot'));
    const problem = findProblem(person) ?? (slot ? null : 'Please choose a time.');
    if (problem) return sendDemo(request, response, { ...person, problem }, 422);
    const from = readFrom(request, form);
    const ucc = await findUcc(from, person.email);
    const lead = accounts.identify(person);
    const booking = bookings.add(lead, slot, ucc);
    const { email, name } = lead;
    await attribution.booked({ id: booking.id, userId: lead.id, email, name, from });
    watch(request, { handler: 'POST /demo', source: form, ucc, person: lead });
    redirect(response, `/demo/booked?id=${booking.id}`);
  }

  /**
   * Sales says that the demo took place. Only now there is something to tell Cello. The event is safe before the booking
   * is marked, and there is one for each booking: whatever fails in between, the next click makes good, and none counts twice.
   */
  async function markAttended(request, response) {
    const form = await readForm(request);
    const booking = bookings.find(form.get('id'));
    if (booking && !booking.attendedAt) await tellAttended(request, booking, new Date());
    redirect(response, '/sales');
  }

  async function tellAttended(request, { id: bookingId, person, ucc }, at) {
    const { id, email, name, organizationId } = person;
    if (ucc) watch(request, { handler: 'POST /sales/attended', ucc, stored: true, person });
    await attribution.attended({ id: bookingId, user: { id, email, name, organizationId }, at });
    bookings.markAttended(bookingId, at);
  }

  const sendDemo = (request, response, values, status = 200) =>
    send(request, response, 'demo', 'Book a demo', { slots: { html: drawSlots() }, ...values }, status);

  function sendBooked(request, response) {
    const booking = bookings.find(readUrl(request).searchParams.get('id'));
    if (!booking) return send(request, response, 'not-found', 'Not found', {}, 404);
    const { name, email } = booking.person;
    send(request, response, 'booked', 'Booked', { name: name.split(' ')[0], email, slot: booking.slot });
  }

  // A demo booked in Cal.com's calendar: its webhook comes to server.mjs ------------------------------------------------

  /** The one page with other people's widgets loads the file that knows them. */
  function sendCalendar(request, response) {
    const html = drawPage('calendar', 'Book in our calendar', { origin: calendar.url }, frame(request, response));
    const [from, to] = ['/cello-companion.js"', `/cello-companion.embeds.js" data-embed-origins="${calendar.url}"`];
    sendHtml(response, html.replace(from, to), 200, allowCalendar(calendar.url));
  }

  /** The calendar's clock is turned for the demo: its meeting is over. Then what is due is made, as a cron job does it. */
  async function endMeeting(request, response) {
    await calendar.end((await readForm(request)).get('id'));
    await attribution.run();
    await attribution.flush();
    redirect(response, '/sales');
  }

  /** A host marks in Cal.com that nobody came. */
  async function missMeeting(request, response) {
    await calendar.miss((await readForm(request)).get('id'));
    redirect(response, '/sales');
  }

  const sendSales = (request, response) =>
    send(request, response, 'sales', 'Sales team', { bookings: { html: drawBookings(bookings.list()) } });

  function sendWelcome(request, response) {
    const user = accounts.findSession(readCookie(request, 'session'));
    if (!user) return redirect(response, '/signup');
    send(request, response, 'welcome', 'Welcome', user);
  }

  function sendLink(request, response) {
    const link = new URL(LINK_PATH, readUrl(request));
    send(request, response, 'link', 'A referral link', { ...LINK, link });
  }

  return {
    'GET /': page('landing', 'Fees and hours for architecture studios'),
    'GET /pricing': page('pricing', 'Pricing'),
    'GET /link': sendLink,
    'GET /signup': page('signup', 'Sign up'),
    'POST /signup': signUp,
    'GET /signup/redirect': page('signup-redirect', 'Sign up'),
    'GET /auth/start': startRedirect,
    'GET /auth/callback': returnByGet,
    'POST /auth/callback': returnByPost,
    'GET /start': page('start', 'Sign up'),
    'GET /start/account': page('start', 'Sign up'), // the app's own addresses: a reload finds the app again
    'POST /api/accounts': createAccount,
    'GET /welcome': sendWelcome,
    'GET /demo': (request, response) => sendDemo(request, response, {}),
    'POST /demo': bookDemo,
    'GET /demo/booked': sendBooked,
    'GET /demo/calendar': sendCalendar,
    'POST /calendar/ended': endMeeting,
    'POST /calendar/missed': missMeeting,
    'GET /sales': sendSales,
    'POST /sales/attended': markAttended, // in a real product behind the team's login
    otherwise: (request, response) => send(request, response, 'not-found', 'Not found', {}, 404),
  };
}

const TAKEN = 'There is an account with this address already.';

const drawSlots = () =>
  SLOTS.map(
    (slot, i) =>
      `<label><input type="radio" name="slot" value="${slot}" required${i ? '' : ' checked'}> ${slot}</label>`,
  ).join('');

const NO_BOOKINGS = `<div class="nothing"><h2>No demo is booked</h2>
  <p>Book one as a visitor who came by a referral link. Then come back and say that it took place.</p>
  <a class="button" href="/demo">Book a demo</a></div>`;

const drawButton = (action, id, text, name) =>
  `<form action="${action}" method="post"><input type="hidden" name="id" value="${escapeHtml(id)}">
   <button class="button quiet small" type="submit">${text}<span class="visually-hidden">: ${escapeHtml(name)}</span></button></form>`;

/** What became of a booking, or what may: sales says it of the site's own, Cal.com of its own. */
function drawOutcome({ id, person, attendedAt, isMissed, isOfCalendar }) {
  if (attendedAt) return '<span class="tag done">Attended</span>';
  if (isMissed) return '<span class="tag">Missed</span>';
  if (!isOfCalendar) return drawButton('/sales/attended', id, 'Mark as attended', person.name);
  return `<span class="tag">Booked</span> ${drawButton('/calendar/ended', id, 'Let it end', person.name)} ${drawButton('/calendar/missed', id, 'Nobody came', person.name)}`;
}

const drawBooking = ({ id, person, slot, attendedAt, ucc, ...more }) => `<tr>
    <td><b>${escapeHtml(person.name)}</b><small>${escapeHtml(person.email)}</small></td>
    <td data-label="Studio:">${escapeHtml(person.organization) || '<span class="fine">not asked</span>'}</td>
    <td data-label="When:">${escapeHtml(slot)}</td>
    <td data-label="Code:">${ucc ? `<span class="tag code">${escapeHtml(ucc)}</span>` : attendedAt ? '<span class="fine">none waiting</span>' : '<span class="fine">none</span>'}</td>
    <td>${drawOutcome({ id, person, attendedAt, ...more })}</td>
  </tr>`;

const drawBookings = (list) =>
  list.length
    ? `<table class="bookings"><thead><tr><th scope="col">Who</th><th scope="col">Studio</th><th scope="col">When</th><th scope="col">Referral code</th><th scope="col"><span class="visually-hidden">Attended</span></th></tr></thead>
       <tbody>${list.map(drawBooking).join('')}</tbody></table>`
    : NO_BOOKINGS;
