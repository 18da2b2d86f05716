/**
 * What the outbox's tests have in common: a world without Cello, and the stores, each on that world's clock.
 */
import {
  CelloError,
  type CelloEvent,
  createOutbox,
  demoCallAttended,
  invoicePaid,
  memoryStore,
  newSignup,
  type Outbox,
  type OutboxOptions,
  type Store,
  sqliteStore,
} from 'cello-companion/server';
import { signupOf } from './people.js';
import { HANDLES } from './sqlite.js';

/** A world without Cello: a clock that stands until it is moved, and a `send` that does what it is told. */
export function createWorld() {
  const world = {
    nowMs: 1_700_000_000_000,
    sent: [] as string[],
    answers: new Map<string, unknown[]>(),
    clock: () => world.nowMs,
    async send(event: CelloEvent) {
      const name = nameOf(event);
      world.sent.push(name);
      const answer = world.answers.get(name)?.shift();
      if (answer instanceof Promise) await answer;
      if (answer instanceof Error) throw answer;
      return { requestId: 'request-1' };
    },
  };
  return world;
}

export const nameOf = ({ payload, context }: CelloEvent) => `${context.event.trigger}:${payload.newUserId}`;

export type World = ReturnType<typeof createWorld>;

export type StoreKind = readonly [name: string, create: (clock: () => number) => Pick<Store, 'events'>];

export const STORES: readonly StoreKind[] = [
  ['memory', (clock) => memoryStore({ clock })],
  ...HANDLES.map(
    ({ name, open }): StoreKind => [`SQLite by ${name}`, (clock) => sqliteStore(open(':memory:'), { clock })],
  ),
];

export const refused = new CelloError('POST /events: Cello answered 400: ucc is unknown', {
  reason: 'refused',
  status: 400,
});
export const failed = new CelloError('POST /events: Cello answered 500', {
  reason: 'busy',
  status: 500,
  ambiguous: true,
});
export const limited = new CelloError('429', { reason: 'busy', status: 429, retryAfterMs: 600_000 });

export const signup = (id: string) => newSignup(signupOf(id));
export const demo = (id: string) => demoCallAttended(signupOf(id));
export const invoice = (id: string, invoiceId: string) =>
  invoicePaid({
    ...signupOf(id),
    price: 1,
    currency: 'EUR',
    subscription: { invoiceId, interval: 'monthly', productKey: 'Pro' },
  });

/** Sends what is due now, and waits for it. */
export async function drain(outbox: Outbox): Promise<void> {
  outbox.start();
  await outbox.stop();
}

/** An outbox in a world of its own, and how it came to it. */
export interface Stage {
  readonly world: World;
  readonly store: Pick<Store, 'events'>;
  readonly outbox: Outbox;
  /** What `onError` was told. */
  readonly errors: unknown[];
}

/** Makes an outbox on a store. */
export function createStage([, createStore]: StoreKind, options: Partial<OutboxOptions> = {}): Stage {
  const world = createWorld();
  const errors: unknown[] = [];
  const store = options.store ?? createStore(world.clock);
  const { clock, send } = world;
  const rest = { onParked: () => {}, onError: (error: unknown) => errors.push(error), random: () => 0.5 };
  return { world, store, errors, outbox: createOutbox({ store, send, clock, ...rest, ...options }) };
}
