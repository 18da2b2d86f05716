/** The pages that answer one question each: their samples for Node and PHP, and the map that leads to them. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'playwright/test';
import { findPhp } from '../engines/machine.mjs';
import { readSnippets, writeFiles } from './snippets.js';

const run = promisify(execFile);

// Each starts a process or loads the server entry, which takes seconds on a machine that is busy with browsers.
test.setTimeout(60_000);

const DOCS = new URL('../../docs/', import.meta.url);

test('docs/README.md leads to every page of the docs', () => {
  const map = readFileSync(new URL('README.md', DOCS), 'utf8');
  const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.md') && !/^(evidence|guides|embeds)\/|^README/.test(name),
  );
  expect(pages.filter((name) => !map.includes(`](${name})`))).toEqual([]);
});

for (const page of ['docs/webflow.md', 'docs/domains.md'])
  test(`${page}: endpoint.js takes messages from the pages it names, and no others`, async () => {
    const folder = test.info().outputPath('site');
    writeFiles(folder, [
      ...readSnippets(page),
      [
        'attribution.js',
        `import { createAttribution, memoryStore } from 'cello-companion/server';
         export const store = memoryStore();
         export const attribution = createAttribution({ store, send: async () => null });`,
      ],
    ]);
    const { endpoint } = await import(pathToFileURL(join(folder, 'endpoint.js')).href);
    const ask = async (origin: string) => {
      const headers = { origin, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
      const request = new Request('https://app.example.com/api/cello', { method: 'POST', headers, body: '{}' });
      const answer: Response = await endpoint(request);
      return [answer.status, answer.headers.get('access-control-allow-origin')];
    };
    expect(await ask('https://www.example.com')).toEqual([400, 'https://www.example.com']);
    expect(await ask('https://evil.example')).toEqual([403, null]);
  });

test('docs/unit-tests.md: its tests pass, in jsdom and on the server', async () => {
  const folder = test.info().outputPath('site');
  const jsdom = `import { JSDOM } from 'jsdom';
    const { window } = new JSDOM('', { url: 'https://www.example.com/' });
    for (const name of Object.getOwnPropertyNames(window)) if (!(name in globalThis)) globalThis[name] = window[name];
    const { FormData, Event, CustomEvent, EventTarget } = window;
    Object.assign(globalThis, { window, FormData, Event, CustomEvent, EventTarget });`;
  const all = `import './signup.test.js'; import './server.test.js';`;
  writeFiles(folder, [...readSnippets('docs/unit-tests.md'), ['jsdom.js', jsdom], ['all.js', all]]);
  const { stdout } = await run(process.execPath, ['--import', './jsdom.js', 'all.js'], { cwd: folder });
  expect(stdout).toMatch(/pass 2\b/);
});

/** As much of WordPress as the page's blocks call. https://developer.wordpress.org/reference/ */
const WORDPRESS = `<?php
  $GLOBALS['hooks'] = [];
  function add_action($name, $do) { $GLOBALS['hooks'][$name][] = $do; }
  function add_filter($name, $do, $priority = 10, $count = 1) { $GLOBALS['hooks'][$name][] = $do; }
  function get_stylesheet_directory_uri() { return 'https://www.example.com/wp-content/themes/child'; }
  function wp_enqueue_script($handle, $src) { $GLOBALS['scripts'][$handle] = $src; }
  function get_userdata($id) { return (object) ['user_email' => 'ada@example.com', 'display_name' => 'Ada']; }
  function wp_unslash($values) { return array_map('stripslashes', $values); }
  function run_hooks($name, ...$values) { foreach ($GLOBALS['hooks'][$name] ?? [] as $do) $values[0] = $do(...$values) ?? $values[0]; return $values[0] ?? null; }
`;

const php = findPhp();
if (php)
  test('docs/wordpress.md: functions.php makes the tag, and a new user becomes an event', async () => {
    const folder = test.info().outputPath('site');
    const { 'functions.php': functions = '', 'user-register.php': register = '' } = Object.fromEntries(
      readSnippets('docs/wordpress.md'),
    );
    writeFiles(folder, [
      ...readSnippets('docs/other-servers.md'),
      ['functions.php', `<?php ${functions}${register.replaceAll('/srv/cello', folder)}`],
      [
        'main.php',
        `${WORDPRESS} require __DIR__ . '/functions.php';
         run_hooks('wp_enqueue_scripts');
         foreach ($GLOBALS['scripts'] as $handle => $src)
           echo run_hooks('script_loader_tag', "<script type='text/javascript' src='$src' id='$handle-js'></script>", $handle), "\\n";
         $_POST = ['ucc' => "O\\\\'Brien"];
         run_hooks('user_register', 7);
         echo query(open_store(__DIR__ . '/referrals.db'), 'SELECT body FROM events', [])->fetchColumn();`,
      ],
    ]);
    const { stdout } = await run(php, ['main.php'], { cwd: folder });
    const [tag = '', event = ''] = stdout.split('\n');
    expect(tag).toBe(
      `<script type='text/javascript' async data-endpoint="/cello/" data-include="email" src='https://www.example.com/wp-content/themes/child/cello-companion/cello-companion.js' id='cello-companion-js'></script>`,
    );
    expect(JSON.parse(event)).toMatchObject({
      payload: { ucc: "O'Brien", newUserId: '7' },
      context: { newUser: { email: 'ada@example.com', name: 'Ada' } },
    });
    expect(existsSync(join(folder, 'referrals.db'))).toBe(true);
  });
