/**
 * What `--help` prints.
 */
import type { Task } from './arguments.js';

export const HELP = `cello-companion: the Cello referral code, from the invite link to the sign-up

  npx cello-companion copy <folder>   puts the script files where your site serves them, and prints the tag

Options of each command: npx cello-companion copy --help`;

export const HELP_OF: Readonly<Record<Task, string>> = {
  copy: `npx cello-companion copy <folder>

Copies the script files of this version into a folder that your site serves, such as public/, and prints the tag with its
integrity hash. Run it again after every update.

  --force   replaces files of the same names that are not ours
  --json    prints the result as JSON

Exit status: 0 copied, 1 not copied, 2 wrong arguments.`,
};
