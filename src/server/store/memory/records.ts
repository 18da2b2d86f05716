/**
 * Versioned records, in memory. The contract is records.ts.
 */
import { type Change, type NewRecord, PERSON_MAX, type Records, type StoredRecord } from '../records.js';

/** The most claims, oldest removed first: about 50 MB at worst, so that a flood cannot fill the memory. */
const CLAIMS_MAX = 100_000;

interface Row extends StoredRecord {
  readonly changedMs: number;
}

const peopleOf = ({ email, user }: NewRecord): readonly string[] => [email, user].filter((one) => one !== null);

/** Sets of keys, grouped by a value that several records share. */
function createIndex() {
  const sets = new Map<string, Set<string>>();
  return {
    add(name: string, key: string) {
      const set = sets.get(name) ?? new Set();
      sets.set(name, set.add(key));
    },
    delete(name: string, key: string) {
      const set = sets.get(name);
      set?.delete(key);
      if (!set?.size) sets.delete(name);
    },
    keys: (name: string): readonly string[] => [...(sets.get(name) ?? [])],
  };
}

/** The rows with their indexes. */
function createTable() {
  const rows = new Map<string, Row>();
  const people = createIndex();
  const claims = new Set<string>(); // oldest first
  const due = new Set<string>();
  const done = new Set<string>();
  const forgotten = new Set<string>(); // records that expire at some time
  const place = (set: Set<string>, key: string, isIn: boolean) => (isIn ? set.add(key) : set.delete(key));

  const remove = (key: string): void => {
    const row = rows.get(key);
    if (!row) return;
    for (const person of peopleOf(row)) people.delete(person, key);
    for (const set of [claims, due, done, forgotten]) set.delete(key);
    rows.delete(key);
  };
  const put = (row: Row): void => {
    const { key, stage, dueMs, forgetAfterMs } = row;
    for (const person of peopleOf(rows.get(key) ?? row)) people.delete(person, key);
    for (const person of peopleOf(row)) people.add(person, key);
    place(claims, key, stage === 'claim');
    place(done, key, stage === 'done');
    place(due, key, dueMs !== null);
    place(forgotten, key, forgetAfterMs !== null);
    rows.set(key, row);
    const [oldest] = claims;
    if (claims.size > CLAIMS_MAX && oldest !== undefined) remove(oldest);
  };
  const pick = (keys: Iterable<string>): Row[] => [...keys].flatMap((key) => rows.get(key) ?? []);
  return { rows, people, due, done, forgotten, put, remove, pick };
}

/** Keeps records in memory. */
export function createMemoryRecords(clock: () => number): Records {
  const { rows, people, due, done, forgotten, put, remove, pick } = createTable();
  const isStale = ({ key, version }: Change) => version !== 'any' && version !== (rows.get(key)?.version ?? 0);
  return {
    now: clock,
    async find(keys) {
      return pick(new Set(keys));
    },
    async findByPerson(fingerprint) {
      return pick(people.keys(fingerprint).slice(-PERSON_MAX));
    },
    async listDue(limit) {
      const nowMs = clock();
      const list = pick(due).filter(({ dueMs }) => dueMs !== null && dueMs <= nowMs);
      return list.sort((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0)).slice(0, limit);
    },
    async commit(changes) {
      if (changes.some(isStale)) return false;
      for (const { key, next } of changes) {
        const version = (rows.get(key)?.version ?? 0) + 1;
        if (next) put({ ...next, key, version, changedMs: clock() });
        else remove(key);
      }
      return true;
    },
    async purge(limit) {
      const nowMs = clock();
      const old = pick(forgotten).filter(({ forgetAfterMs }) => (forgetAfterMs ?? nowMs) <= nowMs);
      for (const { key } of old.slice(0, limit)) remove(key);
      return Math.min(old.length, limit);
    },
    async prune(olderThanMs, limit) {
      const old = pick(done).filter(({ changedMs }) => changedMs <= clock() - olderThanMs);
      for (const { key } of old.slice(0, limit)) remove(key);
      return Math.min(old.length, limit);
    },
    async countDue() {
      return due.size;
    },
    async scrub() {},
  };
}
