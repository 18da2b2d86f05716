/**
 * From claims and facts to events: once per person and occasion, whichever comes first.
 */
import { runWithin } from '../clock/index.js';
import { createOutbox, type Flushed, type Outbox, type OutboxStats } from '../outbox/index.js';
import { createReferrals } from '../referrals/index.js';
import { takeClaim } from './claims.js';
import type { Attributed, Context } from './context.js';
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
import { parseRecord } from './kept.js';
import { type AttributionOptions, type AttributionSettings, readAttributionOptions } from './options.js';
import { createPatientRecords } from './patience.js';
import { erasePerson, prune } from './removal.js';
import { takeAttended, takeBooked, takeMoved, takeOff } from './reports.js';
import { createRounds } from './rounds.js';
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

/** Makes events of facts, and of the best code that is known for each. */
export interface Attribution {
  /**
   * Takes an endpoint's message: a claim. It makes an event only of a fact that waits for one.
   *
   * @throws {TypeError} (as a rejection) If it is no message.
   * @throws (as a rejection) What the store throws: so the endpoint answers 503, and the browser comes again.
   */
  claim(message: unknown, request?: Request): Promise<Attributed & { readonly status?: 'recorded' }>;
  /**
   * Says that a new user stands. It never rejects for what the world does: a store, Cello, a callback or a code that is
   * not as it should be is told to `onError`, and the sign-up goes on.
   *
   * What the site's data may lack is never an error: no e-mail address, a malformed code or time count as absent, an id
   * that is a number is its digits, one that Cello cannot take gives `failed`.
   *
   * @throws {TypeError} (as a rejection) For what only a programmer can cause: no `user`, no `user.id`, an object for an
   *   id, or a name that does not exist.
   */
  signup(fact: SignupFact): Promise<Attributed>;
  /** Says that a demo was booked. Rejects as `signup` does, and so do the other verbs about a demo. */
  booked(fact: BookedFact): Promise<Attributed>;
  /** Says that a demo has another time, or another id. It stays the same demo, and keeps its first key. */
  moved(fact: MovedFact): Promise<Attributed>;
  cancelled(fact: CancelledFact): Promise<Attributed>;
  /** Says that nobody came; with `is: false` that this was a mistake. */
  missed(fact: MissedFact): Promise<Attributed>;
  /**
   * Says that a demo was attended: it makes the one event of that booking. Found by `id`, else by the person's last demo
   * that has begun. It outweighs `cancelled` and `missed`.
   */
  attended(fact: AttendedFact): Promise<Attributed>;
  /** Makes the events that are due, without sending them. Gives back how many. Never rejects. */
  run(): Promise<number>;
  /** For a cron or `waitUntil`: makes what is due, and sends for at most `maxMs` (10,000). */
  flush(options?: { readonly maxMs?: number | undefined }): Promise<Flushed>;
  /** Begins to make and to send by itself. Does nothing if it has begun. */
  start(): void;
  /** Ends that. What is due is sent first, for at most `drainMs` (10,000). Leaves no timer behind. */
  stop(options?: { readonly drainMs?: number | undefined }): Promise<void>;
  /** How many events are where; `undecided` facts have none yet. */
  stats(): Promise<OutboxStats & { readonly undecided: number }>;
  /**
   * Removes a person everywhere: claims, sign-ups, demos, and events that wait. An address or id in any case of letters.
   * What Cello has, `cello.depersonalize` is for.
   *
   * @returns How many entries there were.
   * @throws {TypeError} (as a rejection) If there is neither.
   */
  erase(person: {
    readonly email?: string | null | undefined;
    readonly userId?: string | null | undefined;
  }): Promise<number>;
  /**
   * Forgets what was done so long ago. What waits is kept. A forgotten key is free again, so it refuses fewer than 30 days.
   *
   * @returns How many entries there were.
   * @throws {TypeError} (as a rejection) If it is fewer.
   */
  prune(options: { readonly olderThanDays: number }): Promise<number>;
  /** The outbox that its events go through: what is parked, resent, discarded. */
  readonly outbox: Outbox;
}

/** A person waits: what the store did not say by then is `failed`, and goes on in the background. */
const TIMEOUT_MS = 2000;

/**
 * Makes events of facts that the site knows and of claims that browsers make, each once.
 *
 * @example
 * const attribution = createAttribution({ store, send: cello.send });
 * const endpoint = createEndpoint({ store, onReferral: attribution.claim });
 * attribution.start();
 *
 * // in the site's own sign-up, when the account stands:
 * await attribution.signup({ user: { id, email, name }, from: request }); // { state: 'queued', ucc: '…', key: '…' }
 * @throws {TypeError} If an option is wrong, by name.
 */
