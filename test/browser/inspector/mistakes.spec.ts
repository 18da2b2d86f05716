/**
 * What people get wrong, made in a real page: what the inspector's check list then says, and what to do about it.
 * docs/evidence/mistakes.md is this table in words.
 */
import { createEndpoint } from 'cello-companion/server';
import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';

/** The panel's root is closed to everybody. On a page with this it is open, so that a test sees inside. */
const OPEN = `<script nonce="page">
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) { return attach.call(this, options.mode === 'closed' && this.localName.startsWith('cello-') ? { ...options, mode: 'open' } : options); };
</script>`;

const FORM =
  '<form id="signup" method="post" action="/join"><input type="email" name="email"><button>Sign up</button></form>';
const LOGIN =
  '<form id="login" method="post" action="/login"><input type="email" name="email"><input type="password" autocomplete="current-password"><button>Log in</button></form>';
const cello = (switches = '') => `<script type="module" async src="/cello-attribution.js${switches}"></script>`;

interface Mistake {
  /** Our tag's attributes. Default: those that are right. */
  readonly attributes?: string;
  /** The page's body, after our tag. Default: a sign-up form. */
  readonly body?: string;
  readonly policy?: string;
  /** Makes what is wrong elsewhere than in the page. */
  readonly arrange?: (site: Site) => void;
  /** What somebody then does. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Asks the endpoint, as the button does. */
  readonly isTested?: boolean;
  /** What the person reads. */
  readonly said: string;
  /** What the advice names. */
  readonly remedy: string;
}

const RIGHT = 'data-endpoint="/api/cello" data-include="email"';

/** The endpoint on another site, in place of one on this. */
const ELSEWHERE = 'data-endpoint="ELSEWHERE/api/cello" data-include="email"';

const answer =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  (site: Site) =>
    site.answerEndpoint(() => new Response(body, { status, headers }));

const onReferral = () => undefined;

