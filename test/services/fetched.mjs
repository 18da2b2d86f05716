/**
 * Packages that weigh too much to be installed with the others: fetched when they are first needed, into a folder of
 * node_modules that no import reaches.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/**
 * Runs a command, and throws what it said if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 */
export function run(command, args, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
}

/**
 * Fetches packages, unless they are there. Runs none of their scripts.
 * @param {string} name The folder's name, with the release in it: another release is another folder.
 * @param {string[]} packages Each with its exact release.
 * @param {(folder: string) => void} [prepare] What is to be done in the folder before it is whole.
 * @returns {string} The folder.
 */
export function fetchPackages(name, packages, prepare = () => {}) {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-')); // two that fetch at once must not see each other's half
  try {
    writeFileSync(join(draft, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: draft });
    prepare(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else somebody else was faster
  }
  return folder;
}
