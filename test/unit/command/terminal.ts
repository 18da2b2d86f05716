/** The command, called as a person would, in an empty folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from 'playwright/test';
import { run } from '../../../dist/command/run.js';

/** The built command, as `npx` starts it. */
export const COMMAND = fileURLToPath(new URL('../../../dist/command/index.js', import.meta.url));

export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  readonly folder: string;
  /** In this process, which is quick. */
  call(...args: string[]): Promise<Printed>;
  /** As a process of its own. */
  spawn(...args: string[]): Printed;
}

export const test = base.extend<{ readonly terminal: Terminal }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
  terminal: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'command of cello-companion '));
    const call = async (...args: string[]) => {
      const printed = { stdout: '', stderr: '' };
      const status = await run(args, {
        stdout: { write: (text: string) => (printed.stdout += text) },
        stderr: { write: (text: string) => (printed.stderr += text) },
        env: {},
        cwd: () => folder,
      });
      return { status, ...printed };
    };
    const spawn = (...args: string[]) =>
      spawnSync(process.execPath, [COMMAND, ...args], { cwd: folder, encoding: 'utf8' });
    await use({ folder, call, spawn });
    rmSync(folder, { recursive: true, force: true });
  },
});
