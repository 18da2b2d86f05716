/**
 * One call of the command, from its arguments to its exit status.
 */
import { type CheckCall, type CopyCall, parseArguments } from './arguments.js';
import { check } from './check.js';
import { describeCheck } from './check-text.js';
import { copyFiles } from './copy.js';
import { describeCopy } from './copy-text.js';
import { readPackage } from './files.js';
import { HELP, HELP_OF } from './help.js';

/** What the command needs of the process it runs in. */
export interface Surface {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
}

/** 0: as it should be. 1: something is wrong. 2: it could not be done at all. */
export type Status = 0 | 1 | 2;

/**
 * Runs the command once.
 *
 * @param args - What follows `cello-companion` on the command line, e.g. `['copy', 'public']`.
 * @param surface - Where it writes, and what it reads of its surroundings; `process` fits.
 * @returns The exit status. Never throws for what the command line or the machine does.
 * @example
 * process.exitCode = await run(process.argv.slice(2), process);
 */
export async function run(args: readonly string[], surface: Surface): Promise<Status> {
  const parsed = parseArguments(args);
  const say = (text: string) => surface.stdout.write(`${text}\n`);
  switch (parsed.name) {
    case 'mistake':
      surface.stderr.write(`${parsed.text}\n`);
      return 2;
    case 'help':
      say(parsed.of ? HELP_OF[parsed.of] : HELP);
      return 0;
    case 'version':
      say(readPackage().version);
      return 0;
    case 'copy':
      return runCopy(parsed, surface);
    case 'check':
      return await runCheck(parsed, surface);
  }
}

function runCopy(call: CopyCall, { stdout, stderr, cwd }: Surface): Status {
  const copied = copyFiles(readPackage(), call, cwd());
  (copied.isDone || call.isJson ? stdout : stderr).write(`${describeCopy(copied, call)}\n`);
  return copied.isDone ? 0 : 1;
}

/** https://no-color.org */
const isColoured = ({ stdout, env }: Surface) => Boolean(stdout.isTTY) && !env['NO_COLOR'] && env['TERM'] !== 'dumb';

async function runCheck(call: CheckCall, surface: Surface): Promise<Status> {
  const { stdout, stderr, env } = surface;
  const checked = await check(readPackage(), call, { cwd: surface.cwd(), env });
  const text = call.isJson ? JSON.stringify(checked, null, 2) : describeCheck(checked, isColoured(surface));
  (checked.isSeen || call.isJson ? stdout : stderr).write(`${text}\n`);
  if (!checked.isSeen) return 2;
  return checked.findings.some(({ level }) => level === 'problem') ? 1 : 0;
}
