/** Server-rendered pages: hydration keeps what the server sent, and at its first use the form has the field. */

import { type Mode, names, readBack, renderPage } from '../../site/frameworks.js';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const MODES: readonly Mode[] = ['development', 'production'];

/** Hydrates when told to, long after we started; notes what the framework complains of, and that the form stayed. */
const HYDRATE = `
  problems = [];
  for (const level of ['error', 'warn']) console[level] = (...words) => problems.push(words.join(' '));
  addEventListener('error', ({ message }) => problems.push(message));
  const root = document.querySelector('#root');
  const form = document.forms[0], field = form.elements.email;
  isKept = () => document.forms[0] === form && form.elements.email === field && form.isConnected;
  hydrate = () => app.hydrate(root, (error) => problems.push('recoverable: ' + error.message));`;

doors(() => {
  for (const framework of names)
    for (const mode of MODES)
      test(`lets ${framework} (${mode}) hydrate what the server sent, and is in the form at its first use`, async ({
        page,
        site,
        start,
      }) => {
        const { html, script } = await renderPage(framework, mode);
        site.route('/app.js', () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
        site.page(
          '/',
          `${start({ endpoint: site.endpoint })}<div id="root">${html}</div><script src="/app.js"></script><script>${HYDRATE}</script>`,
        );
        await page.goto(site.url(LINK));
        const sent = await readBack(page, html);
        expect(await page.locator('#root').innerHTML(), 'before it is hydrated').toBe(sent);
        await page.evaluate('hydrate(); new Promise((done) => setTimeout(() => requestAnimationFrame(() => done())))');
        expect(await page.evaluate('problems')).toEqual([]);
        expect(await page.evaluate('isKept()')).toBe(true);

        await page.getByLabel('E-mail').evaluate((field: HTMLInputElement) => {
          field.focus();
          // As a person's typing does it: behind the back of React, which watches the field's own property.
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'ada@example.com');
          field.dispatchEvent(new Event('input', { bubbles: true })); // renders anew
        });
        await expect(page.locator('main')).toHaveClass('changed');
        expect(await page.locator('form > input[name=ucc]').inputValue()).toBe(UCC);
        await page.getByRole('button').click();
        expect((await site.received('form')).values('ucc')).toEqual([UCC]);
        await site.received('submission');
        expect(await page.evaluate('[problems, isKept()]')).toEqual([[], true]);
      });
});
