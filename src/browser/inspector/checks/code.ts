/**
 * The code, whether it may be used, and whether the browser keeps it.
 */
import { hasDocumentedShape } from '../../../ucc.js';
import { type Check, fine, list, note, problem, warning } from './finding.js';
import { hasNeighbours } from './hosts.js';

export const checkCode: Check = ({ companion, code, sources, consent, cookie }) => {
  if (companion !== 'running' || consent.state === 'denied') return [];
  if (!code && cookie.forgotten)
    return [
      note(
        'forgotten',
        'This browser was told to forget its code, as your endpoint or forget() does after a conversion.',
        'Open a referral link again: only a newly opened link brings a forgotten code back.',
      ),
    ];
  if (!code)
    return [
      note(
        'no-code',
        'There is no referral code on this page, so nothing is filled in, stored or sent.',
        'Open the page through a referral link, or add ?productId=test&ucc=test to its address.',
      ),
    ];
  const others = sources.filter(({ ucc }) => ucc && ucc !== code.ucc).map(({ source }) => source);
  return [
    fine('code', `The code is known (source: ${code.source}).`),
    ...(others.length
      ? [
          note(
            'other-codes',
            `A different code comes from: ${list(others)}.`,
            'The newest link wins. If you expected the other code, compare the sources.',
          ),
        ]
      : []),
    ...(hasDocumentedShape(code.ucc)
      ? []
      : [
          note(
            'unusual-code',
            'The code is not 11 letters and digits, which is how Cello documents its codes.',
            'That is fine for a test. If it came from a real link, compare it with the code in Cello’s portal.',
          ),
        ]),
  ];
};

export const checkConsent: Check = ({ companion, consent }) => {
  if (companion !== 'running' || consent.state === 'granted') return [];
  const by = {
    'privacy control': 'the browser sends Global Privacy Control and the site has set nothing',
    option: 'the option consent says so',
    setConsent: 'the page called setConsent',
    default: 'the site has set nothing',
  }[consent.by];
  return consent.state === 'denied'
    ? [
        warning(
          'consent-denied',
          `Consent is denied (${by}): no code is read, filled in, stored or sent.`,
          'If this visitor agreed, your consent manager has to call setConsent("granted") on every page.',
        ),
      ]
    : [
        warning(
          'consent-pending',
          `Consent is pending (${by}): forms get the code, but nothing is stored and no capture is sent.`,
          'Call setConsent("granted") once the visitor agrees, and on every page after that: it is not remembered.',
        ),
      ];
};

/** By then the page has been idle, and our cookie is written. */
const WRITTEN_MS = 4000;

export const checkCookie: Check = ({ companion, code, consent, cookie, page, settings }) => {
  if (companion !== 'running' || !settings || !code || consent.state !== 'granted') return [];
  if (settings.remember === 0)
    return [
      note(
        'no-memory',
        'The option remember is 0: the code is not kept for the next page.',
        'Set data-remember, unless links and Cello’s own cookie bring the code to every page.',
      ),
    ];
  if (!cookie.isEnabled || (cookie.ucc !== code.ucc && page.ageMs > WRITTEN_MS))
    return [
      problem(
        'no-cookie',
        'Our cookie does not hold the code: it is lost when the visitor leaves this page.',
        'Look for blocked cookies, a sandboxed frame, a data-cookie-domain that is not this site’s, or a tool that deletes cookies.',
      ),
    ];
  if (cookie.count > 1)
    return [
      note(
        'two-cookies',
        `There are ${cookie.count} cookies of our name, for the host and for a domain. The newest counts.`,
        'Give data-cookie-domain and the endpoint’s cookie.domain the same value.',
      ),
    ];
  return cookie.ucc === code.ucc && !cookie.domain && hasNeighbours(page.host)
    ? [
        note(
          'host-cookie',
          `The cookie seems to be for ${page.host} alone, so other subdomains do not see the code.`,
          'If people sign up on another subdomain, set data-cookie-domain to the domain that both share.',
        ),
      ]
    : [];
};
