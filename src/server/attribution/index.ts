/**
 * Turns claims and facts into events: once per person and occasion, whichever arrives first.
 */
import { runWithin } from '../clock/index.js';
import { createOutbox, type Flushed, type Outbox, type OutboxStats } from '../outbox/index.js';
import { createReferrals } from '../referrals/index.js';
import { type Backlog, createBacklog } from '../store/index.js';
import { takeClaim } from './claims.js';
import { type Attributed, type Context, KeptError } from './context.js';
import { chooseBest, type Found, findCode, findInFrom, findInMetadata } from './evidence.js';
import {
  type AttendedFact,
  type BookedFact,
  type CancelledFact,
  type DemoFact,
  type DemoVerb,
  type MissedFact,
  type MovedFact,
  type Read,
  readDemo,
  readSignup,
  type SignupFact,
} from './facts.js';
import { createJudge, JUDGE_TIMEOUT_MS } from './judge.js';
import { type AttributionOptions, type AttributionSettings, readAttributionOptions } from './options.js';
import { createPatientRecords } from './patience.js';
import { erasePerson, prune } from './removal.js';
import { takeAttended, takeBooked, takeMoved, takeOff } from './reports.js';
import { createRounds, type Rounds } from './rounds.js';
import { attribute, attributeWithin } from './waiting.js';

export type { Attributed, AttributionState } from './context.js';
export type { Evidence } from './evidence.js';
export type {
  AttendedFact,
  BookedFact,
  CancelledFact,
  MissedFact,
  MovedFact,
  SignupFact,
} from './facts.js';
export type { Approve, Conversion } from './judge.js';
export type { AttributionOptions } from './options.js';
export type { AttributedUser } from './person.js';

/** Turns facts into events, using the best code known for each. */
export interface Attribution {
  /**
   * Stores an endpoint's message: a claim. It leads to an event only if a fact is waiting for it.
   *
   * @throws {TypeError} (as a rejection) If it is not a message.
   * @throws (as a rejection) Whatever the store throws: the endpoint then answers 503, and the browser retries.
   */
  claim(message: unknown, request?: Request): Promise<Attributed & { readonly status?: 'recorded' }>;
  /**
   * Reports a new user. Never rejects because of the outside world: a failing store, Cello or callback, and a bad code,
   * are reported to `onError`, and the sign-up continues. If the result is `failed`, nothing is known to be stored:
   * report it again. While the store is down, this process also keeps trying by itself, for 10 minutes.
   *
   * Missing or malformed data is never an error: a missing e-mail address and a malformed code or time count as absent,
   * a numeric id is converted to a string, and an id that Cello cannot accept gives `failed`.
   *
   * @throws {TypeError} (as a rejection) For programming mistakes only: `user` or `user.id` is missing, an id is an
   *   object, or a property is unknown.
   */
  signup(fact: SignupFact): Promise<Attributed>;
  /** Reports a booked demo. Rejects only as `signup` does; so do the other methods for demos. */
  booked(fact: BookedFact): Promise<Attributed>;
  /** Reports a rescheduled demo, with a new time or id. It stays the same demo, and keeps its first key. */
  moved(fact: MovedFact): Promise<Attributed>;
  cancelled(fact: CancelledFact): Promise<Attributed>;
  /** Reports a no-show; `is: false` withdraws it. */
  missed(fact: MissedFact): Promise<Attributed>;
  /**
   * Reports an attended demo: this makes the booking's one event. The demo is found by `id`, otherwise as the person's
   * latest demo that has begun. Overrides `cancelled` and `missed`.
   */
  attended(fact: AttendedFact): Promise<Attributed>;
  /** Creates the events that are due, without sending them. Returns how many. Never rejects. */
  run(): Promise<number>;
  /** For a cron job or `waitUntil`: creates the events that are due, and sends for at most `maxMs` (10,000). */
  flush(options?: { readonly maxMs?: number | undefined }): Promise<Flushed>;
  /** Starts creating and sending events in the background. Does nothing if already started. */
  start(): void;
  /** Stops the background work. Sends what is due first, for at most `drainMs` (10,000). Leaves no timer behind. */
  stop(options?: { readonly drainMs?: number | undefined }): Promise<void>;
  /** How many events are in each state; `undecided` counts facts without an event so far. */
  stats(): Promise<OutboxStats & { readonly undecided: number }>;
  /**
   * Removes a person everywhere: claims, sign-ups, demos and waiting events. E-mail addresses and ids are matched
   * case-insensitively. For the data that Cello holds, use `cello.depersonalize`.
   *
   * @returns How many entries were removed.
   * @throws {TypeError} (as a rejection) If neither is given.
   */
  erase(person: {
    readonly email?: string | null | undefined;
    readonly userId?: string | null | undefined;
  }): Promise<number>;
  /**
   * Removes entries that were finished at least this many days ago; waiting ones are kept. A pruned key can be used
   * again, so the minimum is 30 days.
   *
   * @returns How many entries were removed.
   * @throws {TypeError} (as a rejection) If it is less than 30.
   */
  prune(options: { readonly olderThanDays: number }): Promise<number>;
  /** The outbox that sends the events: list parked ones, resend, discard. */
  readonly outbox: Outbox;
}

