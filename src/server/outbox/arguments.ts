/**
 * Parses the arguments of the outbox's methods.
 */
import {
  createMistake,
  isFields,
  optional,
  parseAs,
  readFields,
  readId,
  readOptional,
  readOptions,
  readString,
} from '../input/index.js';
import type { Person } from '../store/index.js';
import type { AddOptions } from './outbox.js';

/** A webhook may be redelivered for weeks, so keys must be kept at least this long. */
const KEEP_DAYS_MIN = 30;

const isAnything = (value: unknown): value is unknown => value !== undefined;
const isTransaction = (value: unknown): value is object => isFields(value) || typeof value === 'function';

const ADD_OPTIONS = {
  key: optional(undefined, 'a string that is not empty', parseAs(isAnything)),
  db: optional(undefined, "your database's transaction", parseAs(isTransaction)),
};

/**
 * Parses the options of `add`.
 *
 * @throws {TypeError} Names the option, including an unknown one: a misspelled `db` would silently have no effect.
 */
export const readAddOptions = (given: AddOptions | undefined) => readOptions('add', given ?? {}, ADD_OPTIONS);

/** Parses `maxMs`. */
export function readMaxMs(value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw createMistake({ caller: 'flush', path: 'maxMs' }, 'a number of ms', value);
}

/** Parses how many days keys are kept. */
export function readKeepDays(given: unknown): number {
  const { olderThanDays } = readFields(given, { caller: 'prune', path: 'options' });
  if (typeof olderThanDays === 'number' && olderThanDays >= KEEP_DAYS_MIN) return olderThanDays;
  const place = { caller: 'prune', path: 'olderThanDays' };
  throw createMistake(place, `a number of days, at least ${KEEP_DAYS_MIN}: a pruned key is free again`, olderThanDays);
}

/** Parses whose events to erase. */
export function readPerson(given: unknown): Person {
  const caller = 'erase';
  const { email, userId } = readFields(given, { caller, path: 'person' });
  const person = {
    email: readOptional(email, { caller, path: 'email' }, readString)?.trim().toLowerCase() ?? null,
    userId: readOptional(userId, { caller, path: 'userId' }, readId)?.toLowerCase() ?? null,
  };
  if (person.email === null && person.userId === null)
    throw createMistake({ caller, path: 'person' }, 'given by "email" or "userId"', given);
  return person;
}
