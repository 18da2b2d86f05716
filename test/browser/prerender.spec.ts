/**
 * A page that the browser prepares in advance, and maybe never shows. Of the three engines Chromium alone does that by
 * speculation rules, and under its driver such a page does not run: so the pages do everything by themselves.
 */
import { openUndriven, START_MS } from '../engines/undriven.js';
import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const NEXT = `/next?ucc=${UCC}`;
const RULES = JSON.stringify({ prerender: [{ source: 'list', urls: [NEXT], eagerness: 'immediate' }] });
const PREPARING = `<script type="speculationrules">${RULES}</script><a href="${NEXT}">Next</a>
  <script>fetch('/once-prepared').then(() => document.links[0].click())</script>`;
const PREPARED = `<script>
  addEventListener('load', async () => {
    const companion = window.companion ?? CelloCompanion.companion;
    companion.report({ kind: 'demo', key: 'booking' });
    const ucc = await companion.getUcc();
    const { prerendering, cookie } = document;
    const body = new URLSearchParams({ ucc, prerendering, cookie, kept: localStorage.length });
    fetch('/prepared', { method: 'POST', body });
  });
</script>`;

doors(() => {
  test('sends and stores nothing in a prerendered page until it is shown @not-firefox @not-webkit', async ({
    site,
    start,
    browserName,
  }) => {
    site.page('/', PREPARING);
    site.page('/next', start({ endpoint: site.endpoint, timeout: 0 }) + PREPARED);
    let show = (_: Response): void => undefined;
    site.route('/once-prepared', () => new Promise<Response>((resolve) => (show = resolve)));
    test.setTimeout(2 * START_MS);
    const end = openUndriven(browserName, site.url('/'));
    try {
      const prepared = await site.received('form', START_MS);
      expect(Object.fromEntries(prepared.entries)).toEqual({ ucc: UCC, prerendering: 'true', cookie: '', kept: '0' });
      expect([...site.all('capture'), ...site.all('submission')]).toEqual([]);
      show(new Response());
      expect((await site.received('capture')).json).toMatchObject({ ucc: UCC, page: '/next' });
      expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, kind: 'demo', via: 'report' });
    } finally {
      await end();
    }
  });
});
