/** What a form costs while a person types in it, and what is left of it when the page has dropped it. */
import { expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const FIELDS = 2000;
const KEY_MS = 0.2;

/** The least of several rounds: the one that the machine disturbed least. Milliseconds for one key. */
const MEASURE = `
  const field = document.querySelector('#last');
  field.focus();
  const rounds = Array.from({ length: 10 }, () => {
    const from = performance.now();
    for (let key = 0; key < 50; key += 1)
      for (const type of ['keydown', 'input']) field.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
    return (performance.now() - from) / 50;
  });
  Math.min(...rounds)`;

for (const [title, path] of Object.entries({ 'with a code': `/?ucc=${UCC}`, 'without a code': '/' }))
  test(`costs next to nothing at a key, in a form of ${FIELDS} fields ${title}`, async ({ page, site, start }) => {
    const fields = Array.from({ length: FIELDS }, (_, index) => `<input name="f${index}">`).join('');
    site.page('/', `${start()}<form><input type="email" name="email">${fields}<input id="last" name="last"></form>`);
    await page.goto(site.url(path));
    expect(await page.evaluate(MEASURE)).toBeLessThan(KEY_MS);
    expect(await page.locator('[name=ucc]').count()).toBe(title === 'with a code' ? 1 : 0);
  });

// Only Chromium's driver can ask for a garbage collection.
test('keeps nothing alive that the page has dropped @not-firefox @not-webkit', async ({ page, site, start }) => {
  site.page('/', start({ endpoint: site.endpoint, links: ['partner.test'], include: 'email' }));
  await page.goto(site.url(`/?ucc=${UCC}`));
  await page.evaluate(`
    refs = [];
    undos = [];
    const { companion } = CelloCompanion;
    const inside = '<input type="email" name="email" value="ada@example.com"><input type="hidden" name="ucc"><button>Join</button>';
    for (let round = 0; round < 20; round += 1)
      for (const name of ['form', 'div', 'a', 'x-root']) {
        const element = document.body.appendChild(document.createElement(name));
        refs.push(new WeakRef(element));
        element.onclick = element.onsubmit = (event) => event.preventDefault();
        if (name === 'a') element.href = 'http://partner.test/join';
        else {
          const target = name === 'x-root' ? element.attachShadow({ mode: 'closed' }) : element;
          target.innerHTML = name === 'x-root' ? '<form>' + inside + '</form>' : inside;
          undos.push(companion.attach(target));
          const used = target.querySelector('form') ?? target;
          used.querySelector('input').focus();
          used.querySelector('button').click();
          if (used.matches('form')) new FormData(used);
        }
        if (name === 'a') { element.focus(); element.click(); }
        element.remove();
      }
    undefined`);
  const session = await page.context().newCDPSession(page);
  const countAlive = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return page.evaluate('refs.filter((ref) => ref.deref()).length');
  };
  // The last one used may still be held by the browser itself, or by a timer of ours.
  await expect.poll(countAlive, { timeout: 15_000 }).toBeLessThanOrEqual(4);
});
