/**
 * Versioned records: what the server knows about a person's claims, sign-ups and bookings. Found by key, by person, or
 * by when they are due; written only with the version that was read. So the rules can be pure functions that are the
 * same for every store, and two processes never overwrite each other.
 */
import { readNumber, readText } from './row.js';

/** The stage of a record, which decides when it may be removed. */
export type Stage =
  /** Holds only browser claims: the oldest make room for new ones. */
  | 'claim'
  /** Waits for something: kept until its time is over. */
  | 'open'
  /** Finished. Kept until pruned, to recognize a repeated report. */
  | 'done';

/** The contents of a record. */
export interface NewRecord {
  /** JSON, parsed by the code that wrote it. */
  readonly body: string;
  /** The fingerprint of the person's e-mail address. */
  readonly email: string | null;
  /** The fingerprint of the person's id. */
  readonly user: string | null;
  /** When it is next due, in ms since 1970; `null`: never automatically. */
  readonly dueMs: number | null;
  /** When it is removed automatically, in ms since 1970; `null`: never. */
  readonly forgetAfterMs: number | null;
  readonly stage: Stage;
}

/** A stored record. */
export interface StoredRecord extends NewRecord {
  readonly key: string;
  /** Increases with every change. */
  readonly version: number;
}

/** A change to a record. */
export interface Change {
  readonly key: string;
  /** The version that was read; 0: there was none; `'any'`: overwrite whatever is there. */
  readonly version: number | 'any';
  /** `null` removes it. */
  readonly next: NewRecord | null;
}

/** The table of records. No method throws for a missing record. */
export interface Records {
  /** The store's time, in ms since 1970. */
  now(): number;
  /** The existing records with these keys, in any order. */
  find(keys: readonly string[]): Promise<readonly StoredRecord[]>;
  /** A person's newest records, by the fingerprint of the e-mail address or id: at most `PERSON_MAX`. */
  findByPerson(fingerprint: string): Promise<readonly StoredRecord[]>;
  /** The records that are due, longest overdue first. */
  listDue(limit: number): Promise<readonly StoredRecord[]>;
  /**
   * Applies all changes, or none if any version is out of date.
   *
   * @param db - The site's own transaction, which commits the change or rolls it back. For a single change only.
   * @returns Whether the changes were applied.
   */
  commit(changes: readonly Change[], db?: unknown): Promise<boolean>;
  /** Removes expired records, and the oldest claims beyond the limit; at most `limit` of each. Returns how many. */
  purge(limit: number): Promise<number>;
  /** Removes finished records that have not changed for this long; at most `limit`. Returns how many. */
  prune(olderThanMs: number, limit: number): Promise<number>;
  /** How many records are due now or later. */
  countDue(): Promise<number>;
  /** Removes the remains of deleted records from the disk. */
  scrub(): Promise<void>;
}

/** Nobody books more demos than this, and flooding an address with bookings causes no more work than this. */
export const PERSON_MAX = 200;

const STAGES = ['claim', 'open', 'done'] as const satisfies Stage[];

/** Parses a record from its row: `key`, `version`, `body`, `email`, `person`, `due_ms`, `forget_after_ms`, `stage`. */
export const readRecord = (row: unknown): StoredRecord => ({
  key: readText(row, 'key') ?? '',
  version: readNumber(row, 'version') ?? 0,
  body: readText(row, 'body') ?? '',
  email: readText(row, 'email'),
  user: readText(row, 'person'),
  dueMs: readNumber(row, 'due_ms'),
  forgetAfterMs: readNumber(row, 'forget_after_ms'),
  stage: STAGES.find((stage) => stage === readText(row, 'stage')) ?? 'open',
});
