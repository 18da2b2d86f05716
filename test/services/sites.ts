/**
 * Sites in processes of their own (crash-child.mjs), and what Cello has of their users.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Store } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import type { CelloApi } from './people.js';

/** Long enough for a try on a busy machine: what is given up for slowness is ambiguous too, and would be counted here. */
export const LEASE_MS = 8000;

/** How many events one process has in hand at a time. */
export const CONCURRENCY = 4;

/** Where a site keeps its events. */
export interface Place {
  readonly file?: string;
  readonly postgres?: string;
  /** How many connections the pool has. Default: 6. */
  readonly max?: number;
}

/** A site that runs. */
export interface Run {
  /** Calls with each user whose events are safe. */
  onUser(listener: (id: string) => void): void;
  /** Resolves when it takes no more users: to why its store failed it before the last one, or to ''. */
  readonly failure: Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it where it stands, as a platform does with a function, and lets it go on. */
  freeze(): void;
  thaw(): void;
  finish(): Promise<void>;
}

/** Starts a site that takes so many users. */
export function start(place: Place, api: CelloApi, name: string, users: number, onAmbiguous: string): Run {
  const settings = { ...place, baseUrl: api.url, name, users, leaseMs: LEASE_MS, onAmbiguous };
  const child = spawn(process.execPath, ['test/services/crash-child.mjs', JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const isGone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const isRead = new Promise<void>((resolve) => lines.once('close', resolve));
  return {
    onUser: (listener) => lines.on('line', listener),
    failure: new Promise((resolve) => child.once('message', (reason) => resolve(String(reason)))),
    async kill(signal) {
      child.kill(signal);
      await isGone;
      await isRead;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async finish() {
      child.send('stop');
      await isGone;
    },
  };
}

/** What went wrong. */
export interface Tally {
  readonly lost: string[];
  readonly twice: string[];
  readonly disordered: string[];
}

/** What Cello has of the users whose events were safe. */
export function tally(events: CelloApi['events'], safe: ReadonlySet<string>): Tally {
  const places = new Map<string, number[]>();
  for (const [place, { payload, context }] of events.entries()) {
    const name = `${context.event.trigger} ${payload.newUserId}`;
    places.set(name, [...(places.get(name) ?? []), place]);
  }
  const names = [...safe].flatMap((id) => [`new-signup ${id}`, `demo-call-attended ${id}`]);
  return {
    lost: names.filter((name) => !places.has(name)),
    twice: [...places].filter(([, found]) => found.length > 1).map(([name]) => name),
    disordered: [...safe].filter((id) => {
      const [signup = 0] = places.get(`new-signup ${id}`) ?? [];
      const [demo = Number.POSITIVE_INFINITY] = places.get(`demo-call-attended ${id}`) ?? [];
      return demo < signup;
    }),
  };
}

/** Leaves what was counted to the run's report, for scripts/prove-server.mjs. */
export function noteCounts(
  title: string,
  counts: Omit<Tally, 'disordered'> & Readonly<Record<'kills' | 'users' | 'parked' | 'held', number>>,
): void {
  const note = { title, ...counts, lost: counts.lost.length, twice: counts.twice.length };
  test.info().annotations.push({ type: 'crash', description: JSON.stringify(note) });
}

/** Lets one more process send until nothing is left: hundreds of kills leave thousands of events. */
export async function finish(
  place: Place,
  api: CelloApi,
  store: Pick<Store, 'events'>,
  onAmbiguous: string,
): Promise<void> {
  const run = start(place, api, 'last', 1, onAmbiguous);
  const open = async () => {
    const { waiting, sending } = await store.events.count();
    return waiting + sending;
  };
  expect(await run.failure).toBe('');
  const patienceMs = 60_000 + 100 * (await open());
  await expect.poll(open, { timeout: patienceMs }).toBe(0);
  await run.finish();
}
