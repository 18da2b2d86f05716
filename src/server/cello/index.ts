/**
 * A client for Cello's API v1: what a site's backend needs of it. https://docs.cello.so/api-reference/openapi.json
 */
import { parseUcc } from '../../ucc.js';
import { DeadlineError, runWithin } from '../clock/index.js';
import {
  type CelloEvent,
  chargeRefunded,
  demoCallAttended,
  type Id,
  type InvoiceInput,
  invoicePaid,
  newSignup,
  parseEvent,
  type RefundInput,
  type SignupInput,
} from '../events/index.js';
import { createMistake, isFields, readId } from '../input/index.js';
import { CelloError, type CelloErrorReason, readStatus } from './cello-error.js';
import { type CelloOptions, readCelloOptions } from './options.js';
import { type Call, type CelloRequest, createCall } from './request.js';
import { type CelloAnswer, readReason } from './response.js';
import { createTokens, type Tokens } from './token.js';
import { createSharedToken } from './token-cache.js';

export { CelloError, type CelloErrorReason } from './cello-error.js';
export type { CelloOptions } from './options.js';
export type { TokenCache } from './token-cache.js';

/** Options of every call. */
export interface CallerOptions {
  /** Aborts the call, which then rejects with a `CelloError` whose `reason` is `'aborted'`. */
  readonly signal?: AbortSignal | undefined;
}

/** Cello has accepted the event. */
export interface Accepted {
  /** Cello's trace id for it. */
  readonly requestId: string | null;
}

/** What Cello knows about a referral code. */
export interface CheckedUcc {
  readonly code: string;
  readonly valid: boolean;
  /** The referrer's id in the site's own product. */
  readonly productUserId?: string;
  readonly campaignId?: string;
}

/** A referred user's discount. https://docs.cello.so/api-reference/new-users/get-reward */
export interface NewUserReward {
  readonly eligible: boolean;
  readonly reward: {
    readonly type: 'standard' | 'custom';
    readonly interval: string;
    /** In months; `null` if Cello gives none. */
    readonly intervalCount: number | null;
    readonly percentage: number | null;
  } | null;
  readonly signupId?: string;
  readonly signupAt?: string;
  readonly referralUcc?: string;
  readonly campaignId?: string;
  readonly campaignRevision?: string;
}

/** Whether Cello accepts the keys. */
export type CheckedKeys =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: CelloErrorReason; readonly message: string };

/** A user's referral link. */
export interface ActiveLink {
  readonly activeUcc: string;
  readonly link: string;
}

/**
 * A client for Cello's API. Every method rejects with a `CelloError` if the outside world fails, and with a `TypeError`
 * that names the field if its input is invalid. None repeats an event by itself, except once after a 401.
 */
export interface Cello {
  /**
   * Checks the keys for this environment, with a separate login: for setting up, and for an infrequent health check.
   * Never rejects because of the outside world; rejects with a `TypeError` if the keys are missing.
   */
  check(options?: CallerOptions): Promise<CheckedKeys>;
  /** Reports a sign-up to Cello. */
  signup(input: SignupInput, options?: CallerOptions): Promise<Accepted>;
  /** Reports an attended demo to Cello. */
  demoAttended(input: SignupInput, options?: CallerOptions): Promise<Accepted>;
  /** Reports a paid invoice to Cello. */
  invoicePaid(input: InvoiceInput, options?: CallerOptions): Promise<Accepted>;
  /** Reports a refund to Cello. */
  chargeRefunded(input: RefundInput, options?: CallerOptions): Promise<Accepted>;
  /** Sends an event made by `newSignup` or another builder. */
  send(event: CelloEvent, options?: CallerOptions): Promise<Accepted>;
  /** Asks Cello whether a code exists. A malformed code is reported as invalid without a call. */
  checkUcc(code: string, options?: CallerOptions): Promise<CheckedUcc>;
  /** Gets a new user's discount, by the id in the site's own product. */
  newUserReward(productUserId: Id, options?: CallerOptions): Promise<NewUserReward>;
  /** Gets a user's referral link. */
  activeLink(productUserId: Id, options?: CallerOptions): Promise<ActiveLink>;
  /**
   * Removes the personal data from a referrer's record, for privacy requests. For an unknown referrer, rejects with a
   * `CelloError` of status 404.
   */
  depersonalize(productUserId: Id, options?: CallerOptions): Promise<void>;
}

