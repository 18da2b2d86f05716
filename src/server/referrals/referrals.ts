/**
 * Which code belongs to which key: what the site itself saved, and what browsers claim. One record per key.
 */
import { COOKIE_DAYS } from '../../cookie.js';
import type { Kind } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { isFields } from '../input/index.js';
import { sha256 } from '../sha256.js';
import type { NewRecord, Records, StoredRecord } from '../store/index.js';

/** Which of two codes saved by the site is kept: the first or the last. */
export type Touch = 'first' | 'last';

/** A code under a key. */
interface Saved {
  readonly ucc: string;
  readonly kind: Kind | null;
  readonly atMs: number;
  /** When it expires. */
  readonly untilMs: number;
}

/** What is stored under a key. */
interface Contents {
  readonly site: Saved | null;
  /** One per code, newest first. */
  readonly claims: readonly Saved[];
}

/** What is known about a key. */
export interface Known {
  readonly ucc: string;
  readonly kind: Kind | null;
  readonly atMs: number;
  /** Whether it comes from a browser rather than from the site. */
  readonly isClaim: boolean;
  /** Whether browsers claim several codes. Never if the site has saved one. */
  readonly isConflict: boolean;
}

/** How long before its arrival a browser may say that something happened: no message waits longer in a browser. */
export const CLAIM_AGE_MS = 48 * 3_600_000;

/** How long a claim is kept after it arrived: as long as the cookie that it came from. */
const CLAIM_MS = COOKIE_DAYS * 86_400_000;

/** Two are enough for a conflict; with a few more, the newest one left is still real when others expire. */
const CLAIMS_MAX = 4;

/** How often a write is retried when others write under the same key. */
const TRIES_MAX = 50;

const NOTHING: Contents = { site: null, claims: [] };

/**
 * A key's fingerprint. A form and a CRM may spell the same e-mail address differently; in an id without `@`, case may
 * matter.
 */
export function digestKey(key: string): Promise<string> {
  const trimmed = key.trim();
  return sha256(trimmed.includes('@') ? trimmed.toLowerCase() : trimmed);
}

/**
 * The fingerprints that find a person's records. The id is case-insensitive, because an erasure request may spell it
 * differently. A lookup by id under `digestKey` is case-sensitive.
 */
export async function digestPerson(email: string | null, id: string | null): Promise<Person> {
  return {
    email: email === null ? null : await digestKey(email),
    user: id === null ? null : await sha256(id.trim().toLowerCase()),
  };
}

/** The key of the record. */
export const nameReferral = (digest: string): string => `referral:${digest}`;

function parseSaved(value: unknown): Saved | null {
  if (!isFields(value)) return null;
  const { kind, atMs, untilMs } = value;
  const ucc = parseUcc(value['ucc']);
  if (!ucc || typeof atMs !== 'number' || typeof untilMs !== 'number') return null;
  return { ucc, kind: kind === 'signup' || kind === 'demo' ? kind : null, atMs, untilMs };
}

function parseContents(body: string | undefined, nowMs: number): Contents {
  if (body === undefined) return NOTHING;
  const value: unknown = JSON.parse(body);
  if (!isFields(value)) return NOTHING;
  const isAlive = (saved: Saved | null): saved is Saved => saved !== null && saved.untilMs > nowMs;
  const site = parseSaved(value['site']);
  const claims = Array.isArray(value['claims']) ? value['claims'].map(parseSaved) : [];
  return { site: isAlive(site) ? site : null, claims: claims.filter(isAlive) };
}

/** By when it happened, not by when it arrived: messages arrive late and out of order. */
const isReplaced = (standing: Saved, next: Saved, touch: Touch): boolean =>
  touch === 'last' ? next.atMs >= standing.atMs : next.atMs < standing.atMs;

const byAge = (a: Saved, b: Saved): number => b.atMs - a.atMs;

function addClaim(claims: readonly Saved[], claim: Saved): readonly Saved[] {
  const same = claims.find(({ ucc }) => ucc === claim.ucc);
  const newest = same && same.atMs > claim.atMs ? { ...claim, atMs: same.atMs } : claim;
  const others = claims.filter(({ ucc }) => ucc !== claim.ucc);
  // The latest arrivals make room: otherwise a flood under one address would push out the claim that was there first.
  return [...others.slice(-CLAIMS_MAX + 1), newest].sort(byAge);
}

