// What a visitor does on an example site, and what must be at Cello afterwards.
import { readFileSync } from 'node:fs';

const UCC = 'pNRB1aYqArN';
const CELLO_SCRIPT = readFileSync(new URL('../stand-ins/cello-attribution.js', import.meta.url));
const PATIENCE_MS = 60_000;

/** Waits until something is there, and gives it. */
async function until(what, find) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A page of a visitor of its own, and what its console says. */
async function openPage({ browser }) {
  const page = await (await browser.newContext()).newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** Follows a link into the site, to its form; a site that has its form on another page is walked through. */
async function followLink(page, { origin, formPath }, query) {
  await page.goto(`${origin}/${query}`, { waitUntil: 'networkidle' });
  if (formPath === '/') return;
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.waitForURL(`**${formPath}*`);
}

/** Whether a request carries the form to the site's own handler. */
const isSignup = (request) => request.method() === 'POST' && !new URL(request.url()).pathname.endsWith('/api/cello');

/** Signs up, and gives the new account's id. The form itself must have carried the code. */
async function signUp(page, email, beforeSubmit = async () => {}) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Name').fill('Grace Hopper');
  await beforeSubmit();
  const sent = page.waitForRequest(isSignup);
  await page.getByRole('button', { name: 'Sign up' }).click();
  const body = (await sent).postData() ?? '';
  if (!body.includes(UCC)) throw new Error(`the form went out without the code: ${body}`);
  const told = await page.getByRole('status').textContent({ timeout: PATIENCE_MS });
  const [id] = /[\da-f]{8}-[\da-f-]{27}/.exec(told ?? '') ?? [];
  if (!id) throw new Error(`no account: ${told}`);
  return id;
}

/** The one event of a new user at Cello, with the code. */
async function expectEvent({ cello }, id, email) {
  const find = () => cello.events.filter(({ payload }) => payload.newUserId === id);
  await until('the event at Cello', () => find().length);
  const [{ payload, context }, ...others] = find();
  const told = [payload.ucc, context.event.trigger, context.newUser.email, others.length];
  const wanted = [UCC, 'new-signup', email, 0];
  if (String(told) !== String(wanted)) throw new Error(`Cello got ${told}, not ${wanted}`);
}

/** Each walk: what the table says of it, and the walk. A walk that fails throws. */
export const WALKS = {
  'by a referral link; nothing on the console': async (site) => {
    const { page, complaints } = await openPage(site);
    const email = `link-${site.mode}@example.com`;
    await followLink(page, site, `?ucc=${UCC}`);
    const id = await signUp(page, email);
    await expectEvent(site, id, email);
    if (complaints.length) throw new Error(`on the console: ${complaints.join('\n')}`);
  },
  'the code comes late, from Cello’s script, while the visitor types': async (site) => {
    const { page } = await openPage(site);
    const email = `late-${site.mode}@example.com`;
    await page.route('**/cello-attribution.js*', (route) =>
      route.fulfill({ body: CELLO_SCRIPT, contentType: 'text/javascript' }),
    );
    await followLink(page, site, '');
    const id = await signUp(page, email, async () => {
      await page.addScriptTag({ url: `${site.origin}/cello-attribution.js?late=300&answer=${UCC}` });
      await until('the code in the form', () =>
        page.evaluate((code) => document.querySelector('form [name=ucc]')?.value === code, UCC),
      );
    });
    await expectEvent(site, id, email);
  },
  'the endpoint is down': async (site) => {
    const { page } = await openPage(site);
    const email = `down-${site.mode}@example.com`;
    await page.route('**/api/cello', (route) => route.abort());
    await followLink(page, site, `?ucc=${UCC}`);
    const id = await signUp(page, email);
    await expectEvent(site, id, email);
  },
  'Cello is down at first': async (site) => {
    const { page } = await openPage(site);
    const email = `outage-${site.mode}@example.com`;
    const end = site.cello.fault('unavailable', { times: Number.POSITIVE_INFINITY });
    await followLink(page, site, `?ucc=${UCC}`);
    const id = await signUp(page, email).finally(end);
    await expectEvent(site, id, email);
  },
};
