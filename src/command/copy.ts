/**
 * Copies the script files to where a site serves them. Nothing is written unless everything can be.
 */
import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { CopyCall } from './arguments.js';
import type { Package, PackageFile } from './files.js';

/** What happens to one file. */
export interface CopiedFile {
  readonly name: string;
  readonly integrity: string | null;
  /** `foreign`: something of that name is there that is not ours. */
  readonly state: 'new' | 'same' | 'replaced' | 'foreign';
  /** The version of ours that was there; `null`: none, or a file that does not say. */
  readonly former: string | null;
}

export interface Copied {
  readonly isDone: boolean;
  readonly version: string;
  /** The folder's full path. */
  readonly folder: string;
  readonly files: readonly CopiedFile[];
  /** What stood in the way, e.g. `There is no folder …`; `null`: nothing, or files that are not ours. */
  readonly reason: string | null;
}

/** Our files say so at their beginning, each kind in its own words. */
const OURS = /^\/\*! cello-companion (\S+) \|/;
const OUR_LICENCE = /^cello-companion\S*\.js contains /;

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** What stands at a path; `null`: nothing. */
function readThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !lstatSync(path, { throwIfNoEntry: false })) return null;
    if (codeOf(error) === 'ENOENT') return Buffer.from(''); // a link that leads nowhere
    throw error;
  }
}

/** Says what would happen to a file. */
function look(folder: string, file: PackageFile): CopiedFile {
  const { name, integrity, bytes } = file;
  const there = readThere(join(folder, name));
  if (!there) return { name, integrity, state: 'new', former: null };
  const beginning = there.subarray(0, 200).toString();
  const former = OURS.exec(beginning)?.[1] ?? null;
  if (there.equals(bytes)) return { name, integrity, state: 'same', former };
  const isOurs = former !== null || (name.endsWith('.txt') && OUR_LICENCE.test(beginning));
  return { name, integrity, state: isOurs ? 'replaced' : 'foreign', former };
}

/** Writes beside the file and then moves it there, so that a site never serves half of it. */
function write(folder: string, { name, bytes }: PackageFile): void {
  const draft = join(folder, `.${name}.${process.pid}`);
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Why a folder cannot be used; `null`: it can. */
function findObstacle(folder: string, typed: string, names: readonly string[]): string | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) {
    const others = listFolders(dirname(folder)).filter((name) => name !== basename(folder));
    const beside = others.length ? ` Beside it there is ${others.map((name) => `${name}/`).join(', ')}.` : '';
    return `There is no folder "${typed}" (${folder}).${beside} Name the folder that your site serves, or make it first.`;
  }
  if (!found.isDirectory()) return `"${typed}" is a file. Name the folder that your site serves.`;
  accessSync(folder, constants.W_OK);
  const taken = names.find((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory());
  return taken ? `${join(folder, taken)} is a folder, where a file of that name belongs. Move it away.` : null;
}

/** Folders where a site's files might lie, for a person to recognize. */
function listFolders(parent: string): string[] {
  try {
    const entries = readdirSync(parent, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter((name) => /^[^.]/.test(name) && name !== 'node_modules').slice(0, 8);
  } catch {
    return []; // that is not there either, or closed to us
  }
}

/** In words, what the file system refused. */
function describe(error: unknown, folder: string): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `You may not write in ${folder} (${code}). Nothing of the site was changed; run it as a user who may.`;
  return `Could not write to ${folder}: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * Copies the package's files into a folder.
 *
 * @param source - The package's own files.
 * @param call - The folder as it was typed, relative to `cwd`, and whether files that are not ours may be replaced.
 * @param cwd - The folder that the command was called in.
 * @returns What happened to each file, and `isDone: false` if none was written. Never throws for what the file system does.
 */
export function copyFiles(source: Package, call: CopyCall, cwd: string): Copied {
  const folder = resolve(cwd, call.folder);
  const { version } = source;
  try {
    const names = source.files.map(({ name }) => name);
    const reason = findObstacle(folder, call.folder, names);
    if (reason) return { isDone: false, version, folder, files: [], reason };
    const files = source.files.map((file) => look(folder, file));
    const isRefused = !call.isForced && files.some(({ state }) => state === 'foreign');
    if (isRefused) return { isDone: false, version, folder, files, reason: null };
    for (const [place, file] of source.files.entries()) if (files[place]?.state !== 'same') write(folder, file);
    return { isDone: true, version, folder, files, reason: null };
  } catch (error) {
    return { isDone: false, version, folder, files: [], reason: describe(error, folder) };
  }
}
