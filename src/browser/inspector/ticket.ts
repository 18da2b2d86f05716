/**
 * The text that `Copy` gives: for a ticket, so without codes, e-mail addresses, queries, and parts of paths that may tell
 * one person from another. Needs no browser.
 */
import { judgeSnapshot } from './checks/index.js';
import { describeSnapshot, type Item, type Row, type Section } from './describe.js';
import type { Snapshot } from './snapshot.js';

/** The beginning of a code is enough to compare two of them. */
const shorten = (ucc: string): string => `${ucc.slice(0, 3)}… (${ucc.length} characters)`;

/** A path with what may be a number or a name of somebody left out. */
const cleanPath = (path: string): string => path.replace(/[^/]*(\d{3}|%|@)[^/]*/g, '…');

const cleanText = (text: string): string =>
  text.replace(/[^\s"“”()<>/,;]+@[^\s"“”()<>/,;]+/g, '…@…').replace(/(https?:\/\/[^\s?#"]+)[?#][^\s"]*/g, '$1');

const clean = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  page: { ...snapshot.page, path: cleanPath(snapshot.page.path) },
  forms: snapshot.forms.map((form) => ({ ...form, target: form.target && cleanPath(form.target) })),
  messages: snapshot.messages.map((message) => ({ ...message, page: message.page && cleanPath(message.page) })),
});

const writeRow = ([label, value]: Row): string => `${label}: ${value}`;

const writeItem = ({ level, title, advice, rows = [] }: Item): string[] => [
  `- ${level ? `${level}: ` : ''}${title}`,
  ...(advice ? [`  ${advice}`] : []),
  ...rows.map((row) => `  ${writeRow(row)}`),
];

const writeSection = ({ title, short, rows, items }: Section): string =>
  [`${title}: ${short}`, ...rows.map(writeRow), ...items.flatMap(writeItem)].join('\n');

/**
 * Writes a snapshot as text.
 *
 * @param agent - The browser, in its own words.
 */
export function writeTicket(snapshot: Snapshot, agent: string): string {
  const cleaned = clean(snapshot);
  const sections = describeSnapshot(cleaned, judgeSnapshot(cleaned), shorten).map(writeSection);
  return `${cleanText([`cello-companion ${snapshot.version}`, ...sections].join('\n\n'))}\n\nBrowser: ${agent}\n`;
}
