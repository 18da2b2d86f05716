/**
 * The second half of the path: what is found and submitted becomes messages, and goes through the outbox.
 */
import { COOKIE } from '../../cookie.js';
import { type Found, fitMessage, type Kind, type Message } from '../../message.js';
import type { Log } from '../page/index.js';
import { announce } from '../page/index.js';
import { makeId } from './message-id.js';
import { type Failure, type Outbox, openOutbox } from './outbox.js';
import type { ReportResult } from './report.js';
import { deliver, deliverBlindly } from './transport.js';
import { hasLocks, runExclusively, SETTLE_MS } from './web-lock.js';

export { makeIdOf } from './message-id.js';
export { openRecords } from './records.js';
export { createReporter, parseKind, parseReport, type Reported, type ReportResult } from './report.js';

/** Longer paths and form ids would leave no room for the fields. */
const PATH_MAX = 500;
const NAME_MAX = 200;

/** What a submission says, besides the code. */
export interface Content {
  readonly kind: Kind | null;
  readonly form: string | null;
  /** The vendor's own id of a booking or response. */
  readonly ref?: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** How an attempt to send a message ended. */
export interface Attempt extends Pick<Message, 'id' | 'type'> {
  /** `null`: the endpoint has the message. */
  readonly failure: Failure | null;
}

/** How many attempts are remembered, for the inspector. */
const ATTEMPTS_MAX = 50;

export interface Messenger extends Omit<Outbox, 'add' | 'addBlindly'> {
  /** The last attempts on this page, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Tells the endpoint that a code was found. */
  readonly capture: (found: Found, at: string, isLeaving: boolean) => void;
  /** Tells the endpoint that something was submitted; the same id means the same message. */
  readonly submit: (found: Found, content: Content, via: string, id?: string) => Promise<ReportResult>;
}

/** What the messenger needs from the rest. */
export interface MessengerOptions {
  readonly endpoint: string | null;
  readonly log: Log;
  /** Whether messages may be stored until they have arrived. */
  readonly mayKeep: () => boolean;
  /** Called when the endpoint says that this visitor has converted. */
  readonly onForget: () => void;
}

/** Warns about lost messages, and about anything else answering in the endpoint's place: neither fixes itself. */
function sayFailure(endpoint: string, type: Message['type'], failure: Failure, log: Log): void {
  const { reason, isFinal, isForeign, error } = failure;
  if (isForeign)
    log.warn(
      `${endpoint} is answered by somebody else (${reason}): mount createEndpoint there, with no login or redirect in front`,
    );
  const said = error === null ? reason : `${reason}, ${JSON.stringify(error)}`;
  if (isFinal) log.warn(`gave up a ${type}: ${said}, from ${endpoint}`);
  else log.debug(`will try a ${type} again: ${said}`);
}

const openOutboxTo = (
  endpoint: string,
  { log, onForget }: MessengerOptions,
  note: (attempt: Attempt) => void,
): Outbox =>
  openOutbox(
    {
      deliver: (body) => deliver(endpoint, body),
      deliverBlindly: (body) => deliverBlindly(endpoint, body),
      storage: () => localStorage,
      now: Date.now,
      random: Math.random,
      later(work, ms) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      page: makeId(),
      exclusively: (work) => void runExclusively(COOKIE, work),
      settleMs: hasLocks() ? 0 : SETTLE_MS,
    },
    {
      onDelivered({ id, type }, isToForget) {
        note({ id, type, failure: null });
        announce('delivered', { id, type });
        if (isToForget) onForget();
      },
      onFailed({ id, type }, failure) {
        note({ id, type, failure });
        announce('failed', { id, type, reason: failure.reason });
        sayFailure(endpoint, type, failure, log);
      },
    },
  );

/** Connects to the endpoint. Without an endpoint, nothing is sent or stored. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { endpoint, log, mayKeep } = options;
  const attempts: Attempt[] = [];
  const note = (attempt: Attempt) => {
    if (attempts.push(attempt) > ATTEMPTS_MAX) attempts.shift();
  };
  const outbox = endpoint ? openOutboxTo(endpoint, options, note) : null;
  const common = ({ ucc, source }: Found, id: string, at: string) => ({
    v: 1 as const,
    id,
    ucc,
    source,
    at,
    page: location.pathname.slice(0, PATH_MAX),
  });
  const post = async (message: Message): Promise<ReportResult> => {
    if (!outbox) return { ok: false, reason: 'no-endpoint' };
    const { message: fitting, dropped } = fitMessage(message);
    if (dropped.length) log.warn(`too long a message, left out: ${dropped}`);
    const { is } = await outbox.add(fitting, mayKeep());
    if (is === 'arrived') return { ok: true };
    return { ok: false, reason: is === 'refused' ? is : mayKeep() ? 'kept' : 'consent' };
  };
  return {
    attempts,
    capture(found, at, isLeaving) {
      const message: Message = { ...common(found, makeId(), at), type: 'capture' };
      if (isLeaving) outbox?.addBlindly(message);
      else void post(message);
    },
    submit: (found, { kind, form, ref, fields }, via, id = makeId()) =>
      post({
        ...common(found, id, new Date().toISOString()),
        type: 'submission',
        kind,
        form: form?.slice(0, NAME_MAX) ?? null,
        via,
        ...(ref && { ref }),
        fields,
      }),
    flush: () => outbox?.flush(),
    flushBlindly: () => outbox?.flushBlindly(),
    clear: () => outbox?.clear(),
    stop: () => outbox?.stop(),
  };
}
