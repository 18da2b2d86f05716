/**
 * The site's own referrals: its keys, dates and rules.
 */
import { COOKIE_DAYS } from '../../cookie.js';
import type { Kind } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { createMistake, optional, parseAs, parsePositive, parseWord, readOptions, required } from '../input/index.js';
import { isStoreWith, type Store } from '../store/index.js';
import { createReferrals, digestKey, digestPerson, type Known, type Person, type Touch } from './referrals.js';

export type { Touch } from './referrals.js';

/** A code stored until its person is known. */
export interface BookedReferral {
  /** The referral code. */
  readonly ucc: string;
  /** What it was for; `null` if unknown. */
  readonly kind: Kind | null;
  /** When it happened. */
  readonly at: Date;
  /** Browsers claim several codes under this key; this is the newest. Absent if there is no conflict. */
  readonly conflict?: true;
}

/** The options of `createReferralStore`. */
export interface ReferralStoreOptions {
  /** Where to store the referrals. */
  readonly store: Pick<Store, 'records'>;
  /** How long a referral is kept after it was saved, in days. Default: 90. */
  readonly days?: number | undefined;
  /** Which code wins if a key gets two: the `first` or the `last`, by when it happened. Default: `last`. */
  readonly touch?: Touch | undefined;
}

/** A referral, under a key that the site chooses. */
export interface SaveInput {
  /** What identifies the person later: an e-mail address, a CRM's id, a booking's id. */
  readonly key: string;
  /** The referral code. */
  readonly ucc: string;
  readonly kind?: Kind | null | undefined;
  /** When it happened: a `Date`, or a message's `at`. Default: now. A future time counts as now. */
  readonly at?: Date | string | undefined;
}

/** Stores which code a demo was booked with, until it is attended. */
export interface ReferralStore {
  /**
   * Stores a referral under a key; if there are two, `touch` decides which one is kept.
   *
   * @returns The referral that is stored now.
   * @throws {TypeError} If the input is invalid; names the field.
   */
  save(input: SaveInput): Promise<BookedReferral>;
  /**
   * Finds a key's referral; `null` if there is none or it has expired. E-mail addresses are matched case-insensitively.
   */
  find(key: string): Promise<BookedReferral | null>;
  /** Removes a key's referral, for a privacy request. Returns whether there was one. */
  erase(key: string): Promise<boolean>;
}

const DAY_MS = 86_400_000;

const OPTIONS = {
  store: required('a store such as memoryStore()', parseAs(isStoreWith('records'))),
  days: optional(COOKIE_DAYS, 'a number of days above 0', parsePositive),
  touch: optional('last' as const, '"first" or "last"', parseWord('first', 'last')),
};

/**
 * Remembers which code belongs to whom, from today's message to next week's sign-up or attended demo. Keys are stored
 * as SHA-256 fingerprints: the table contains no e-mail address.
 *
 * @example
 * const referrals = createReferralStore({ store: sqliteStore(new Database('cello.db')) });
 * await referrals.save({ key: 'ada@example.com', ucc: 'pNRB1aYqArN', kind: 'demo' });
 * const referral = await referrals.find('Ada@example.com'); // { ucc: 'pNRB1aYqArN', kind: 'demo', at: … }
 * @throws {TypeError} If an option is invalid; names the option.
 */
export function createReferralStore(options: ReferralStoreOptions): ReferralStore {
  const { store, days, touch } = readOptions('createReferralStore', options, OPTIONS);
  const referrals = createReferrals(store.records);
  const rule = { touch, keepMs: Math.round(days * DAY_MS) };
  return {
    async save(input) {
      const key = checkKey(input.key);
      const save = parseSave(input);
      return show(await referrals.save(await digestKey(key), await describePerson(key), save, rule));
    },
    async find(key) {
      const known = await referrals.find([await digestKey(checkKey(key))]);
      return known && show(known);
    },
    erase: async (key) => referrals.erase(await digestKey(checkKey(key))),
  };
}

const at = (path: string) => ({ caller: 'referrals', path });

function checkKey(key: unknown): string {
  if (typeof key !== 'string' || !key.trim()) throw createMistake(at('key'), 'a text that is not empty', key);
  return key;
}

/** An e-mail address or an id identifies a person; a booking's id does not, and nobody looks it up as one. */
const describePerson = (key: string): Promise<Person> =>
  key.includes('@') ? digestPerson(key, null) : digestPerson(null, key);

const show = ({ ucc, kind, atMs, isConflict }: Known): BookedReferral => ({
  ucc,
  kind,
  at: new Date(atMs),
  ...(isConflict ? { conflict: true } : {}),
});

function parseSave({ ucc, kind = null, at: when = new Date() }: SaveInput): {
  ucc: string;
  kind: Kind | null;
  atMs: number;
} {
  const code = parseUcc(ucc);
  if (!code) throw createMistake(at('ucc'), 'a referral code', ucc);
  if (kind !== null && kind !== 'signup' && kind !== 'demo')
    throw createMistake(at('kind'), '"signup", "demo" or null', kind);
  const atMs = new Date(when).getTime();
  if (Number.isNaN(atMs)) throw createMistake(at('at'), 'a Date or a timestamp', when);
  return { ucc: code, kind, atMs };
}
