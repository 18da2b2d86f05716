/**
 * The command line's arguments, parsed once.
 */
import { parseArgs } from 'node:util';
import { parseUcc } from '../ucc.js';

/** What was asked for. */
export type Call =
  | { readonly name: 'help'; readonly of: Task | null }
  | { readonly name: 'version' }
  | CopyCall
  | CheckCall
  | { readonly name: 'mistake'; readonly text: string };

export interface CopyCall {
  readonly name: 'copy';
  /** The folder, as it was typed. */
  readonly folder: string;
  /** Whether files that are not ours may be replaced. */
  readonly isForced: boolean;
  readonly isJson: boolean;
}

export interface CheckCall {
  readonly name: 'check';
  /** An http(s) address. */
  readonly url: string;
  /** The code to come with; `null`: the address's own, or a test code. */
  readonly ucc: string | null;
  readonly timeoutMs: number;
  /** Path of a browser; `null`: whatever is found. */
  readonly browser: string | null;
  readonly isJson: boolean;
}

/** What the command can do. */
export type Task = 'copy' | 'check';

/** The options of each task. `string`: a value follows. */
const OPTIONS: Readonly<Record<Task, Readonly<Record<string, 'boolean' | 'string'>>>> = {
  copy: { force: 'boolean', json: 'boolean' },
  check: { ucc: 'string', timeout: 'string', browser: 'string', json: 'boolean' },
};

/** What a task is about: its one argument. */
const SUBJECTS: Readonly<Record<Task, string>> = {
  copy: 'the folder that your site serves, e.g. cello-companion copy public/',
  check: 'the address of a page, e.g. cello-companion check https://example.com/signup',
};

const EVERYWHERE = { help: 'boolean', version: 'boolean' } as const;

const isTask = (word: string): word is Task => Object.hasOwn(OPTIONS, word);

const mistake = (text: string): Call => ({ name: 'mistake', text: `${text}\nSee: npx cello-companion --help` });

/** What stands on the command line: words, and options with their values. */
interface Line {
  readonly words: readonly string[];
  readonly values: ReadonlyMap<string, string | undefined>;
}

/** Splits the arguments without judging them, so that one place finds the words for every mistake. */
function split(args: readonly string[], options: Readonly<Record<string, 'boolean' | 'string'>>): Line {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(Object.entries(options).map(([name, type]) => [name, { type }])),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
    strict: false,
    tokens: true,
  });
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []));
  const values = tokens.flatMap((token) => (token.kind === 'option' ? [[token.name, token.value] as const] : []));
  return { words, values: new Map(values) };
}

/** Says what is wrong with the options of a task; `null`: nothing. */
function findMistake(task: Task, { values }: Line): string | null {
  const known: Readonly<Record<string, 'boolean' | 'string'>> = { ...OPTIONS[task], ...EVERYWHERE };
  for (const [name, value] of values) {
    const option = name.length > 1 ? `--${name}` : `-${name}`;
    const type = known[name];
    if (!type) return `Unknown option ${option}.${suggest(option, Object.keys(known), '--')}`;
    if (type === 'string' && !value) return `${option} needs a value, e.g. ${option}=…`;
    if (type === 'boolean' && value !== undefined) return `${option} takes no value, got "${value}".`;
  }
  return null;
}

/**
 * Parses the arguments of one call.
 *
 * @param args - What follows the command's name, e.g. `['copy', 'public', '--force']`.
 * @returns What was asked for; a `mistake` carries the text that says what is wrong and what was probably meant.
 */
export function parseArguments(args: readonly string[]): Call {
  const [task = ''] = split(args, {}).words;
  if (!isTask(task)) return parseRest(args, task);
  const line = split(args, OPTIONS[task]);
  if (line.values.has('help')) return { name: 'help', of: task };
  const wrong = findMistake(task, line);
  if (wrong) return mistake(wrong);
  const [, subject = '', ...others] = line.words;
  if (!subject) return mistake(`"${task}" needs ${SUBJECTS[task]}`);
  // A shell splits a path with a space in two.
  if (others.length)
    return mistake(
      `"${task}" takes one argument, got ${line.words.length - 1}: ${quote(line.words.slice(1))}. A name with spaces needs quotes.`,
    );
  return task === 'copy' ? parseCopy(subject, line) : parseCheck(subject, line);
}

const parseCopy = (folder: string, { values }: Line): Call => ({
  name: 'copy',
  folder,
  isForced: values.has('force'),
  isJson: values.has('json'),
});

const isWebAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** How long a page may take, in seconds. */
const TIMEOUT = 30;

function parseCheck(url: string, { values }: Line): Call {
  if (!isWebAddress(url)) return mistake(`"${url}" is no address of a page: it must begin with https:// or http://`);
  const typed = values.get('ucc');
  const ucc = parseUcc(typed);
  if (typed && !ucc) return mistake(`--ucc must be a code of 1 to 255 characters without spaces, got "${typed}".`);
  const seconds = Number(values.get('timeout') ?? TIMEOUT);
  if (!(seconds > 0 && seconds <= 600))
    return mistake(`--timeout must be seconds, from 1 to 600, got "${values.get('timeout')}".`);
  const browser = values.get('browser') ?? null;
  return { name: 'check', url, ucc, timeoutMs: seconds * 1000, browser, isJson: values.has('json') };
}

/** What comes without a task. */
function parseRest(args: readonly string[], word: string): Call {
  const { values } = split(args, {});
  if (word && word !== 'help') return mistake(`Unknown command "${word}".${suggest(word, Object.keys(OPTIONS), '')}`);
  if (values.has('version') || values.has('v')) return { name: 'version' };
  const unknown = [...values.keys()].find((name) => !Object.hasOwn(EVERYWHERE, name));
  if (unknown) return mistake(`Unknown option --${unknown}.${suggest(`--${unknown}`, Object.keys(EVERYWHERE), '--')}`);
  return { name: 'help', of: null };
}

const quote = (words: readonly string[]) => words.map((word) => `"${word}"`).join(', ');

/** ` Did you mean …?`, with the nearest of what is known; nothing if none is near. */
function suggest(word: string, known: readonly string[], prefix: string): string {
  const full = known.map((name) => prefix + name);
  const [nearest] = [...full].sort((one, other) => distanceOf(one, word) - distanceOf(other, word));
  const isNear = nearest !== undefined && distanceOf(nearest, word) <= Math.max(2, word.length / 2);
  return isNear ? ` Did you mean ${nearest}?` : ` Known: ${full.join(', ')}.`;
}

/** The edit distance of two words. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [place, target] of [...other].entries())
      next.push(
        Math.min((row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1, (row[place] ?? 0) + (letter === target ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
