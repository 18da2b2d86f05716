/**
 * What `check` prints.
 */
import type { Checked } from './check.js';
import type { Finding, Level } from './findings.js';

/** SGR codes: red, yellow, none, green. */
const COLOURS: Readonly<Record<Level, string>> = { problem: '31', warning: '33', note: '0', fine: '32' };

/** A page may say what it likes: nothing of it reaches the terminal as a command. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');

const count = (findings: readonly Finding[], level: Level, word: string) => {
  const { length } = findings.filter((one) => one.level === level);
  return `${length} ${word}${length === 1 ? '' : 's'}`;
};

/**
 * Says what was found.
 *
 * @param checked - The findings, or why there are none.
 * @param isColoured - Whether the terminal shows colours.
 * @returns Text without a final line break.
 */
export function describeCheck(checked: Checked, isColoured: boolean): string {
  if (!checked.isSeen) return `Could not look at ${checked.url}\n${printable(checked.reason)}`;
  const { findings, url, browser } = checked;
  const paint = (level: Level) =>
    isColoured ? `\u001b[${COLOURS[level]}m${level.padEnd(8)}\u001b[0m` : level.padEnd(8);
  const lines = findings.flatMap(({ level, text, advice }) => [
    `${paint(level)} ${printable(text)}`,
    ...(advice ? [`         ${printable(advice)}`] : []),
  ]);
  const sum = `${count(findings, 'problem', 'problem')}, ${count(findings, 'warning', 'warning')}`;
  return [`${url}, in ${browser}`, '', ...lines, '', sum].join('\n');
}
