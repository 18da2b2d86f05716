/**
 * The events that wait for Cello: kept until Cello has them, each key once, in their order per user.
 */
import { type Database, migrate, runInTransaction } from './database.js';
import { isTrue, readNumber, readText } from './row.js';

/** An event as a queue takes it. */
export interface NewEntry {
  /** What it is recognised by. A key that was ever there is not taken again. */
  readonly key: string;
  /** Whose it is: `newUserId`. The events of one user go one after the other. */
  readonly userId: string;
  /** A sign-up goes before anything else of its user, also if it came later. */
  readonly isSignup: boolean;
  /** The event as JSON text. */
  readonly body: string;
}

/** An event in somebody's hands, for a while. */
export interface Lease {
  readonly key: string;
  readonly userId: string;
  readonly token: string;
  readonly body: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** Somebody had it before and never said what came of it: he died, or was cut off. Cello may have it. */
  readonly isAbandoned: boolean;
}

/** What came of a try. */
export type Fate =
  | { readonly state: 'sent'; readonly requestId: string | null }
  | { readonly state: 'waiting'; readonly delayMs: number; readonly reason: string; readonly isAmbiguous: boolean }
  | {
      readonly state: 'parked';
      readonly reason: string;
      readonly status: number | null;
      readonly isAmbiguous: boolean;
    };

/** An event that waits for a person. */
export interface ParkedEntry {
  readonly key: string;
  readonly body: string;
  readonly reason: string;
  readonly status: number | null;
  readonly isAmbiguous: boolean;
  readonly attempts: number;
}

/** How many events are where. */
export interface Counts {
  /** Will be tried, now or later. */
  readonly waiting: number;
  /** Wait behind a parked sign-up of their user. Not among `waiting`. */
  readonly held: number;
  /** Somebody has them in hand. */
  readonly sending: number;
  /** Wait for a person. */
  readonly parked: number;
  /** Cello has them. */
  readonly sent: number;
  /** Given up by a person. */
  readonly discarded: number;
}

