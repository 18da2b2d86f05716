/**
 * Background rounds: facts whose code arrived in the meantime, waits that are over, demos to assume attended.
 */
import type { StoredRecord } from '../store/index.js';
import type { Context } from './context.js';
import { isDemo, settle } from './demo.js';
import { isSignup, lookAtSignup } from './waiting.js';

/** Processes what is due. */
export interface Rounds {
  /** Runs one round, for at most `maxMs`. Returns how many events it created. Never rejects. */
  run(maxMs?: number): Promise<number>;
  /** Announces that something will be due in a moment. */
  soon(): void;
  start(): void;
  stop(): Promise<void>;
}

/** Waits are measured in hours, so half a minute more does not matter. */
const EVERY_MS = 30_000;

/** By then, the site's transaction has usually been committed. */
const SOON_MS = 1000;

const BATCH = 50;
const PURGE_BATCH = 500;

async function handle(context: Context, record: StoredRecord): Promise<boolean> {
  if (isSignup(record)) return (await lookAtSignup(context, record, false))?.state === 'queued';
  if (isDemo(record)) return (await settle(context, record.key))?.state === 'queued';
  return false;
}

/** A record that failed will probably fail again, and must not block the others. */
const AGAIN_MS = 600_000;

async function handleSafely(context: Context, record: StoredRecord): Promise<boolean> {
  try {
    return await handle(context, record);
  } catch (error) {
    context.tell(error);
    const { key, version, ...next } = record;
    const dueMs = context.records.now() + AGAIN_MS;
    await context.records.commit([{ key, version, next: { ...next, dueMs } }]); // fails if the store is down
    return false;
  }
}

/** Runs one round. Whatever is still due afterwards is left for the next one. */
async function runOnce(context: Context, untilMs: number): Promise<number> {
  const { records } = context;
  const seen = new Set<string>();
  let made = 0;
  await records.purge(PURGE_BATCH);
  for (;;) {
    const fresh = (await records.listDue(BATCH + seen.size)).filter(({ key }) => !seen.has(key));
    if (!fresh.length) return made;
    for (const record of fresh) {
      if (performance.now() >= untilMs) return made;
      seen.add(record.key);
      if (await handleSafely(context, record)) made += 1;
    }
  }
}

/** Creates the rounds. */
export function createRounds(context: Context): Rounds {
  let current: Promise<number> | null = null;
  let every: ReturnType<typeof setInterval> | null = null;
  let next: ReturnType<typeof setTimeout> | null = null;

  const run = async (maxMs = Number.POSITIVE_INFINITY): Promise<number> => {
    const untilMs = performance.now() + maxMs;
    await current;
    current ??= runOnce(context, untilMs)
      .catch((error: unknown) => {
        context.tell(error);
        return 0;
      })
      .finally(() => {
        current = null;
      });
    return current;
  };

  return {
    run,
    soon() {
      if (!every || next) return;
      next = setTimeout(() => {
        next = null;
        void run();
      }, SOON_MS);
      next.unref?.();
    },
    start() {
      if (every) return;
      every = setInterval(() => void run(), EVERY_MS);
      every.unref?.(); // a site that shuts down need not wait for it
      void run();
    },
    async stop() {
      if (every) clearInterval(every);
      if (next) clearTimeout(next);
      every = null;
      next = null;
      await current;
    },
  };
}
