/** Attribution over a store, and what its outbox was given. */
import {
  type Attribution,
  type AttributionOptions,
  type CelloEvent,
  createAttribution,
  type Store,
  type Submission,
} from 'cello-companion/server';
import { submission } from './messages.js';

export const UCC = 'pNRB1aYqArN';
export const ADA = { id: 'user-1', email: 'ada@example.com', name: 'Ada' };

export interface Attributed {
  readonly attribution: Attribution;
  /** The events that were taken, each key once. */
  readonly events: readonly CelloEvent[];
  /** The keys of them. */
  readonly keys: readonly string[];
  /** What `onError` was told. */
  readonly errors: readonly unknown[];
}

/** The messages of what `onError` was told. */
export const listMessages = ({ errors }: Attributed): readonly string[] =>
  errors.map((error) => (error instanceof Error ? error.message : String(error)));

/** Makes attribution whose events can be looked at on any store. */
export function attribute(store: Store, options: Partial<AttributionOptions> = {}): Attributed {
  const events: CelloEvent[] = [];
  const keys: string[] = [];
  const errors: unknown[] = [];
  const add: Store['events']['add'] = (entry, db) => {
    const adding = store.events.add(entry, db);
    return adding.then((isNew) => {
      if (!isNew) return false;
      events.push(JSON.parse(entry.body));
      keys.push(entry.key);
      return true;
    });
  };
  const attribution = createAttribution({
    store: { ...store, events: { ...store.events, add } },
    send: async () => null,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { attribution, events, keys, errors };
}

/** What a browser says of a person. */
export const claimOf = (email: string, ucc: string, more: Partial<Submission> = {}): Submission =>
  submission({ ucc, at: new Date().toISOString(), fields: { email }, ...more });