const show = ({ ucc, kind, atMs }: Saved, isClaim: boolean, isConflict: boolean): Known => ({
  ucc,
  kind,
  atMs,
  isClaim,
  isConflict,
});

/** What the contents mean: the site's code, otherwise the newest claim. */
function readKnown({ site, claims }: Contents): Known | null {
  if (site) return show(site, false, false);
  const [newest] = claims;
  return newest ? show(newest, true, claims.length > 1) : null;
}

function writeRecord(contents: Contents, person: Person): NewRecord {
  const { site, claims } = contents;
  return {
    ...person,
    body: JSON.stringify(contents),
    dueMs: null,
    forgetAfterMs: Math.max(...[site, ...claims].map((saved) => saved?.untilMs ?? 0)),
    stage: site ? 'open' : 'claim',
  };
}

/** A person's fingerprints. */
export interface Person {
  readonly email: string | null;
  readonly user: string | null;
}

/** What to save under a key. */
export interface Save {
  readonly ucc: string;
  readonly kind: Kind | null;
  readonly atMs: number;
}

/** The referrals of a store. Keys are fingerprints. */
export interface Referrals {
  /** Stores what the site says. Returns what is stored now. */
  save(digest: string, person: Person, save: Save, rule: { touch: Touch; keepMs: number }): Promise<Known>;
  /** Stores what a browser claims. */
  claim(digest: string, person: Person, save: Save): Promise<void>;
  /** What is known under these keys: codes from the site first, then the newest. */
  find(digests: readonly string[]): Promise<Known | null>;
  /** Removes what is stored there. Returns whether there was anything. */
  erase(digest: string): Promise<boolean>;
}

/** Opens the referrals of a store. */
export function createReferrals(records: Records): Referrals {
  const read = async (digest: string): Promise<StoredRecord | undefined> =>
    (await records.find([nameReferral(digest)]))[0];

  const change = async (digest: string, person: Person, edit: (contents: Contents) => Contents): Promise<Contents> => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const standing = await read(digest);
      const contents = edit(parseContents(standing?.body, records.now()));
      const { email = null, user = null } = standing ?? {};
      const next = writeRecord(contents, { email: email ?? person.email, user: user ?? person.user });
      if (await records.commit([{ key: nameReferral(digest), version: standing?.version ?? 0, next }])) return contents;
    }
    throw new Error('[cello-companion] too many concurrent writes under one key');
  };

  return {
    async save(digest, person, { ucc, kind, atMs }, { touch, keepMs }) {
      const nowMs = records.now();
      const next = { ucc, kind, atMs: Math.min(atMs, nowMs), untilMs: nowMs + keepMs };
      const contents = await change(digest, person, ({ site, claims }) => ({
        site: site && !isReplaced(site, next, touch) ? site : next,
        claims,
      }));
      return show(contents.site ?? next, false, false);
    },
    async claim(digest, person, { ucc, kind, atMs }) {
      const nowMs = records.now();
      const heardMs = Math.max(nowMs - CLAIM_AGE_MS, Math.min(atMs, nowMs));
      const claim = { ucc, kind, atMs: heardMs, untilMs: nowMs + CLAIM_MS };
      await change(digest, person, ({ site, claims }) => ({ site, claims: addClaim(claims, claim) }));
    },
    async find(digests) {
      const found = await records.find(digests.map(nameReferral));
      const all = found.map(({ body }) => parseContents(body, records.now()));
      const [site = null] = all.flatMap((contents) => contents.site ?? []).sort(byAge);
      return readKnown({
        site,
        claims: all
          .flatMap(({ claims }) => claims)
          .sort(byAge)
          .filter(isFirstOfCode),
      });
    },
    async erase(digest) {
      const standing = await read(digest);
      const wasThere = readKnown(parseContents(standing?.body, records.now())) !== null;
      await records.commit([{ key: nameReferral(digest), version: 'any', next: null }]);
      await records.scrub();
      return wasThere;
    },
  };
}

const isFirstOfCode = ({ ucc }: Saved, place: number, all: readonly Saved[]): boolean =>
  all.findIndex((one) => one.ucc === ucc) === place;