export function createAttribution(options: AttributionOptions): Attribution {
  const settings = readAttributionOptions(options);
  const tell = createTell(settings.onError);
  const outbox = createAttributionOutbox(options, tell);
  const context = createContext(settings, outbox, tell, true);
  const hasty = createContext(settings, outbox, tell, false);
  const rounds = createRounds(context);
  const takeSignup = createSignupVerb(context, settings, rounds.soon);
  const take = <T>(verb: DemoVerb, work: DemoWork) => createDemoVerb<T>(context, settings, verb, work);
  return {
    claim: async (message) => takeClaim(hasty, message),
    signup: takeSignup,
    booked: take<BookedFact>('booked', takeBooked),
    moved: take<MovedFact>('moved', takeMoved),
    cancelled: take<CancelledFact>('cancelled', (context, id) => takeOff(context, id, { isCancelled: true })),
    missed: take<MissedFact>('missed', (context, id, { is }) => takeOff(context, id, { isMissed: is })),
    attended: take<AttendedFact>('attended', (context, _, fact, found) => takeAttended(context, fact, found)),
    run: rounds.run,
    async flush({ maxMs = 10_000 } = {}) {
      const beganMs = performance.now();
      if (typeof maxMs === 'number' && maxMs >= 0) await rounds.run(maxMs / 2);
      return outbox.flush({ maxMs: Math.max(0, maxMs - (performance.now() - beganMs)) });
    },
    start() {
      rounds.start();
      outbox.start();
    },
    async stop(stopOptions) {
      await rounds.stop();
      await outbox.stop(stopOptions);
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

/** Tells the site, and hears nothing of what its handler does. */
const createTell =
  (onError: (error: unknown) => unknown) =>
  (error: unknown): void => {
    void (async () => onError(error))().catch(() => {}); // there is nobody left to tell
  };

function createAttributionOutbox(options: AttributionOptions, tell: (error: unknown) => void): Outbox {
  const { store, send, onAmbiguous, concurrency, pollMs, leaseMs, onParked, random } = options;
  return createOutbox({ store, send, onAmbiguous, concurrency, pollMs, leaseMs, onParked, random, onError: tell });
}

/** @param isPatient - Whether it tries again when another process has the store. */
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

/** What came with the person's request. A source that nobody can read costs no sign-up: it is told, and holds no code. */
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

/** Does work that a person may be waiting for. Resolves in time, whatever happens. */
async function guard(
  work: () => Promise<Attributed>,
  failed: Attributed,
  { tell, hasJudge }: Context,
): Promise<Attributed> {
  const finish = work().catch((error: unknown) => {
    tell(error);
    return failed;
  });
  try {
    return await runWithin(() => finish, { timeoutMs: TIMEOUT_MS + (hasJudge ? JUDGE_TIMEOUT_MS : 0) });
  } catch {
    tell(
      new Error(
        `[cello-companion] the store did not answer in time for ${failed.key.split(':', 1)[0]}: it is tried further`,
      ),
    );
    return failed;
  }
}

const fail = (key: string, ucc: string | null = null): Attributed => ({ state: 'failed', ucc, key });

const tellUseless = ({ tell }: Context, caller: string, reason: string): void =>
  tell(new Error(`[cello-companion] ${caller}: ${reason}`));

function createSignupVerb(context: Context, { field }: AttributionSettings, soon: () => void) {
  return async (input: SignupFact): Promise<Attributed> => {
    const read = readSignup(input, context.records.now());
    const { ucc, from, metadata, db } = parseRecord(input);
    if (!read.fact) {
      tellUseless(context, 'signup', read.reason);
      return fail(read.key);
    }
    const signup = read.fact;
    const key = `new-signup:${signup.newUserId}`;
    const given = findCode(ucc, 'given');
    const requested = given ? null : findRequested(from, field, context.tell);
    // Up to here nothing was awaited: inside a synchronous transaction the event is written before this returns.
    const choose = (found: Found | null) => chooseBest([given, found, findInMetadata(metadata)]);
    if (db !== undefined && db !== null) {
      soon();
      const found = choose(requested instanceof Promise ? await requested : requested);
      return attributeWithin(context, signup, found, db).catch((error: unknown) => {
        context.tell(error);
        return fail(key, found?.ucc ?? null);
      });
    }
    const found = choose(await requested);
    return guard(() => attribute(context, signup, found), fail(key, found?.ucc ?? null), context);
  };
}

type DemoWork = (context: Context, id: string, fact: DemoFact, found: Found | null) => Promise<Attributed>;

function createDemoVerb<T>(context: Context, { field }: AttributionSettings, verb: DemoVerb, work: DemoWork) {
  return async (input: T): Promise<Attributed> => {
    const read: Read<DemoFact> = readDemo(verb, input);
    if (!read.fact) {
      tellUseless(context, verb, read.reason);
      return fail(read.key);
    }
    const { fact } = read;
    const { ucc, from } = parseRecord(input);
    const given = findCode(ucc, verb === 'attended' ? 'given' : 'booking');
    const found = chooseBest([await findRequested(from, field, context.tell), given]);
    return guard(() => work(context, fact.id ?? '', fact, found), fail(`demo-call-attended:${fact.id ?? ''}`), context);
  };
}
