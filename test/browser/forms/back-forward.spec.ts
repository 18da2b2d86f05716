/**
 * Back out of the back/forward cache. The drivers switch that cache off, so these run without a driver: the page
 * leaves, comes back and submits by itself, and says whether it came out of the cache.
 */
import { openUndriven, START_MS } from '../../engines/undriven.js';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const FORM = `<form method="post" action="/join"><input type="email" name="email" value="ada@example.com"><input name="cached"></form>`;
const GO = `<script>
  addEventListener('pageshow', ({ persisted }) => {
    const { email, cached } = document.forms[0];
    if (!persisted) { email.focus(); setTimeout(() => { location.href = '/next' }); return; }
    cached.value = 'yes';
    document.querySelector('[name=ucc]').remove(); // a page may have been cleaned up when it was left
    document.forms[0].requestSubmit();
  });
</script>`;
const BACK = `<script>addEventListener('pageshow', () => setTimeout(() => history.back()))</script>`;

doors(() => {
  test('has the code in a form that comes out of the back/forward cache', async ({ site, start, browserName }) => {
    site.page('/', start({ endpoint: site.endpoint }) + FORM + GO);
    site.page('/next', BACK);
    test.setTimeout(2 * START_MS);
    const end = openUndriven(browserName, site.url(`/?ucc=${UCC}`));
    try {
      const form = await site.received('form', START_MS);
      expect(form.values('cached')).toEqual(['yes']);
      expect(form.values('ucc')).toEqual([UCC]);
      await site.received('submission');
    } finally {
      await end();
    }
  });
});
