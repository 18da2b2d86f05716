/**
 * The DevTools protocol over a pipe: no port that others on the machine could reach, and no WebSocket, which Node 20 has not.
 * https://chromedevtools.github.io/devtools-protocol/
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { at, numberAt, textAt } from '../json.js';

/** Something that the browser tells by itself, e.g. `Page.loadEventFired`. */
export interface BrowserEvent {
  readonly method: string;
  readonly params: unknown;
}

/** A running browser. */
export interface DevTools {
  /** Sends a command. Rejects with the browser's own words, or when the browser has ended. */
  send(method: string, params?: object, session?: string): Promise<unknown>;
  follow(listener: (event: BrowserEvent) => void): void;
  /** Ends the browser, and removes its profile. */
  close(): Promise<void>;
}

const FLAGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--password-store=basic',
  '--use-mock-keychain',
];

/** Chromium's sandbox refuses to run as root. */
const listRootFlags = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);

/** How long an ended browser's other processes may go on writing into the profile. */
const CLOSE_MS = 5_000;

interface Pending {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

/** Splits the stream at its zero bytes; a character may be cut between two chunks, a message's end may not. */
function readMessages(stream: Readable, take: (message: unknown) => void): void {
  let rest: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
      take(JSON.parse(Buffer.concat([...rest, chunk.subarray(from, end)]).toString()));
      rest = [];
      from = end + 1;
    }
    rest.push(chunk.subarray(from));
  });
}

/** Why a browser ended, in its own last words. */
function describeEnd(path: string, errors: string): Error {
  const lines = errors.split('\n').filter((line) => line.trim());
  const last = lines.find((line) => /sandbox|error|fatal/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return new Error(`${path} ended: ${last.trim()}`);
}

/** Sends commands to a child, and gives each answer to who asked. */
function connect(child: ChildProcess, path: string): Pick<DevTools, 'send' | 'follow'> & { ended: Promise<Error> } {
  const pending = new Map<number, Pending>();
  const listeners: ((event: BrowserEvent) => void)[] = [];
  const [, , errors, input, output] = child.stdio;
  let said = '';
  let end: Error | null = null;
  if (errors instanceof Readable) errors.on('data', (text: Buffer) => (said = (said + text).slice(-4_000)));
  const ended = new Promise<Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', () => resolve(describeEnd(path, said)));
  });
  void ended.then((error) => {
    end = error;
    for (const { reject } of pending.values()) reject(error);
  });
  if (input instanceof Writable) input.on('error', () => undefined); // EPIPE: `ended` says why
  if (output instanceof Readable)
    readMessages(output, (message) => {
      const waiting = pending.get(numberAt(message, 'id'));
      pending.delete(numberAt(message, 'id'));
      const method = textAt(message, 'method');
      const refusal = textAt(message, 'error', 'message');
      if (waiting && refusal) waiting.reject(new Error(refusal));
      else if (waiting) waiting.resolve(at(message, 'result'));
      else if (method) for (const listener of listeners) listener({ method, params: at(message, 'params') });
    });
  let id = 0;
  const send = (method: string, params: object = {}, sessionId?: string) =>
    new Promise<unknown>((resolve, reject) => {
      if (end) return reject(end);
      id += 1;
      pending.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) });
      if (input instanceof Writable) input.write(`${message}\0`);
    });
  return { send, follow: (listener) => void listeners.push(listener), ended };
}

/**
 * Starts a browser with a new, empty profile.
 *
 * @param path - Path of a Chromium, Chrome, Edge, or a headless shell.
 * @returns The running browser. That it does not start shows as the rejection of the first command.
 */
export function launch(path: string): DevTools {
  const profile = mkdtempSync(join(tmpdir(), 'cello-companion-'));
  const child = spawn(path, [...FLAGS, ...listRootFlags(), `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const { send, follow, ended } = connect(child, path);
  const close = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    await send('Browser.close').catch(() => undefined);
    await ended;
    clearTimeout(timer);
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }).catch(() => undefined);
  };
  return { send, follow, close };
}
