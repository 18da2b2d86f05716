/** The trees that forms stand in: shadow roots and frames. */

import { countSettled, countSubmissions, doors, expect, LINK, test, UCC } from '../../site/forms.js';

const FORM =
  '<form method="post" action="/join"><input type="email" name="email" value="ada@example.com"><button>Join</button></form>';
const TOOLS = `<script>const html = ${JSON.stringify(FORM)};
  const shadow = (host, mode = 'open') => { const root = host.attachShadow({ mode }); root.innerHTML = html; return root; };
</script>`;
const declarative = (html: string, mode = 'open') => `<div><template shadowrootmode="${mode}">${html}</template></div>`;

/** What the page has, what a script does then, and where the form's root is. */
const OPEN: { readonly [title: string]: readonly [html: string, script: string, root: string] } = {
  'an open shadow root': [declarative(FORM), '', 'document.querySelector("div").shadowRoot'],
  'a shadow root in a shadow root': [
    declarative(declarative(FORM)),
    '',
    'document.querySelector("div").shadowRoot.querySelector("div").shadowRoot',
  ],
  'a shadow root that comes late': [
    '<div></div>',
    'shadow(document.querySelector("div"))',
    'document.querySelector("div").shadowRoot',
  ],
  'a frame': ['<iframe src="/inside"></iframe>', '', 'document.querySelector("iframe").contentDocument'],
  'a frame with srcdoc': [`<iframe srcdoc='${FORM}'></iframe>`, '', 'document.querySelector("iframe").contentDocument'],
  'a shadow root in a frame': [
    `<iframe srcdoc='${declarative(FORM).replaceAll("'", '&#39;')}'></iframe>`,
    '',
    'document.querySelector("iframe").contentDocument.querySelector("div").shadowRoot',
  ],
  'a frame in a frame': [
    '<iframe src="/outer"></iframe>',
    '',
    'document.querySelector("iframe").contentDocument.querySelector("iframe").contentDocument',
  ],
  'a frame that comes late': [
    '',
    `const frame = document.createElement('iframe'); frame.src = '/inside'; document.body.append(frame);
     new Promise((done) => frame.onload = () => done())`,
    'document.querySelector("iframe").contentDocument',
  ],
  'a frame that is written by script': [
    '<iframe></iframe>',
    `const page = document.querySelector('iframe').contentDocument; page.open(); page.write(html);
     new Promise((done) => { document.querySelector('iframe').onload = () => done(); page.close(); })`,
    'document.querySelector("iframe").contentDocument',
  ],
};

doors(() => {
  for (const [title, [html, script, root]] of Object.entries(OPEN))
    test(`reaches a form in ${title}`, async ({ page, site, start }) => {
      site.page('/', TOOLS + html + start({ endpoint: site.endpoint }));
      site.page('/inside', FORM);
      site.page('/outer', '<iframe src="/inside"></iframe>');
      await page.goto(site.url(LINK));
      await page.evaluate(script);
      await page.evaluate(`${root}.querySelector('button').click()`);
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      await site.received('submission');
      expect(countSubmissions(site)).toBe(1);
      if (!root.includes('contentDocument')) await page.waitForURL('**/join');
    });

  test('fills a form in a shadow root at its first use, and its FormData', async ({ page, site, start }) => {
    site.page('/', declarative(FORM) + start());
    await page.goto(site.url(LINK));
    expect(
      await page.evaluate('new FormData(document.querySelector("div").shadowRoot.querySelector("form")).get("ucc")'),
    ).toBe(UCC);
    await page.locator('input[name=email]').focus();
    await expect(page.locator('input[name=ucc]')).toHaveValue(UCC);
  });

  test('reaches a closed shadow root that is handed over, until that is undone', async ({ page, site, start }) => {
    const closed = `<div></div><script>root = shadow(document.querySelector('div'), 'closed')</script>`;
    site.page('/', TOOLS + closed + start({ endpoint: site.endpoint }));
    await page.goto(site.url(LINK));
    const before = await page.evaluate('root.innerHTML');
    await page.evaluate('undo = CelloCompanion.companion.attach(root, { kind: "demo" }); undefined');
    expect(await page.evaluate('root.querySelector("[name=ucc]").value')).toBe(UCC);
    expect(await page.evaluate('new FormData(root.querySelector("form")).getAll("ucc")')).toEqual([UCC]);

    await page.evaluate('undo()');
    expect(await page.evaluate('root.innerHTML')).toBe(before);
    await page.evaluate('root.querySelector("input").focus()');
    expect(await page.evaluate('root.innerHTML')).toBe(before);

    await page.evaluate('CelloCompanion.companion.attach(root.querySelector("form"), { kind: "demo" }); undefined');
    await page.evaluate('root.querySelector("button").click()');
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ kind: 'demo' });
    await page.waitForURL('**/join');
  });

  test('fills every form of a root that is handed over, but one marked "off"', async ({ page, site, start }) => {
    const forms =
      '<form><input name="q" type="search"></form><form data-cello-companion="off"><input name="email"></form>';
    site.page(
      '/',
      `${TOOLS}<div></div><script>const html2 = html; root = shadow(document.querySelector('div'), 'closed'); root.innerHTML = ${JSON.stringify(forms)}</script>${start()}`,
    );
    await page.goto(site.url(LINK));
    await page.evaluate('CelloCompanion.companion.attach(root); undefined');
    expect(
      await page.evaluate('[...root.querySelectorAll("form")].map((form) => form.elements.ucc?.value ?? null)'),
    ).toEqual([UCC, null]);
  });

  test('leaves a frame to the companion of its own, also where that one starts later', async ({
    page,
    site,
    start,
  }) => {
    site.page('/', `<iframe src="/inside"></iframe>${start({ endpoint: site.endpoint })}`);
    site.page('/inside', `${FORM}<template>${start({ endpoint: site.endpoint, field: 'theirs' })}</template>`);
    await page.goto(site.url(LINK));
    await page.evaluate(`new Promise((done) => {
      const frame = document.querySelector('iframe').contentWindow;
      for (const script of frame.document.querySelector('template').content.querySelectorAll('script')) {
        const copy = frame.document.createElement('script');
        for (const { name, value } of script.attributes) copy.setAttribute(name, value);
        copy.text = script.text;
        frame.document.head.append(copy);
      }
      const look = () => (frame.CelloCompanion ? done() : setTimeout(look, 10));
      look();
    })`);
    await page.evaluate('document.querySelector("iframe").contentDocument.querySelector("button").click()');
    const form = await site.received('form');
    expect(form.values('theirs')).toEqual([UCC]);
    expect(form.values('ucc')).toEqual([]);
    await site.received('submission');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('does nothing and breaks nothing in a sandboxed frame and one of another site', async ({
    page,
    site,
    start,
  }) => {
    const frames = `<iframe sandbox="allow-scripts allow-forms" src="/inside"></iframe><iframe src="${site.elsewhere('/inside')}"></iframe>`;
    site.page('/', frames + FORM + start());
    site.page('/inside', FORM);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });
});