/** Where events wait. */
export interface Queue {
  /** The longest lease that it gives, in ms, where it has a limit of its own. */
  readonly longestLeaseMs?: number;
  /** Keeps an event, durably. Gives back `false` if its key was there before. */
  add(entry: NewEntry): Promise<boolean>;
  /** Takes what is due in hand, at most one of a user. */
  claim(limit: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Says what came of it. Gives back `false` if the lease ran out and somebody else has it: then nothing is changed. */
  settle(lease: Lease, fate: Fate): Promise<boolean>;
  /** What is parked, oldest first. */
  listParked(limit: number): Promise<readonly ParkedEntry[]>;
  /** One that is parked; `null` if it is not. */
  findParked(key: string): Promise<ParkedEntry | null>;
  /** Sends a parked one again, with this body if there is one. Gives back `false` if it is not parked. */
  resend(key: string, body: string | null): Promise<boolean>;
  /** Gives up a parked one; its key stays taken. Gives back `false` if it is not parked. */
  discard(key: string): Promise<boolean>;
  count(): Promise<Counts>;
}

type State = keyof Omit<Counts, 'held'>;

interface Entry extends NewEntry {
  readonly order: number;
  state: State;
  /** When it may be tried; while it is in hand: when the lease ends. */
  dueMs: number;
  body: string;
  token: string;
  attempts: number;
  reason: string;
  status: number | null;
  isAmbiguous: boolean;
}

const isOpen = ({ state }: Entry): boolean => state === 'waiting' || state === 'sending';

/** Whether an event waits behind another one of its user. The SQL of the other stores says the same. */
function isBehind(entry: Entry, other: Entry, nowMs: number): boolean {
  if (other === entry) return false;
  if (other.state === 'sending' && other.dueMs > nowMs) return true;
  if (isHeldBy(entry, other)) return true;
  const isEarlier = other.isSignup === entry.isSignup ? other.order < entry.order : other.isSignup;
  return isOpen(other) && isEarlier;
}

const isHeldBy = (entry: Entry, other: Entry): boolean => other.state === 'parked' && other.isSignup && !entry.isSignup;

const showParked = ({ key, body, reason, status, isAmbiguous, attempts }: Entry): ParkedEntry => ({
  key,
  body,
  reason,
  status,
  isAmbiguous,
  attempts,
});

/** Keeps events in this process: a restart loses them. */
export function createMemoryQueue(clock: () => number): Queue {
  const entries = new Map<string, Entry>();
  const lines = new Map<string, Entry[]>(); // by user, without what is sent or discarded
  const lineOf = (userId: string) => lines.get(userId) ?? [];
  const isFree = (entry: Entry, nowMs: number): boolean =>
    isOpen(entry) && entry.dueMs <= nowMs && !lineOf(entry.userId).some((other) => isBehind(entry, other, nowMs));
  const leave = (entry: Entry) => {
    const rest = lineOf(entry.userId).filter((other) => other !== entry);
    if (rest.length) lines.set(entry.userId, rest);
    else lines.delete(entry.userId);
  };
  const findParked = (key: string): Entry | null => {
    const entry = entries.get(key);
    return entry?.state === 'parked' ? entry : null;
  };
  const lease = (entry: Entry, leaseMs: number, nowMs: number): Lease => {
    const { key, userId, body, attempts, state } = entry;
    const token = crypto.randomUUID();
    Object.assign(entry, {
      state: 'sending',
      dueMs: nowMs + leaseMs,
      token,
      attempts: attempts + 1,
    } satisfies Partial<Entry>);
    return { key, userId, token, body, attempts, isAbandoned: state === 'sending' };
  };
  return {
    async add(entry) {
      if (entries.has(entry.key)) return false;
      const kept: Entry = {
        ...entry,
        order: entries.size,
        state: 'waiting',
        dueMs: clock(),
        token: '',
        attempts: 0,
        reason: '',
        status: null,
        isAmbiguous: false,
      };
      entries.set(entry.key, kept);
      lines.set(entry.userId, [...lineOf(entry.userId), kept]);
      return true;
    },
    async claim(limit, leaseMs) {
      const nowMs = clock();
      const leases: Lease[] = [];
      for (const line of lines.values()) {
        if (leases.length >= limit) break;
        const entry = line.find((one) => isFree(one, nowMs));
        if (entry) leases.push(lease(entry, leaseMs, nowMs));
      }
      return leases;
    },
    async settle({ key, token }, fate) {
      const entry = entries.get(key);
      if (entry?.state !== 'sending' || entry.token !== token) return false;
      entry.state = fate.state;
      if (fate.state === 'sent') {
        entry.body = ''; // it names a person, and is not needed any more
        leave(entry);
        return true;
      }
      entry.reason = fate.reason;
      entry.isAmbiguous ||= fate.isAmbiguous;
      entry.status = fate.state === 'parked' ? fate.status : null;
      entry.dueMs = fate.state === 'waiting' ? clock() + fate.delayMs : 0;
      return true;
    },
    async listParked(limit) {
      const parked = [...entries.values()].filter(({ state }) => state === 'parked');
      return parked.slice(0, limit).map(showParked);
    },
    async findParked(key) {
      const entry = findParked(key);
      return entry && showParked(entry);
    },
    async resend(key, body) {
      const entry = findParked(key);
      if (!entry) return false;
      Object.assign(entry, {
        state: 'waiting',
        dueMs: clock(),
        attempts: 0,
        body: body ?? entry.body,
      } satisfies Partial<Entry>);
      return true;
    },
    async discard(key) {
      const entry = findParked(key);
      if (!entry) return false;
      Object.assign(entry, { state: 'discarded', body: '' } satisfies Partial<Entry>);
      leave(entry);
      return true;
    },
    async count() {
      const counts = { waiting: 0, held: 0, sending: 0, parked: 0, sent: 0, discarded: 0 };
      for (const entry of entries.values()) {
        const isHeld = entry.state === 'waiting' && lineOf(entry.userId).some((other) => isHeldBy(entry, other));
        counts[isHeld ? 'held' : entry.state] += 1;
      }
      return counts;
    },
  };
}

// `due_ms` is null for what nobody tries any more, so that its index holds the open ones only, however many were sent.
const MIGRATIONS = [
  `CREATE TABLE cello_companion_events (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    is_signup INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_ms INTEGER,
    body TEXT,
    token TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    status INTEGER,
    is_ambiguous INTEGER NOT NULL DEFAULT 0,
    request_id TEXT,
    added_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX cello_companion_events_due ON cello_companion_events (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX cello_companion_events_line ON cello_companion_events (user_id) WHERE state NOT IN ('sent', 'discarded');
  CREATE INDEX cello_companion_events_state ON cello_companion_events (state);`,
];

/** A parked sign-up of the same user. */
const IS_HELD = `EXISTS (SELECT 1 FROM cello_companion_events other WHERE other.user_id = mine.user_id
  AND other.state NOT IN ('sent', 'discarded') AND other.state = 'parked' AND other.is_signup > mine.is_signup)`;

// The conditions are those of `isBehind`. The condition that repeats the index's is there so that it is used.
const FIND_DUE = `SELECT key, user_id, body, attempts, state FROM cello_companion_events mine
  WHERE due_ms <= ? AND NOT EXISTS (
    SELECT 1 FROM cello_companion_events other
    WHERE other.user_id = mine.user_id AND other.place <> mine.place AND other.state NOT IN ('sent', 'discarded') AND (
      (other.state = 'sending' AND other.due_ms > ?)
      OR (other.state = 'parked' AND other.is_signup > mine.is_signup)
      OR (other.state <> 'parked' AND (other.is_signup > mine.is_signup
        OR (other.is_signup = mine.is_signup AND other.place < mine.place)))
    ))
  ORDER BY due_ms, place LIMIT ?`;

const COUNT = `SELECT state, count(*) AS total, sum(CASE WHEN state = 'waiting' THEN ${IS_HELD} ELSE 0 END) AS held
  FROM cello_companion_events mine GROUP BY state`;

/** Reads a parked event out of its row: `key`, `body`, `reason`, `status`, `is_ambiguous`, `attempts`. */
export const readParked = (row: unknown): ParkedEntry => ({
  key: readText(row, 'key') ?? '',
  body: readText(row, 'body') ?? '',
  reason: readText(row, 'reason') ?? '',
  status: readNumber(row, 'status'),
  isAmbiguous: isTrue(row, 'is_ambiguous'),
  attempts: readNumber(row, 'attempts') ?? 0,
});

/** Adds up the rows of a count by state: `state`, `total`, `held`. */
export function readCounts(rows: readonly unknown[]): Counts {
  const totals = new Map(rows.map((row) => [readText(row, 'state'), readNumber(row, 'total') ?? 0]));
  const held = rows.reduce<number>((sum, row) => sum + (readNumber(row, 'held') ?? 0), 0);
  const total = (state: State) => totals.get(state) ?? 0;
  return {
    waiting: total('waiting') - held,
    held,
    sending: total('sending'),
    parked: total('parked'),
    sent: total('sent'),
    discarded: total('discarded'),
  };
}

/** Keeps events in a SQLite database. */
export function createSqliteQueue(db: Database, clock: () => number): Queue {
  migrate(db, 'events', MIGRATIONS);
  const add = db.prepare(
    "INSERT INTO cello_companion_events (key, user_id, is_signup, state, due_ms, body, added_ms) VALUES (?, ?, ?, 'waiting', ?, ?, ?) ON CONFLICT (key) DO NOTHING",
  );
  const findDue = db.prepare(FIND_DUE);
  const take = db.prepare(
    "UPDATE cello_companion_events SET state = 'sending', due_ms = ?, token = ?, attempts = attempts + 1 WHERE key = ?",
  );
  const mine = "WHERE key = ? AND token = ? AND state = 'sending'";
  const finish = db.prepare(
    `UPDATE cello_companion_events SET state = 'sent', due_ms = NULL, body = NULL, request_id = ? ${mine}`,
  );
  const putBack = db.prepare(
    `UPDATE cello_companion_events SET state = 'waiting', due_ms = ?, reason = ?, is_ambiguous = max(is_ambiguous, ?) ${mine}`,
  );
  const park = db.prepare(
    `UPDATE cello_companion_events SET state = 'parked', due_ms = NULL, reason = ?, status = ?, is_ambiguous = max(is_ambiguous, ?) ${mine}`,
  );
  const listParked = db.prepare("SELECT * FROM cello_companion_events WHERE state = 'parked' ORDER BY place LIMIT ?");
  const findParked = db.prepare("SELECT * FROM cello_companion_events WHERE state = 'parked' AND key = ?");
  const resend = db.prepare(
    "UPDATE cello_companion_events SET state = 'waiting', due_ms = ?, attempts = 0, body = coalesce(?, body) WHERE state = 'parked' AND key = ?",
  );
  const discard = db.prepare(
    "UPDATE cello_companion_events SET state = 'discarded', body = NULL WHERE state = 'parked' AND key = ?",
  );
  const count = db.prepare(COUNT);
  const isChanged = (result: unknown): boolean => readNumber(result, 'changes') !== 0;

  return {
    async add({ key, userId, isSignup, body }) {
      const nowMs = clock();
      return isChanged(add.run(key, userId, isSignup ? 1 : 0, nowMs, body, nowMs));
    },
    async claim(limit, leaseMs) {
      const nowMs = clock();
      if (!findDue.all(nowMs, nowMs, 1).length) return []; // an idle worker writes nothing
      return runInTransaction(db, () =>
        findDue.all(nowMs, nowMs, limit).map((row) => {
          const key = readText(row, 'key') ?? '';
          const token = crypto.randomUUID();
          take.run(nowMs + leaseMs, token, key);
          return {
            key,
            userId: readText(row, 'user_id') ?? '',
            token,
            body: readText(row, 'body') ?? '',
            attempts: readNumber(row, 'attempts') ?? 0,
            isAbandoned: readText(row, 'state') === 'sending',
          };
        }),
      );
    },
    async settle({ key, token }, fate) {
      if (fate.state === 'sent') return isChanged(finish.run(fate.requestId, key, token));
      const isAmbiguous = fate.isAmbiguous ? 1 : 0;
      return fate.state === 'waiting'
        ? isChanged(putBack.run(clock() + fate.delayMs, fate.reason, isAmbiguous, key, token))
        : isChanged(park.run(fate.reason, fate.status, isAmbiguous, key, token));
    },
    async listParked(limit) {
      return listParked.all(limit).map(readParked);
    },
    async findParked(key) {
      const row = findParked.get(key);
      return row ? readParked(row) : null;
    },
    async resend(key, body) {
      return isChanged(resend.run(clock(), body, key));
    },
    async discard(key) {
      return isChanged(discard.run(key));
    },
    async count() {
      return readCounts(count.all());
    },
  };
}
