/**
 * The site's side of the referrals: its own keys, its dates, its rules.
 */
import { COOKIE_DAYS } from '../../cookie.js';
import type { Kind } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { createMistake, optional, parseAs, parsePositive, parseWord, readOptions, required } from '../input/index.js';
import { isStoreWith, type Store } from '../store/index.js';
import { createReferrals, digestKey, digestPerson, type Known, type Person, type Touch } from './referrals.js';

export type { Touch } from './referrals.js';

/** A code that waits for its person to be known. */
export interface BookedReferral {
  /** The referral code. */
  readonly ucc: string;
  /** What it was for; `null` where nobody said. */
  readonly kind: Kind | null;
  /** When it happened. */
  readonly at: Date;
  /** Browsers claim several codes under this key; this is the newest. Absent where there is no doubt. */
  readonly conflict?: true;
}

/** What `createReferralStore` is told. */
export interface ReferralStoreOptions {
  /** Where the referrals are kept. */
  readonly store: Pick<Store, 'records'>;
  /** How long a referral is kept from the day it was saved, in days. Default: 90. */
  readonly days?: number | undefined;
  /** Which code stays if a key gets two: the `first` or the `last`, by when it happened. Default: `last`. */
  readonly touch?: Touch | undefined;
}

/** A referral under a key of the site's choice. */
export interface SaveInput {
  /** What the person will be found by: an e-mail address, a CRM's id, a booking's id. */
  readonly key: string;
  /** The referral code. */
  readonly ucc: string;
  readonly kind?: Kind | null | undefined;
  /** When it happened: a `Date`, or a message's `at`. Default: now. A time to come counts as now. */
  readonly at?: Date | string | undefined;
}

/** Which code booked a demo, until it is attended. */
export interface ReferralStore {
  /**
   * Keeps a referral under a key; of two the one that `touch` says.
   *
   * @returns The one that stands there now.
   * @throws {TypeError} If something is malformed, by name.
   */
  save(input: SaveInput): Promise<BookedReferral>;
  /** Finds the referral of a key, `null` if there is none or its days are over. An e-mail address in any case of letters. */
  find(key: string): Promise<BookedReferral | null>;
  /** Removes what stands under a key, for a privacy request. Gives back whether there was something. */
  erase(key: string): Promise<boolean>;
}

const DAY_MS = 86_400_000;

const OPTIONS = {
  store: required('a store such as memoryStore()', parseAs(isStoreWith('records'))),
  days: optional(COOKIE_DAYS, 'a number of days above 0', parsePositive),
  touch: optional('last' as const, '"first" or "last"', parseWord('first', 'last')),
};

/**
 * Keeps which code belongs to whom, from the message of today to the sign-up or the attended demo of next week. Keys
 * are kept as SHA-256 fingerprints: the table holds no e-mail address.
 *
 * @example
 * const referrals = createReferralStore({ store: sqliteStore(new Database('cello.db')) });
 * await referrals.save({ key: 'ada@example.com', ucc: 'pNRB1aYqArN', kind: 'demo' });
 * const referral = await referrals.find('Ada@example.com'); // { ucc: 'pNRB1aYqArN', kind: 'demo', at: … }
 * @throws {TypeError} If an option is wrong, by name.
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

/** An address and an id are each its person's; a booking's id is nobody's, and nobody looks for it as such. */
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
