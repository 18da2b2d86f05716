import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';
import { renderApp } from './apps.js';

const UCC = 'pNRB1aYqArN';
const TAG = '<script async src="/cello-companion.js" data-endpoint="/api/cello" data-include="email"></script>';

/** Opens a server-rendered app by a link, and waits until it is hydrated. */
async function open(page: Page, site: Site, framework: 'react' | 'vue', head = ''): Promise<string> {
  const { html, script } = await renderApp(framework);
  site.route('/app.js', () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
  site.page(
    '/',
    `${head}<div id="app">${html}</div><script src="/app.js"></script><script>
      problems = [];
      warnings = [];
      console.warn = (...words) => warnings.push(words.join(' '));
      window.onload = () => app.hydrate(document.querySelector('#app'), (problem) => problems.push(String(problem)));
    </script>`,
  );
  await page.goto(site.url(`/?ucc=${UCC}`));
  await expect(page.locator('output')).toHaveText(UCC);
  expect(await page.evaluate('problems')).toEqual([]);
  return html;
}

async function join(page: Page, site: Site, email: string): Promise<unknown> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Join' }).click();
  return (await site.received('form')).json;
}

for (const framework of ['react', 'vue'] as const) {
  test(`${framework}: hydrates without a code, and its state has it after one change`, { tag: '@one-engine' }, async ({
    page,
    site,
  }) => {
    const html = await open(page, site, framework);
    expect(html).toContain('no code');
    expect(html).not.toContain(UCC);
    await expect(page.locator('[name=ucc]')).toHaveValue(UCC);
    expect(await join(page, site, 'ada@example.com')).toEqual({ email: 'ada@example.com', ucc: UCC, changes: 1 });
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, fields: { email: 'ada@example.com' } });
    expect(site.all('capture')).toHaveLength(1);
    expect(await page.evaluate('warnings')).toEqual([]);
  });

  test(`${framework}: reports by key once, stops when unmounted, and serves again when mounted`, {
    tag: '@one-engine',
  }, async ({ page, site }) => {
    await open(page, site, framework);
    await page.getByRole('button', { name: 'Report' }).click();
    await page.getByRole('button', { name: 'Report' }).click();
    expect((await site.received('submission')).json).toMatchObject({ kind: 'demo', ucc: UCC, via: 'report' });
    await page.getByRole('button', { name: 'Toggle' }).click();
    expect(
      await page.evaluate('[window.CelloCompanion ?? null, document.querySelectorAll("[name=ucc]").length]'),
    ).toEqual([null, 0]);
    await page.getByRole('button', { name: 'Toggle' }).click();
    await expect(page.locator('output')).toHaveText(UCC);
    expect(await join(page, site, 'eve@example.com')).toMatchObject({ email: 'eve@example.com', ucc: UCC });
    await site.received('submission');
    expect(site.all('submission')).toHaveLength(2);
  });

  test(`${framework}: takes the code away when consent is refused`, { tag: '@one-engine' }, async ({ page, site }) => {
    await open(page, site, framework);
    await page.getByRole('button', { name: 'Refuse' }).click();
    await expect(page.locator('output')).toHaveText('no code');
    expect(await join(page, site, 'ada@example.com')).toMatchObject({ email: 'ada@example.com', ucc: '' });
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
  });

  test(`${framework}: joins the script tag's companion with a note, and leaves it running`, {
    tag: '@one-engine',
  }, async ({ page, site }) => {
    await open(page, site, framework, TAG);
    // StrictMode mounts twice in development, and each mount is a start.
    const notes = Array.from({ length: framework === 'react' ? 2 : 1 }, () =>
      expect.stringContaining('this start gets'),
    );
    expect(await page.evaluate('warnings')).toEqual(notes);
    await page.getByRole('button', { name: 'Toggle' }).click();
    expect(await page.evaluate(`CelloCompanion('getUcc')`)).toBe(UCC);
  });
}
