/*
 * A STAND-IN for Cello's own cello-attribution.js, for the demo and the tests, where Cello cannot be reached. It is not
 * Cello's code. It was written from what Cello documents:
 *   https://docs.cello.so/sdk/client-side/attribution-js-introduction   the commands
 *   https://docs.cello.so/sdk/client-side/attribution-js-usage   the stub and its queue
 *   https://docs.cello.so/landing-pages/manage-cookies   the cookies
 * Where Cello's pages are silent it does the plain thing, and a comment says "our choice".
 *
 * Switches stand in its own address, e.g. `/cello-attribution.js?late=2000&answer=null`:
 *   late=MS       begins that much later
 *   hang          loads, and never begins: the queue stays as it is
 *   answer=WORD   what getUcc gives: `null`, `undefined`, `empty` (''), `text-null` ('null'), `text-undefined`,
 *                 `rejects`, `throws` (at the call, without a promise), `never` (settles); any other text is the code
 *   cookies=off   neither reads nor writes cookies
 *   field=off     leaves the forms alone
 * Who serves this file plays the rest: `blocked` in the address is a 403; absent is no tag at all.
 */
(() => {
  const switches = new URL(document.querySelector('script[src*="cello-attribution"]').src, location.href).searchParams;
  const link = new URLSearchParams(location.search);
  const threeMonthsInSeconds = 90 * 24 * 60 * 60;
  let hasCookies = switches.get('cookies') !== 'off';

  const readCookie = (name) =>
    document.cookie
      .split('; ')
      .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []))[0];

  // Domain, path and SameSite are not documented: our choice. The Cookie Store API is not in every engine.
  const writeCookie = (name, value, maxAge = threeMonthsInSeconds) => {
    // biome-ignore lint/suspicious/noDocumentCookie: see above
    document.cookie = `${name}=${value}; path=/; max-age=${maxAge}; samesite=lax`;
  };

  const writeCookies = () => {
    if (!link.get('ucc')) return;
    writeCookie('cello-referral', link.get('ucc'));
    if (link.get('productId')) writeCookie('cello-product-id', link.get('productId'));
  };

  /** From the link, else from the cookie "if cookies are enabled". */
  const findUcc = () => link.get('ucc') || (hasCookies && readCookie('cello-referral')) || null;

  const ANSWERS = {
    null: () => Promise.resolve(null),
    undefined: () => Promise.resolve(undefined),
    empty: () => Promise.resolve(''),
    'text-null': () => Promise.resolve('null'),
    'text-undefined': () => Promise.resolve('undefined'),
    rejects: () => Promise.reject(new Error('The stand-in rejects, as it was told.')),
    throws: () => {
      throw new Error('The stand-in throws, as it was told.');
    },
    never: () => new Promise(() => {}),
  };

  const getUcc = () => {
    const answer = switches.get('answer');
    return answer === null ? Promise.resolve(findUcc()) : (ANSWERS[answer]?.() ?? Promise.resolve(answer));
  };

  /** The name in the link is base64 without padding. */
  const getReferrerName = async () => {
    if (!link.get('celloN')) return null;
    return new TextDecoder().decode(Uint8Array.from(atob(link.get('celloN')), (letter) => letter.charCodeAt(0)));
  };

  // Which attributes the field has is not documented: our choice.
  const attachTo = async (...forms) => {
    const ucc = findUcc();
    if (!ucc) return;
    for (const form of forms.flat(Number.POSITIVE_INFINITY)) {
      if (form.querySelector('input[name="ucc"]')) continue;
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'ucc';
      field.value = ucc;
      form.append(field);
    }
  };

  const COMMANDS = {
    getUcc,
    getReferrerName,
    // A discount as a decimal, and months; the names of the two are our choice.
    getCampaignConfig: async () => ({ newUserDiscountPercentage: 0.1, newUserDiscountMonth: 12 }),
    attachTo,
    attachAll: () => attachTo(...document.forms),
    allowCookies: async () => {
      hasCookies = true;
      writeCookies();
    },
    deleteCookies: async () => {
      hasCookies = false;
      for (const name of ['cello-referral', 'cello-product-id']) writeCookie(name, '', 0);
    },
    getReferral: () => Promise.reject(new Error('getReferral is not supported in this context. Use getUcc instead.')),
  };

  const run = (command, ...args) =>
    COMMANDS[command]?.(...args) ?? Promise.reject(new Error(`Unknown command: ${command}`));

  /** Three stubs were published. Their `args` are `undefined`, a bare value, or a list. */
  const drain = ({ command, args, resolve, reject }) => {
    try {
      run(command, ...(args === undefined ? [] : [args].flat())).then(resolve, reject);
    } catch (error) {
      reject(error);
    }
  };

  const begin = () => {
    if (hasCookies) writeCookies();
    window.CelloAttribution = run;
    for (const entry of (window.CelloAttributionCmd ?? []).splice(0)) drain(entry);
    // Forms that come later are not documented. This finds those of the page as it was sent: our choice.
    const attach = () => switches.get('field') !== 'off' && attachTo(...document.forms);
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', attach);
    else attach();
  };

  if (switches.has('hang')) return;
  if (switches.has('late')) setTimeout(begin, Number(switches.get('late')));
  else begin();
})();