/** `.` and `..` cannot be part of a path, however they are encoded. https://url.spec.whatwg.org/#double-dot-path-segment */
const isDots = (text: string): boolean => /^\.\.?$/.test(text);

function readPathId(value: unknown, caller: string): string {
  const place = { caller, path: 'productUserId' };
  const id = readId(value, place);
  if (isDots(id) || /\p{Cs}/u.test(id)) throw createMistake(place, 'an id that can be used in a URL path', value);
  return encodeURIComponent(id);
}

const keepText = <K extends string>(
  json: Readonly<Record<string, unknown>>,
  ...keys: K[]
): { readonly [P in K]?: string } => {
  const kept: { [P in K]?: string } = {};
  for (const key of keys) {
    const value = json[key];
    if (typeof value === 'string' && value) kept[key] = value;
  }
  return kept;
};

function readChecked(json: unknown, code: string): CheckedUcc | null {
  if (!isFields(json) || typeof json['valid'] !== 'boolean') return null;
  return { code, valid: json['valid'], ...keepText(json, 'productUserId', 'campaignId') };
}

const readNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function readReward(value: unknown): NewUserReward['reward'] {
  if (!isFields(value)) return null;
  const { type, interval, intervalCount, percentage } = value;
  return {
    type: type === 'custom' ? 'custom' : 'standard',
    interval: typeof interval === 'string' ? interval : 'month', // "Always month", says the reference
    intervalCount: readNumber(intervalCount),
    percentage: readNumber(percentage),
  };
}

function readEligibility(json: unknown): NewUserReward | null {
  if (!isFields(json) || typeof json['eligible'] !== 'boolean') return null;
  return {
    eligible: json['eligible'],
    reward: readReward(json['reward']),
    ...keepText(json, 'signupId', 'signupAt', 'referralUcc', 'campaignId', 'campaignRevision'),
  };
}

function readLink(json: unknown): ActiveLink | null {
  if (!isFields(json)) return null;
  const { activeUcc, link } = json;
  return typeof activeUcc === 'string' && typeof link === 'string' ? { activeUcc, link } : null;
}

/** Settles as the work does, or when the caller aborts. The work itself continues: others may be waiting for it. */
async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  try {
    return await runWithin(() => work, { signal });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    work.catch(() => {}); // its outcome is no longer needed
    throw new CelloError(`${what}: the call was aborted before Cello answered`, { reason: error.reason });
  }
}

