/**
 * One call of the command, from its arguments to its exit status.
 */
import { parseArguments } from './arguments.js';
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
    case 'copy': {
      const copied = copyFiles(readPackage(), parsed, surface.cwd());
      const text = describeCopy(copied, parsed);
      if (copied.isDone || parsed.isJson) say(text);
      else surface.stderr.write(`${text}\n`);
      return copied.isDone ? 0 : 1;
    }
  }
}
