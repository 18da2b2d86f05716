/** What a user of the outbox may write, and what must not compile. Nothing is run. */
import {
  createOutbox,
  type Flushed,
  memoryStore,
  newSignup,
  OutboxError,
  type OutboxStats,
} from 'cello-companion/server';

const outbox = createOutbox({
  store: memoryStore(),
  send: async (_event, { signal }) => signal.throwIfAborted(),
  onParked: async ({ key }) => console.warn(key),
  onError: (error) => console.error(error instanceof OutboxError ? error.blocked : error),
});
const event = newSignup({ ucc: 'test', user: { id: 'user-1', email: 'ada@example.com' } });

const { isNew }: { isNew: boolean } = await outbox.add(event, { key: 'signup-1', db: undefined });
const { sent, waiting, blocked }: Flushed = await outbox.flush({ maxMs: 5000 });
const { oldestWaitingMs, lastError }: OutboxStats = await outbox.stats();
const numbers: number[] = [sent, waiting, oldestWaitingMs ?? 0, lastError?.status ?? 0, lastError?.at.getTime() ?? 0];
const word: 'denied' | 'unreachable' | null = blocked;
const counts: number = (await outbox.erase({ email: 'ada@example.com' })) + (await outbox.prune({ olderThanDays: 30 }));
export const all = [isNew, numbers, word, counts];

// What must not compile.

// @ts-expect-error: a misspelt option would be without effect
outbox.add(event, { DB: {} });
// @ts-expect-error: it says how long keys are kept
outbox.prune({});
// @ts-expect-error: a number of ms
outbox.flush({ maxMs: '5s' });
// @ts-expect-error: it sends something
createOutbox({ store: memoryStore() });
