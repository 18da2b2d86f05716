/**
 * The code blocks of a page of the docs that carry a file name, as files to run.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = new URL('../../', import.meta.url);

/** All blocks of a page whose opening line says a language and a file name, such as `js endpoint.js`: name to text. */
export function readSnippets(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(page, ROOT), 'utf8');
  return new Map(
    [...text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = '', code = '']) => [name, code] as const),
  );
}

/** Writes files into a folder inside the project, where they find `cello-companion` by its name. */
export function writeFiles(folder: string, files: Iterable<readonly [string, string]>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
}
