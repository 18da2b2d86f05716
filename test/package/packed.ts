/** The package as `npm publish` would send it, installed into a folder of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from 'playwright/test';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the project, as text. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What installing the package gives. */
export interface Packed {
  /** The folder it is installed in, with its run-time dependency beside, and the frameworks that its bindings are for. */
  readonly folder: string;
  /** Paths inside the package, e.g. `dist/cello-companion.js`. */
  readonly files: readonly string[];
}

function pack(folder: string): Packed {
  // Its scripts are left out: the build has run, and running it again would pull dist/ from under other tests.
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename, files }] = JSON.parse(output);
  const target = join(folder, 'node_modules/cello-companion');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
  cpSync(join(ROOT, 'node_modules/js-cookie'), join(folder, 'node_modules/js-cookie'), { recursive: true });
  for (const framework of ['react', 'vue'])
    symlinkSync(join(ROOT, 'node_modules', framework), join(folder, 'node_modules', framework), 'junction');
  return { folder, files: files.map(({ path }: { readonly path: string }) => path) };
}

export const test = base.extend<object, { readonly packed: Packed }>({
  packed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'cello-companion-'));
      await use(pack(folder));
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});
