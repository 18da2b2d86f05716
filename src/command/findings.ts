/**
 * What is wrong with a page: what the inspector says from inside, and what shows only from outside.
 */
import type { Answer, Visit } from './browser/index.js';
import { at, textAt } from './json.js';

const LEVELS = ['problem', 'warning', 'note', 'fine'] as const;

export type Level = (typeof LEVELS)[number];

export interface Finding {
  readonly id: string;
  readonly level: Level;
  readonly text: string;
  /** What to do about it; `null`: nothing. */
  readonly advice: string | null;
}

/** The inspector's findings, as they came from the page. */
export function parseFindings(value: unknown): Finding[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const level = LEVELS.find((known) => known === at(one, 'level'));
    return level
      ? [{ id: textAt(one, 'id'), level, text: textAt(one, 'text'), advice: textAt(one, 'advice') || null }]
      : [];
  });
}

const problem = (id: string, text: string, advice: string): Finding => ({ id, level: 'problem', text, advice });

const codeOf = (url: string) => /[?&]ucc=([^&#]*)/.exec(url)?.[1] ?? null;

/** The first address on the way that no longer has the code; the inspector says whether it got there otherwise. */
function judgeRedirects({ pages, said }: Visit, opened: string): Finding[] {
  const bare = pages.findIndex(({ url }) => !codeOf(url));
  const lost = pages[bare];
  if (!lost || at(said, 'code')) return [];
  const from = pages[bare - 1]?.url ?? opened;
  const advice = 'Pass the query string on when you redirect, or set our cookie there: docs/redirects.md.';
  return [problem('redirect-drops-code', `${from} redirects to ${lost.url}, and the code is lost on the way.`, advice)];
}

function judgePage({ pages }: Visit): Finding[] {
  const last = pages.at(-1);
  if (!last || last.status < 400) return [];
  return [
    problem(
      'page-status',
      `The page itself answers ${last.status}: ${last.url}`,
      'Check the address of a page that your visitors open.',
    ),
  ];
}

/** Our script's file name, whatever stands before and after it. */
const OURS = /\/cello-companion(?:\.min|\.embeds)?\.js(?:[?#]|$)/;
const JAVASCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;

function judgeScript({ url, status, contentType, failure }: Answer, complaints: readonly string[]): Finding[] {
  const complaint = complaints.find((text) => text.includes(url) && /integrity|policy|MIME/i.test(text));
  if (status >= 400)
    return [
      problem(
        'script-status',
        `The script is not there: ${url} answers ${status}.`,
        'Run npx cello-companion copy with the folder that your site serves, and check src.',
      ),
    ];
  if (status && !JAVASCRIPT.test(contentType))
    return [
      problem(
        'script-type',
        `${url} answers ${contentType || 'no content type'} instead of JavaScript.`,
        'Often this is the page that a site shows for unknown addresses: copy the file to where the site serves files, and check src.',
      ),
    ];
  if (complaint && /integrity/i.test(complaint))
    return [
      problem(
        'script-integrity',
        `${url} does not match the hash in its tag, and the browser refused it.`,
        'Run npx cello-companion copy again, and put the hash that it prints into the tag.',
      ),
    ];
  if (complaint || failure)
    return [
      problem(
        'script-blocked',
        `The browser did not run ${url}: ${complaint ?? failure}`,
        'Allow the address in script-src of your Content-Security-Policy, and check that it can be reached.',
      ),
    ];
  return [];
}

/**
 * Judges a visit.
 *
 * @param seen - What the browser saw.
 * @param opened - The address that was opened.
 * @param inside - The inspector's findings.
 * @returns All findings, the worst first; of one level those from outside come first, because they often explain the others.
 */
export function judge(seen: Visit, opened: string, inside: readonly Finding[]): Finding[] {
  const scripts = seen.scripts.filter(({ url }) => OURS.test(url));
  const outside = [
    ...judgePage(seen),
    ...judgeRedirects(seen, opened),
    ...scripts.flatMap((script) => judgeScript(script, seen.complaints)),
  ];
  const all = [...outside, ...inside];
  return LEVELS.flatMap((level) => all.filter((one) => one.level === level));
}