/** A person is waiting: if the store has not answered by then, we do, and the work continues in the background. */
const TIMEOUT_MS = 2000;

/** How long a fact is retried while the store is down: longer than a restart, a failover, or a disk that someone frees. */
const PATIENCE_MS = 600_000;

const FLUSH_MS = 10_000;

/**
 * Turns facts that the site reports and claims that browsers make into events, once each.
 *
 * @example
 * const attribution = createAttribution({ store, send: cello.send });
 * const endpoint = createEndpoint({ store, onReferral: attribution.claim });
 * attribution.start();
 *
 * // in the site's own sign-up, once the account is created:
 * await attribution.signup({ user: { id, email, name }, from: request }); // { state: 'queued', ucc: '…', key: '…' }
 * @throws {TypeError} If an option is invalid; names the option.
 */
export function createAttribution(options: AttributionOptions): Attribution {
  const settings = readAttributionOptions(options);
  const tell = createTell(settings.onError);
  const outbox = createAttributionOutbox(options, tell);
  const context = createContext(settings, outbox, tell, true);
  const hasty = createContext(settings, outbox, tell, false);
  const rounds = createRounds(context);
  const backlog = createBacklog(PATIENCE_MS);
  const guard = createGuard(context, backlog);
  const takeSignup = createSignupVerb(context, settings, guard, rounds.soon);
  const take = <T>(verb: DemoVerb, work: DemoWork) => createDemoVerb<T>(context, settings, guard, verb, work);
  return {
    claim: async (message) => takeClaim(hasty, message),
    signup: takeSignup,
    booked: take<BookedFact>('booked', takeBooked),
    moved: take<MovedFact>('moved', takeMoved),
    cancelled: take<CancelledFact>('cancelled', (context, id, fact) =>
      takeOff(context, id, fact, { isCancelled: true }),
    ),
    missed: take<MissedFact>('missed', (context, id, fact) => takeOff(context, id, fact, { isMissed: fact.is })),
    attended: take<AttendedFact>('attended', (context, _, fact, found) => takeAttended(context, fact, found)),
    run: rounds.run,
    flush: async ({ maxMs = FLUSH_MS } = {}) => flush(backlog, rounds, outbox, maxMs),
    start() {
      rounds.start();
      outbox.start();
    },
    async stop({ drainMs = FLUSH_MS } = {}) {
      const countLeft = createTimer(drainMs);
      await backlog.settle(drainMs);
      backlog.end(); // reported as lost, while there is still a process to report it
      await rounds.stop();
      await outbox.stop({ drainMs: countLeft() });
    },
    async stats() {
      const [stats, undecided] = await Promise.all([outbox.stats(), context.records.countDue()]);
      return { ...stats, undecided };
    },
    erase: (person) => erasePerson(context, person),
    prune: (pruneOptions) => prune(context, pruneOptions),
    outbox,
  };
}

/** Counts down from so many ms to 0. */
function createTimer(ms: number): () => number {
  const untilMs = performance.now() + ms;
  return () => Math.max(0, untilMs - performance.now());
}

/** Facts that are still being retried get half of the time, and then what the rest has left over. */
async function flush(backlog: Backlog, rounds: Rounds, outbox: Outbox, maxMs: number): Promise<Flushed> {
  if (!(typeof maxMs === 'number' && maxMs >= 0)) return outbox.flush({ maxMs }); // says what is wrong with it
  const countLeft = createTimer(maxMs);
  await backlog.settle(maxMs / 2);
  await runWithin(() => rounds.run(countLeft() / 2), { timeoutMs: countLeft() }).catch(() => {}); // the store is locked
  const first = await outbox.flush({ maxMs: countLeft() });
  if (!backlog.count()) return first;
  await backlog.settle(countLeft());
  const { sent, waiting, blocked } = await outbox.flush({ maxMs: countLeft() });
  return { sent: first.sent + sent, waiting: waiting + backlog.count(), blocked };
}

/** Reports an error to the site, and ignores whatever its handler throws. */
const createTell =
  (onError: (error: unknown) => unknown) =>
  (error: unknown): void => {
    void (async () => onError(error instanceof KeptError ? error.cause : error))().catch(() => {}); // there is nowhere left to report it
  };

function createAttributionOutbox(options: AttributionOptions, tell: (error: unknown) => void): Outbox {
  const { store, send, onAmbiguous, concurrency, pollMs, leaseMs, onParked, random } = options;
  return createOutbox({ store, send, onAmbiguous, concurrency, pollMs, leaseMs, onParked, random, onError: tell });
}

