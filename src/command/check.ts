/**
 * Looks at a page as a referred visitor's browser does, and says what is wrong there.
 */
import type { CheckCall } from './arguments.js';
import { findBrowser, type Visit, visit } from './browser/index.js';
import type { Package } from './files.js';
import { type Finding, judge, parseFindings } from './findings.js';
import { at } from './json.js';

export type Checked =
  | {
      readonly isSeen: true;
      readonly url: string;
      readonly browser: string;
      readonly findings: readonly Finding[];
      readonly diagnosis: unknown;
    }
  | { readonly isSeen: false; readonly url: string; readonly reason: string };

const INSPECTOR = 'cello-companion.inspector.js';

/**
 * The inspector as one expression. As a module a page's policy could refuse it, and a browser told to ignore policies would not
 * show what they do to our script.
 */
function buildExpression({ files }: Package): string {
  const file = files.find(({ name }) => name === INSPECTOR);
  const [, code, names] = /^([\s\S]*)export\s*\{([^}]*)\}[;\s]*$/.exec(Buffer.from(file?.bytes ?? []).toString()) ?? [];
  const [, local = 'diagnose'] = /([\w$]+) as diagnose\b/.exec(names ?? '') ?? [];
  if (!code) throw new Error(`The package is incomplete: ${INSPECTOR} is missing. Install it anew.`);
  return `(async () => { ${code}; return ${local}(undefined, { probe: true }); })()`;
}

/** The address with the code, unless it brings one along. */
export function addCode(address: string, ucc: string | null): string {
  const url = new URL(address);
  if (ucc) url.searchParams.set('ucc', ucc);
  else if (!url.searchParams.has('ucc')) url.searchParams.set('ucc', TEST_CODE);
  return url.href;
}

/** It has the shape of Cello's codes, and nobody takes it for a person's. */
export const TEST_CODE = 'CheckedCode';

const NO_BROWSER =
  'No browser was found. Install Chrome, Chromium or Edge, or run npx playwright install chromium, or name one: --browser=/path/to/chrome';

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Opens a page by a referral link in a real browser, and judges it. Nothing is filled in and nothing is clicked; what a page
 * does by itself for a referred visitor happens here, too.
 *
 * @param source - The package's own files, for the inspector.
 * @param call - The address, the code, the time in ms, and a browser to use.
 * @param surroundings - The folder of the site, and the environment, to find a browser.
 * @returns The findings, the worst first; `isSeen: false` with the reason if it could not look. Never throws.
 */
export async function check(
  source: Package,
  call: CheckCall,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Checked> {
  const url = addCode(call.url, call.ucc);
  const path = findBrowser(call.browser, cwd, env);
  if (!path)
    return { isSeen: false, url, reason: call.browser ? `There is no browser at ${call.browser}` : NO_BROWSER };
  try {
    const seen: Visit = await visit(path, { url, expression: buildExpression(source), timeoutMs: call.timeoutMs });
    const findings = judge(seen, url, parseFindings(at(seen.said, 'findings')));
    return { isSeen: true, url, browser: seen.browser, findings, diagnosis: seen.said };
  } catch (error) {
    return { isSeen: false, url, reason: reasonOf(error) };
  }
}