/** What the API is asked, with a token that is renewed once if Cello rejects it. */
function createRequests(call: Call, tokens: Tokens) {
  const request = async (what: CelloRequest, signal: AbortSignal | undefined): Promise<CelloAnswer> => {
    const token = await waitFor(tokens.get(), signal, 'POST /token');
    const answer = await call({ ...what, token }, signal);
    if (answer.status !== 401) return answer;
    tokens.drop(token);
    const again = await call({ ...what, token: await waitFor(tokens.get(), signal, 'POST /token') }, signal);
    if (again.status === 401) tokens.forget();
    return again;
  };

  const fail = (what: CelloRequest, answer: CelloAnswer): CelloError => {
    const { status, requestId, retryAfterMs, isOk } = answer;
    const said = isOk ? 'something that is not a response of its API' : readReason(answer, tokens.secrets());
    const name = `${what.method} ${what.path.split('/', 2).join('/')}`;
    return new CelloError(`${name}: Cello answered ${status}: ${said}`, {
      reason: isOk ? 'unreadable' : readStatus(status),
      status,
      requestId,
      retryAfterMs,
      // A proxy's page, or a gateway's 5xx: the event may or may not have reached Cello behind it.
      ambiguous: !!what.isCounted && (isOk || status >= 500),
    });
  };

  const ask = async <T>(
    path: string,
    signal: AbortSignal | undefined,
    read: (json: unknown) => T | null,
  ): Promise<T> => {
    const what: CelloRequest = { method: 'GET', path };
    const answer = await request(what, signal);
    const value = answer.isOk ? read(answer.json) : null;
    if (value === null) throw fail(what, answer);
    return value;
  };

  const post = async (event: CelloEvent, { signal }: CallerOptions = {}): Promise<Accepted> => {
    const what: CelloRequest = { method: 'POST', path: '/events', body: event, isCounted: true };
    const answer = await request(what, signal);
    const { json, isOk, isEmpty, requestId, status } = answer;
    const isSaidNo = isFields(json) && json['success'] === false;
    if (isOk && isSaidNo)
      throw new CelloError('POST /events: Cello answered success: false', { reason: 'refused', status, requestId });
    if (!isOk || !(isFields(json) || isEmpty)) throw fail(what, answer);
    return { requestId };
  };

  return { request, fail, ask, post };
}

/**
 * Creates a client for Cello's API. It makes no request before the first method call. The token is fetched on first
 * use, shared by all calls, and renewed before it expires. Use one client per process.
 *
 * @returns A client that exposes no key to `util.inspect`, a log or an error.
 * @throws {TypeError} If an option is invalid; names the option, and contains no key.
 */
export function createCello(options: CelloOptions): Cello {
  const { keys, tokenCache, ...world } = readCelloOptions(options);
  const { baseUrl, clock } = world;
  const call = createCall(world);
  const shared = createSharedToken(tokenCache, () => `${baseUrl} ${keys().accessKeyId}`);
  const tokens = createTokens({ call, keys, shared, clock });
  const { request, fail, ask, post } = createRequests(call, tokens);

  return {
    async check({ signal } = {}) {
      try {
        await waitFor(tokens.login(), signal, 'POST /token');
        return { ok: true };
      } catch (error) {
        if (!(error instanceof CelloError)) throw error;
        return { ok: false, reason: error.reason, message: error.message };
      }
    },
    signup: async (input, caller) => post(newSignup(input), caller),
    demoAttended: async (input, caller) => post(demoCallAttended(input), caller),
    invoicePaid: async (input, caller) => post(invoicePaid(input), caller),
    chargeRefunded: async (input, caller) => post(chargeRefunded(input), caller),
    send: async (event, caller) => post(parseEvent(event, 'send'), caller),
    async checkUcc(code, { signal } = {}) {
      if (typeof code !== 'string') throw createMistake({ caller: 'checkUcc', path: 'code' }, 'a string', code);
      const ucc = parseUcc(code);
      if (!ucc || isDots(ucc)) return { code, valid: false };
      return ask(`/referral-codes/${encodeURIComponent(ucc)}`, signal, (json) => readChecked(json, ucc));
    },
    async newUserReward(productUserId, { signal } = {}) {
      return ask(`/new-users/${readPathId(productUserId, 'newUserReward')}/reward`, signal, readEligibility);
    },
    async activeLink(productUserId, { signal } = {}) {
      return ask(`/referral-codes/active-link/${readPathId(productUserId, 'activeLink')}`, signal, readLink);
    },
    async depersonalize(productUserId, { signal } = {}) {
      const path = `/referrers/${readPathId(productUserId, 'depersonalize')}/depersonalize`;
      const what: CelloRequest = { method: 'POST', path };
      const answer = await request(what, signal);
      if (!answer.isOk) throw fail(what, answer);
    },
  };
}