/** @param isPatient - Whether to retry while another process has the store locked. */
function createContext(
  settings: AttributionSettings,
  outbox: Outbox,
  tell: Context['tell'],
  isPatient: boolean,
): Context {
  const records = isPatient ? createPatientRecords(settings.store.records) : settings.store.records;
  return {
    records,
    referrals: createReferrals(records),
    outbox,
    judge: createJudge(settings.approve, tell),
    tell,
    waitMs: settings.waitHours * 3_600_000,
    claims: settings.claims,
    hasJudge: settings.approve !== null,
    assumeAfterHours: settings.assumeAttendedAfterHours,
  };
}

/**
 * Finds the code in the person's request. An unreadable source never costs a sign-up: the error is reported, and there
 * is no code.
 */
function findRequested(from: unknown, field: string, tell: Context['tell']): Found | null | Promise<Found | null> {
  const fail = (error: unknown) => {
    tell(error);
    return null;
  };
  try {
    const found = findInFrom(from, field);
    return found instanceof Promise ? found.catch(fail) : found;
  } catch (error) {
    return fail(error);
  }
}

/** Runs work that a person may be waiting for. Always resolves, and in time. */
type Guard = (work: () => Promise<Attributed>, failed: Attributed) => Promise<Attributed>;

/** Keeps retrying in the background while the store is down. Two attempts of one fact make one event: its key is the same. */
const createGuard =
  ({ tell, hasJudge }: Context, backlog: Backlog): Guard =>
  async (work, failed) => {
    let cause: unknown;
    let unfinished = failed;
    const note = (error: unknown) => {
      cause = error;
      if (error instanceof KeptError) unfinished = { state: 'waiting', ucc: null, key: failed.key };
    };
    const finish = backlog.run(work, note).catch((error: unknown) => {
      note(error);
      tell(error);
      return unfinished;
    });
    try {
      return await runWithin(() => finish, { timeoutMs: TIMEOUT_MS + (hasJudge ? JUDGE_TIMEOUT_MS : 0) });
    } catch {
      const [fact] = failed.key.split(':', 1);
      const message = `[cello-companion] the store did not answer in time for ${fact}; still trying`;
      tell(cause === undefined ? new Error(message) : new Error(message, { cause }));
      return unfinished;
    }
  };

const fail = (key: string, ucc: string | null = null): Attributed => ({ state: 'failed', ucc, key });

const tellUseless = ({ tell }: Context, caller: string, reason: string): void =>
  tell(new Error(`[cello-companion] ${caller}: ${reason}`));

function createSignupVerb(context: Context, { field }: AttributionSettings, guard: Guard, soon: () => void) {
  return async (input: SignupFact): Promise<Attributed> => {
    const { tell } = context;
    const read = readSignup(input, context.records.now(), tell);
    if (!read.fact) {
      tellUseless(context, 'signup', read.reason);
      return fail(read.key);
    }
    const { fact: signup, fields } = read;
    const { ucc, from, metadata, db } = fields;
    const key = `new-signup:${signup.newUserId}`;
    const given = findCode(ucc, 'given', { name: 'signup: "ucc"', tell });
    const requested = given ? null : findRequested(from, field, tell);
    // Nothing has been awaited so far: inside a synchronous transaction, the event is written before this returns.
    const kept = given ? null : findInMetadata(metadata, { name: 'signup: "metadata"', tell });
    const found = chooseBest([given, requested instanceof Promise ? await requested : requested, kept]);
    if (db !== undefined && db !== null) {
      soon();
      return attributeWithin(context, signup, found, db).catch((error: unknown) => {
        context.tell(error);
        return fail(key, found?.ucc ?? null);
      });
    }
    return guard(() => attribute(context, signup, found), fail(key, found?.ucc ?? null));
  };
}

type DemoWork = (context: Context, id: string, fact: DemoFact, found: Found | null) => Promise<Attributed>;

function createDemoVerb<T>(
  context: Context,
  { field }: AttributionSettings,
  guard: Guard,
  verb: DemoVerb,
  work: DemoWork,
) {
  return async (input: T): Promise<Attributed> => {
    const { tell } = context;
    const read: Read<DemoFact> = readDemo(verb, input, tell);
    if (!read.fact) {
      tellUseless(context, verb, read.reason);
      return fail(read.key);
    }
    const { fact, fields } = read;
    const { ucc, from, carrier } = fields;
    const isDoubtful = typeof carrier === 'string' && /^utm_/i.test(carrier);
    const code = findCode(ucc, verb === 'attended' ? 'given' : 'booking', { name: `${verb}: "ucc"`, tell });
    const given = code && { ...code, isDoubtful };
    const requested = findRequested(from, field, tell);
    const found = chooseBest([requested instanceof Promise ? await requested : requested, given]);
    return guard(() => work(context, fact.id ?? '', fact, found), fail(`demo-call-attended:${fact.id ?? ''}`));
  };
}
