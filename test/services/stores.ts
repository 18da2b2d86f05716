/**
 * The stores, each with a clock that the test turns, so that each behaviour is written once and run over all.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, type Store, sqliteStore } from 'cello-companion/server';
import { test as base, type Postgres } from './postgres.js';
import { HANDLES } from './sqlite.js';

export interface OpenStore {
  readonly store: Store;
  /** Turns the store's clock forward. */
  pass(ms: number): void;
  close(): void;
}

export interface StoreKind {
  readonly name: string;
  open(postgres: Postgres): Promise<OpenStore>;
}

const createClock = () => {
  let passedMs = 0;
  return {
    clock: () => Date.now() + passedMs,
    pass: (ms: number) => {
      passedMs += ms;
    },
  };
};

const memory: StoreKind = {
  name: 'memory',
  open: async () => {
    const { clock, pass } = createClock();
    return { store: memoryStore({ clock }), pass, close: () => {} };
  },
};

const sqlite = HANDLES.map(
  (handle): StoreKind => ({
    name: `SQLite by ${handle.name}`,
    open: async () => {
      const { clock, pass } = createClock();
      const folder = createFolder();
      const db = handle.open(join(folder.path, 'cello.db'));
      return {
        store: sqliteStore(db, { clock }),
        pass,
        close: () => {
          db.close();
          folder.remove();
        },
      };
    },
  }),
);

const postgresql: StoreKind = {
  name: 'PostgreSQL',
  open: async (postgres) => {
    const { clock, pass } = createClock();
    return { store: await postgres.openTables(clock), pass, close: () => {} };
  },
};

export const STORES = [memory, ...sqlite, postgresql] as const;

interface Fixtures {
  readonly kind: StoreKind;
  /** The test's own store, with nothing in it. */
  readonly kept: OpenStore;
}

export const test = base.extend<Fixtures>({
  kind: [memory, { option: true }],
  kept: async ({ kind, postgres }, use) => {
    const kept = await kind.open(postgres);
    await use(kept);
    await kept.close();
  },
});

/** Runs the tests inside once over each store. Their title is e.g. `with the SQLite by libsql store`. */
export function inEachStore(title: string, define: () => void): void {
  for (const kind of STORES)
    test.describe(`${title} the ${kind.name} store`, () => {
      test.use({ kind });
      define();
    });
}

/** A folder of the test's own. */
export function createFolder() {
  const path = mkdtempSync(join(tmpdir(), 'cello-companion-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