const MISTAKES: { readonly [what: string]: Mistake } = {
  'a misspelt attribute': {
    attributes: 'data-endpont="/api/cello"',
    said: 'Unknown attribute data-endpont: did you mean data-endpoint?',
    remedy: 'correct the name',
  },
  'an attribute’s value that is none': {
    attributes: `${RIGHT} data-consent="yes"`,
    said: 'data-consent',
    remedy: 'correct the value',
  },
  'no endpoint': { attributes: '', said: 'There is no endpoint', remedy: 'Set data-endpoint' },
  'an origin that the endpoint does not know': {
    attributes: ELSEWHERE,
    arrange: (site) =>
      site.answerEndpoint(createEndpoint({ onReferral, allowOrigins: ['https://other.example'], log: () => {} })),
    isTested: true,
    said: 'refuses this page’s origin (status 403)',
    remedy: 'createEndpoint({ allowOrigins })',
  },
  'an endpoint that is not there': {
    arrange: answer(404),
    said: 'does not exist (status 404)',
    remedy: 'Mount createEndpoint',
  },
  'an endpoint without POST': {
    arrange: answer(405),
    said: 'accepts no POST (status 405)',
    remedy: 'Mount createEndpoint for POST',
  },
  'a redirect in front of the endpoint': {
    arrange: answer(302, '', { location: '/login' }),
    isTested: true,
    said: 'redirects to another address',
    remedy: 'use the final address',
  },
  'a page in place of the endpoint': {
    arrange: answer(200, '<!doctype html><title>App</title>', { 'content-type': 'text/html' }),
    isTested: true,
    said: 'answers with a web page (status 200)',
    remedy: 'A login or a catch-all route answers in its place',
  },
  'an endpoint elsewhere without CORS': {
    attributes: ELSEWHERE,
    arrange: answer(202, '{"status":"recorded"}', { 'access-control-allow-origin': 'https://other.example' }),
    isTested: true,
    said: 'answers without CORS headers',
    remedy: 'createEndpoint({ allowOrigins })',
  },
  'a policy that forbids the endpoint': {
    attributes: ELSEWHERE,
    policy: "default-src 'self'; script-src 'self' 'nonce-page'; style-src 'unsafe-inline'; img-src data:",
    isTested: true,
    said: 'is blocked by this page’s Content Security Policy',
    remedy: 'connect-src',
  },
  'an endpoint that cannot be reached': {
    arrange: (site) => site.breakEndpoint({ reset: 'before' }),
    isTested: true,
    said: 'cannot be reached',
    remedy: 'Check the address and the network',
  },
  'a page without a form': { body: '<h1>Hello</h1>', said: 'This page has no form.', remedy: 'attach() or report()' },
  'a field that is not there': {
    attributes: 'data-endpoint="/api/cello" data-include="email e-mail-address"',
    said: 'has no field for “e-mail-address”',
    remedy: 'exact name or id',
  },
  'consent that nobody gave': {
    attributes: `${RIGHT} data-consent="pending"`,
    said: 'Consent is pending (the option consent says so)',
    remedy: 'setConsent("granted")',
  },
  'consent denied': {
    attributes: `${RIGHT} data-consent="denied"`,
    said: 'Consent is denied',
    remedy: 'setConsent("granted")',
  },
  'no script of Cello': { said: 'Cello’s attribution script is not on this page.', remedy: 'cello-attribution.js' },
  'Cello’s script blocked': {
    attributes: `${RIGHT} data-timeout="500"`,
    body: `${cello('?blocked')}${FORM}`,
    said: 'gives no answer',
    remedy: 'allow assets.cello.so',
  },
  'Cello’s script twice': {
    body: `${cello()}${cello()}${FORM}`,
    said: 'is on this page 2 times',
    remedy: 'Leave one tag',
  },
  'Cello’s script under another name': {
    body: `<script type="module" src="https://assets.cello.so/attribution/latest/attribution.js"></script>${FORM}`,
    said: 'has another name',
    remedy: 'The file is called cello-attribution.js',
  },
  'our script twice': {
    body: `<script async src="/cello-companion.js" data-endpoint="/other"></script>${FORM}`,
    said: '2 of our script tags',
    remedy: 'Remove the others',
  },
  'a login form alone': {
    body: LOGIN,
    said: 'The form #login is left out: a login.',
    remedy: 'mark it data-cello-companion="signup"',
  },
  '`off` on the form': {
    body: FORM.replace('<form', '<form data-cello-companion="off"'),
    said: 'The form #signup is left out: ',
    remedy: 'That is the page’s own choice',
  },
  'a form in a frame of another site': {
    body: '<iframe src="ELSEWHERE/form" title="Form"></iframe>',
    arrange: (site) => site.page('/form', FORM),
    said: 'Nobody can see into the frame from',
    remedy: 'cello-companion.embeds.js',
  },
  'a selector that matches nothing': {
    attributes: `${RIGHT} data-forms=".signup"`,
    said: 'matches nothing',
    remedy: 'Correct the selector',
  },
  'no e-mail address in messages': {
    attributes: 'data-endpoint="/api/cello"',
    said: 'do not say whose sign-up it was',
    remedy: 'data-include="email"',
  },
  'a form that posts to another company': {
    body: FORM.replace('/join', 'https://news.example/subscribe'),
    said: 'The form #signup',
    remedy: 'data-links',
  },
  'a script that writes into the field': {
    body: `${FORM.replace('<button', '<input type="hidden" name="ucc" value="theirs"><button')}`,
    said: 'holds something else',
    remedy: 'remove its value',
  },
  'no referral link': {
    act: async (page) => {
      // Before our cookie stands, leaving the page would write it.
      await expect.poll(() => page.evaluate('document.cookie')).toContain('cello-companion=');
      await page.context().clearCookies();
      await page.goto(page.url().replace(/ucc=[^&]*&/, ''));
    },
    said: 'There is no referral code on this page',
    remedy: 'Open the page through a referral link',
  },
};

/** One of each kind; the others say what test/unit/browser/inspector has, in one more way. */
const REPEATED = [
  'an attribute’s value that is none',
  'consent denied',
  'no e-mail address in messages',
  'a selector that matches nothing',
];

test.describe('names what is wrong, and the remedy', { tag: '@one-engine' }, () => {
  for (const [what, mistake] of Object.entries(MISTAKES))
    test(what, { tag: REPEATED.includes(what) ? '@everything' : [] }, async ({ page, site }) => {
      const { attributes = RIGHT, body = FORM, policy, arrange, act, isTested, said, remedy } = mistake;
      const tag = `<script async nonce="page" src="/cello-companion.js" ${attributes}></script>`;
      const html = `${OPEN}${tag}${body}`.replaceAll('ELSEWHERE', site.elsewhere(''));
      site.page('/', html, policy ? { 'content-security-policy': policy } : {});
      arrange?.(site);
      await page.goto(site.url('/?ucc=pNRB1aYqArN&cello-companion=debug'));
      await act?.(page);
      const panel = page.locator('cello-companion-inspector .panel');
      if (isTested) await panel.getByRole('button', { name: 'Test endpoint' }).click();
      const line = panel.locator('li', { hasText: said }).first();
      await expect(line).toBeVisible();
      await expect(line.locator('.advice')).toContainText(remedy);
    });
});
