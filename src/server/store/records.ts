/**
 * Versioned records: what the server half knows of a person's claims, sign-ups and bookings. Found by key, by person, or
 * by when they are due; written only by somebody who has read the version that stands. So the rules can be plain
 * functions over what was read, the same over every store, and two processes never overwrite each other.
 */
import { readNumber, readText } from './row.js';

/** How far a record has come, and so who may remove it. */
export type Stage =
  /** Holds nothing but what browsers claim: the oldest make room for new ones. */
  | 'claim'
  /** Waits for something: stays until its time is over. */
  | 'open'
  /** Over. Kept so that a repetition is recognized, until it is pruned. */
  | 'done';

/** The contents of a record. */
export interface NewRecord {
  /** JSON, read by a parser of whoever wrote it. */
  readonly body: string;
  /** The fingerprint of the person's e-mail address. */
  readonly email: string | null;
  /** The fingerprint of the person's id. */
  readonly user: string | null;
  /** When somebody has to look at it, in ms since 1970; `null`: never by itself. */
  readonly dueMs: number | null;
  /** When it is removed by itself, in ms since 1970; `null`: never. */
  readonly forgetAfterMs: number | null;
  readonly stage: Stage;
}

/** A record as it stands. */
export interface StoredRecord extends NewRecord {
  readonly key: string;
  /** Grows with every change. */
  readonly version: number;
}

/** What becomes of a record. */
export interface Change {
  readonly key: string;
  /** The version that was read; 0: there is none; `'any'`: whatever stands there. */
  readonly version: number | 'any';
  /** `null` removes it. */
  readonly next: NewRecord | null;
}

/** The table of records. Nothing of it throws for a record that is not there. */
export interface Records {
  /** The store's time, in ms since 1970. */
  now(): number;
  /** The records of these keys, as far as there are any, in any order. */
  find(keys: readonly string[]): Promise<readonly StoredRecord[]>;
  /** The newest records of a person, by the fingerprint of the address or of the id: at most `PERSON_MAX`. */
  findByPerson(fingerprint: string): Promise<readonly StoredRecord[]>;
  /** Records that are due, the longest due first. */
  listDue(limit: number): Promise<readonly StoredRecord[]>;
  /**
   * Makes all changes or, if one of the versions is no longer the one that stands, none.
   *
   * @param db - The site's own transaction, with which the change is kept or lost. For a single change only.
   * @returns Whether they were made.
   */
  commit(changes: readonly Change[], db?: unknown): Promise<boolean>;
  /** Removes what is past its time, and the oldest claims beyond the limit; at most `limit` of each. Gives back how many. */
  purge(limit: number): Promise<number>;
  /** Removes what is done and unchanged for so long; at most `limit`. Gives back how many. */
  prune(olderThanMs: number, limit: number): Promise<number>;
  /** How many will be due at some time. */
  countDue(): Promise<number>;
  /** Sees to it that what was removed leaves the disk. */
  scrub(): Promise<void>;
}

/** Nobody books more demos, and whoever floods an address with bookings gets no more work out of us. */
export const PERSON_MAX = 200;

const STAGES = ['claim', 'open', 'done'] as const satisfies Stage[];

/** Reads a record out of its row: `key`, `version`, `body`, `email`, `person`, `due_ms`, `forget_after_ms`, `stage`. */
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
