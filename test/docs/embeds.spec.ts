/** Runs what docs/embeds.md and its pages print. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  calcom,
  calendly,
  chiliPiper,
  frame,
  hubspotForms,
  hubspotMeetings,
  marketo,
  tally,
  typeform,
} from 'cello-companion/embeds';
import { expect, test } from 'playwright/test';
import { readSamples } from './samples.js';
import { readSnippets, writeFiles } from './snippets.js';

const FOLDER = new URL('../../docs/embeds/', import.meta.url);
const pages = readdirSync(FOLDER).map((name) => `docs/embeds/${name}`);
const ALL = [calcom, calendly, chiliPiper, frame, hubspotForms, hubspotMeetings, marketo, tally, typeform];
const vendors = ALL.map((create) => create().vendor);
const words = vendors.map(({ word }) => word);
const text = readFileSync(new URL('../embeds.md', FOLDER), 'utf8');

test('the start that it prints takes its widgets', async () => {
  const folder = test.info().outputPath('site');
  writeFiles(folder, readSnippets('docs/embeds.md'));
  await import(pathToFileURL(join(folder, 'start.js')).href); // a word, a carrier or an origin that is wrong throws
});

test('its list of words is the one that the script knows', () => {
  const [, list = ''] = /^The words: (.*)\.$/m.exec(text) ?? [];
  expect(
    list
      .split(', ')
      .map((word) => word.replaceAll('`', ''))
      .sort(),
  ).toEqual([...words].sort());
});

for (const page of pages)
  test(`${page} prints a tag whose widget the script knows`, () => {
    const named = readSamples(page, 'html').flatMap((sample) => [...sample.matchAll(/data-embeds="([\w-]+)/g)]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, word = ''] of named) expect(words).toContain(word);
  });

test('its table says of each widget the carrier, the kind and the word of its page', () => {
  for (const { word, carrier = 'ucc', kind = null } of vendors) {
    const row = text.split('\n').find((line) => line.startsWith('|') && line.includes(rowOf(word)));
    expect(row, word).toContain(carrier);
    if (word !== 'frame') expect(row, word).toContain(`| \`${kind}\` |`);
  }
});

const rowOf = (word: string): string => `embeds/${word === 'frame' ? 'other' : word}.md`;
