/**
 * What `--help` prints.
 */
import type { Task } from './arguments.js';

export const HELP = `cello-companion: the Cello referral code, from the invite link to the sign-up

  npx cello-companion copy <folder>   puts the script files where your site serves them, and prints the tag
  npx cello-companion check <url>     opens a page by a referral link, and says what is wrong there

Options of each command: npx cello-companion copy --help`;

export const HELP_OF: Readonly<Record<Task, string>> = {
  copy: `npx cello-companion copy <folder>

Copies the script files of this version into a folder that your site serves, such as public/, and prints the tag with its
integrity hash. Run it again after every update.

  --force   replaces files of the same names that are not ours
  --json    prints the result as JSON

Exit status: 0 copied, 1 not copied, 2 wrong arguments.`,
  check: `npx cello-companion check <url>

Opens a page by a referral link in a browser of this machine, fills nothing in and clicks nothing, and prints what works,
what does not, and what to do about it.

  --ucc=CODE          the referral code; by default the one in the address, or a test code
  --timeout=SECONDS   how long it may take; 30 by default
  --browser=PATH      a Chrome, Chromium or Edge to use; by default Playwright's or the system's
  --json              prints everything as JSON

Exit status: 0 no problem, 1 something is wrong, 2 could not look.`,
};
