/**
 * The servers of docs/other-servers.md, each in a process of its own with an empty store, and Cello's stand-in behind it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { readSnippets, writeFiles } from '../docs/snippets.js';
import { findPhp, findPython } from '../engines/machine.mjs';
import { listen, send } from './wire.js';

export type CelloApi = Awaited<ReturnType<typeof startCelloApi>>;

/** A server of the page that runs. */
export interface LanguageServer {
  readonly origin: string;
  readonly cello: CelloApi;
  /** Lets it send what is due, if it does not do so by itself. */
  readonly sendDue: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How each language runs the page's files: the command that listens on a port, and the one that a cron job runs. */
const COMMANDS: Readonly<
  Record<string, { readonly find: () => string | undefined; listen: (port: number) => string[]; cron?: string[] }>
> = {
  Python: { find: findPython, listen: () => ['-B', 'app.py'] },
  PHP: { find: findPhp, listen: (port) => ['-S', `127.0.0.1:${port}`, 'index.php'], cron: ['send.php'] },
};

/** The languages that this machine can run. */
export const LANGUAGES = Object.keys(COMMANDS).filter((name) => COMMANDS[name]?.find());

const SNIPPETS = readSnippets('docs/other-servers.md');

/** Another origin whose pages may send to these servers. */
export const OTHER_ORIGIN = 'https://shop.example.com';

async function reach(origin: string): Promise<void> {
  while (
    await send(origin, { method: 'GET' }).then(
      () => false,
      () => true,
    )
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Starts the page's files in a folder, and waits until they answer. */
export async function startLanguage(name: string, folder: string, origin?: string): Promise<LanguageServer> {
  const { find, listen: command, cron } = COMMANDS[name] ?? {};
  const path = find?.();
  if (!path || !command) throw new TypeError(`no ${name} on this machine`);
  writeFiles(folder, SNIPPETS);
  const [cello, free] = await Promise.all([startCelloApi({}), listen(() => {})]);
  await free.close();
  const env = {
    ...process.env,
    PORT: String(free.port),
    ORIGIN: origin ?? free.origin,
    ALLOWED_ORIGINS: OTHER_ORIGIN,
    STORE: `${folder}/referrals.db`,
    CELLO_API: cello.url,
    CELLO_ACCESS_KEY_ID: cello.accessKeyId,
    CELLO_SECRET_ACCESS_KEY: cello.secretAccessKey,
  };
  const child: ChildProcess = spawn(path, command(free.port), { cwd: folder, env, stdio: 'ignore' });
  await reach(free.origin);
  return {
    origin: free.origin,
    cello,
    sendDue: async () => {
      if (cron) await promisify(execFile)(path, cron, { cwd: folder, env });
    },
    close: async () => {
      child.kill();
      await once(child, 'exit');
      await cello.close();
    },
  };
}
