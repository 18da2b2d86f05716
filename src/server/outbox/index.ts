/**
 * The outbox: keeps events until Cello has them, across restarts, once per key.
 */

import { createSteadyClock } from '../clock/index.js';
import type { CelloEvent } from '../events/index.js';
import type { NewEntry, Person, Queue } from '../store/index.js';
import { type Backlog, createBacklog, repeatBusy } from '../store/index.js';
import { readAddOptions, readKeepDays, readMaxMs, readPerson } from './arguments.js';
import { createCallbacks } from './callbacks.js';
import { createEntry, readMended, showParked } from './entry.js';
import { chooseLease, type OutboxOptions, type OutboxSettings, readOutboxOptions } from './options.js';
import type { Added, AddOptions, Flushed, Outbox, OutboxStats } from './outbox.js';
import { createProbe, type Probe } from './probe.js';
import { createWorker, type Worker } from './worker.js';

export type { Blocked, LastError } from './health.js';
export type { OutboxOptions, ParkedEvent } from './options.js';
export type { Added, AddOptions, Flushed, Outbox, OutboxStats } from './outbox.js';
export { OutboxError } from './outbox-error.js';

const DRAIN_MS = 10_000;
const PARKED_LIMIT = 100;
const DAY_MS = 86_400_000;

/** A request is usually waiting for `add`: after this, it rejects, and the caller may try again. */
const ADD_PATIENCE_MS = 60_000;

/**
 * Creates an outbox. Nothing is sent before `start()` or `flush()`; `add` works without them, so one process can add
 * events and another can send them.
 *
 * @throws {TypeError} If an option is invalid; names the option.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const settings = readOutboxOptions(options);
  const queue = settings.store.events;
  const shared = { ...settings, ...createCallbacks(settings), ...chooseTimes(settings), queue };
  const probe = createProbe(shared);
  const worker = createWorker({ ...shared, probe });
  const backlog = createBacklog(ADD_PATIENCE_MS);
  return {
    add: (event, addOptions) => add(queue, worker, backlog, event, addOptions),
    start: worker.start,
    async stop({ drainMs = DRAIN_MS } = {}) {
      const beganMs = performance.now();
      await backlog.settle(drainMs);
      backlog.end();
      await worker.stop(Math.max(0, drainMs - (performance.now() - beganMs)));
    },
    flush: async ({ maxMs = DRAIN_MS } = {}) => {
      const sent = await worker.flush(readMaxMs(maxMs));
      return { sent, ...(await lookAt(queue, worker, probe, shared.onError)) };
    },
    stats: () => readStats(queue, probe),
    parked: async (limit = PARKED_LIMIT) => (await queue.listParked(limit)).map(showParked),
    resend: (key, event) => resend(queue, worker, key, event),
    discard: (key) => repeatBusy(() => queue.discard(key)).finally(worker.look),
    erase: async (person) => erase(queue, worker, probe, readPerson(person)),
    async prune(given) {
      const olderThanMs = readKeepDays(given) * DAY_MS;
      return repeatBusy(() => queue.prune(olderThanMs));
    },
  };
}

/** The clocks, and how long a lease lasts. */
const chooseTimes = ({ clock, leaseMs, store }: OutboxSettings) => ({
  clock: clock ?? (() => Date.now()),
  steadyClock: clock ? createSteadyClock(clock) : () => performance.now(),
  leaseMs: chooseLease(leaseMs, store.events.longestLeaseMs),
});

/** Not `async`: inside the site's synchronous transaction, an error must be thrown, not rejected. */
function add(
  queue: Queue,
  worker: Worker,
  backlog: Backlog,
  event: CelloEvent,
  options: AddOptions | undefined,
): Promise<Added> {
  if (options?.db === undefined) return addAlone(queue, worker, backlog, event, options);
  const { key, db } = readAddOptions(options);
  const entry = createEntry(event, key);
  return queue.add(entry, db).then((isNew) => {
    setTimeout(worker.look, 0); // a synchronous transaction is over by then; the next poll finds any other
    return showAdded(entry, isNew);
  });
}

async function addAlone(
  queue: Queue,
  worker: Worker,
  backlog: Backlog,
  event: CelloEvent,
  options: AddOptions | undefined,
): Promise<Added> {
  const entry = createEntry(event, readAddOptions(options).key);
  let isRepeated = false;
  const isNew = await backlog.run(
    async () => (await queue.add(entry)) || (isRepeated && isStanding(queue, entry)),
    () => {
      isRepeated = true;
    },
  );
  worker.look();
  return showAdded(entry, isNew);
}

/** Whether an event is stored as given: a connection that broke did not say that it had added it. */
const isStanding = async (queue: Queue, { key, body }: NewEntry): Promise<boolean> =>
  (await queue.find(key))?.body === body;

const showAdded = ({ key }: NewEntry, isNew: boolean): Added => ({ key, isNew });

async function erase(queue: Queue, worker: Worker, probe: Probe, person: Person): Promise<number> {
  await probe.read();
  await repeatBusy(probe.forgetError);
  return repeatBusy(() => queue.erase(person)).finally(worker.look);
}

/** What is left after a flush. If the store cannot say, the site is told, and only what is in hand here counts. */
async function lookAt(
  queue: Queue,
  worker: Worker,
  probe: Probe,
  onError: (error: unknown) => void,
): Promise<Omit<Flushed, 'sent'>> {
  try {
    const { waiting, sending } = await queue.count();
    const { blocked } = await probe.read();
    return { waiting: waiting + sending, blocked };
  } catch (error) {
    onError(error);
    return { waiting: worker.countInHand(), blocked: probe.peek() };
  }
}

async function readStats(queue: Queue, probe: Probe): Promise<OutboxStats> {
  const [counts, { blocked, lastError }] = await Promise.all([queue.count(), probe.read()]);
  return { ...counts, blocked, lastError };
}

async function resend(queue: Queue, worker: Worker, key: string, event: CelloEvent | undefined): Promise<boolean> {
  const standing = await queue.find(key);
  if (!standing || standing.state === 'sending') return false;
  const mended = event === undefined ? null : readMended(event, standing.body);
  return repeatBusy(() => queue.resend(key, mended && JSON.stringify(mended))).finally(worker.look);
}
