import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}&productId=site&celloN=R3Vlc3Q`;
const FORM =
  '<form method="post" action="/join"><input type="email" name="email" aria-label="E-mail"><button>Join</button></form>';
const cello = (switches = '') => `<script type="module" async src="/cello-attribution.js${switches}"></script>`;

/** The stubs that Cello published over the years, as they were: sites still carry all three. */
const STUBS = {
  oldest: `window.CelloAttribution = window.CelloAttribution || async function (t, o) {
    if (t === 'getReferral') throw new Error('getReferral is not supported in this context. Use getUcc instead.');
    let n, a; const i = new Promise((t, o) => { n = t; a = o; });
    window.CelloAttributionCmd = window.CelloAttributionCmd || [];
    window.CelloAttributionCmd.push({ command: t, args: o, resolve: n, reject: a }); return i; };`,
  later: `window.CelloAttribution = window.CelloAttribution || async function (t, ...o) {
    if (t === 'getReferral') throw new Error('getReferral is not supported in this context. Use getUcc instead.');
    let n, a; const i = new Promise((t, o) => { n = t; a = o; });
    window.CelloAttributionCmd = window.CelloAttributionCmd || [];
    window.CelloAttributionCmd.push({ command: t, args: o, resolve: n, reject: a }); return i; };`,
  current: `window.CelloAttribution = window.CelloAttribution || function (t, ...o) {
    if (t === 'getReferral') throw new Error('getReferral is not supported in this context. Use getUcc instead.');
    let n, a; const i = new Promise((t, o) => { n = t; a = o; });
    window.CelloAttributionCmd = window.CelloAttributionCmd || [];
    window.CelloAttributionCmd.push({ command: t, args: o, resolve: n, reject: a }); return i; };`,
};

test.describe("the stand-in of Cello's script", () => {
  for (const [name, stub] of Object.entries(STUBS))
    test(`answers calls that waited in the ${name} stub`, async ({ page, site }) => {
      site.page(
        '/',
        `<script>${stub}
          early = CelloAttribution('getUcc');
          document.addEventListener('DOMContentLoaded', () => { attached = CelloAttribution('attachTo', [document.forms[0]]); });
        </script>${FORM}${cello('?late=50&field=off')}`,
      );
      await page.goto(site.url(LINK));
      expect(await page.evaluate('early')).toBe(UCC);
      await page.evaluate('attached');
      expect(await page.locator('input[name=ucc][type=hidden]').inputValue()).toBe(UCC);
    });

  test('keeps the code and the product in its cookies, and the code in every form', async ({ page, site, context }) => {
    site.page('/', cello() + FORM);
    await page.goto(site.url(LINK));
    await page.waitForFunction('typeof CelloAttribution === "function"');
    expect(await page.evaluate('document.cookie')).toBe(`cello-referral=${UCC}; cello-product-id=site`);
    expect(await page.locator('input[name=ucc]').inputValue()).toBe(UCC);
    expect(await page.evaluate('CelloAttribution("getReferrerName")')).toBe('Guest');
    const [cookie] = await context.cookies(site.url('/'));
    const days = ((cookie?.expires ?? 0) - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(89);
  });
});

doors(() => {
  for (const switches of ['', '?late=500', '?hang', '?blocked', '?answer=null', '?answer=throws', '?answer=rejects'])
    test(`brings the code to the form handler next to Cello's script ${switches}`, async ({ page, site, start }) => {
      site.page('/', start() + cello(switches) + FORM);
      await page.goto(site.url(LINK));
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    });
});
