/** A stage for one outbox: its clock, its storage and its network are in the test's hand. */
import type { Message } from 'cello-companion/server';
import { type OutboxWorld, openOutbox } from '../../dist/browser/messages/outbox.js';
import type { RecordStorage } from '../../dist/browser/messages/records.js';
import type { Delivery } from '../../dist/browser/messages/transport.js';
import { createStorage } from './world.js';

/** A submission with an id of its own, made at a time. */
export const submission = (number: number, atMs: number): Message => ({
  v: 1,
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  type: 'submission',
  ucc: 'pNRB1aYqArN',
  source: 'address',
  at: new Date(atMs).toISOString(),
  page: '/signup',
  kind: 'signup',
  form: null,
  via: 'form',
  fields: { email: 'ada@example.com' },
});

export const ARRIVED: Delivery = { is: 'arrived', isToForget: false };
export const BROKEN: Delivery = { is: 'open', reason: 'network', retryAfterMs: 0 };
export const held = (retryAfterMs: number): Delivery => ({ is: 'open', reason: 'status 503', retryAfterMs });

/** What a test sees of an outbox, and how it moves the world around it. */
export function createStage(given: Partial<OutboxWorld> = {}) {
  const stage = {
    nowMs: Date.parse('2026-11-23T12:00:00.000Z'),
    storage: createStorage(),
    /** Bodies in the order in which they were sent. */
    sent: [] as string[],
    blind: [] as string[],
    delivered: [] as string[],
    failed: [] as (readonly [string, string, boolean])[],
    /** How the next requests end; then they hang. */
    answers: [] as Delivery[],
    timers: [] as { atMs: number; work: () => void }[],
    /** How long after now the outbox wants to look again; `null`: never. */
    get nextMs(): number | null {
      const [first] = stage.timers;
      return first ? first.atMs - stage.nowMs : null;
    },
    get kept(): string[] {
      return Object.keys(stage.storage);
    },
    /** Lets time go by, and what it brings. */
    async pass(ms: number): Promise<void> {
      const endMs = stage.nowMs + ms;
      for (;;) {
        await flushPromises();
        stage.timers.sort((a, b) => a.atMs - b.atMs);
        const next = stage.timers[0];
        if (!next || next.atMs > endMs) break;
        stage.timers.shift();
        stage.nowMs = next.atMs;
        next.work();
      }
      stage.nowMs = endMs;
    },
    /** Opens an outbox on this stage: the first page's, or a later one's. */
    open: (more: Partial<OutboxWorld> = {}) =>
      openOutbox(
        {
          deliver: (body) => {
            stage.sent.push(body);
            const answer = stage.answers.shift();
            return answer ? Promise.resolve(answer) : new Promise(() => {});
          },
          deliverBlindly: (body) => stage.blind.push(body),
          storage: () => stage.storage,
          now: () => stage.nowMs,
          random: () => 0.5,
          later: (work, ms) => {
            const timer = { atMs: stage.nowMs + ms, work };
            stage.timers.push(timer);
            return () => {
              stage.timers = stage.timers.filter((one) => one !== timer);
            };
          },
          exclusively: (work) => work(),
          page: crypto.randomUUID(),
          settleMs: 0,
          ...given,
          ...more,
        },
        {
          onDelivered: ({ id }) => stage.delivered.push(id),
          onFailed: ({ id }, { reason, isFinal }) => stage.failed.push([id, reason, isFinal]),
        },
      ),
    make: (number: number) => submission(number, stage.nowMs),
  };
  return stage;
}

/**
 * A storage of which each tab sees what others write a little later, as where each tab has a process of its own.
 *
 * @returns Opens it for one more tab.
 */
export function createSlowStorage(now: () => number, delayMs: number): () => RecordStorage {
  const writes: { tab: number; atMs: number; key: string; value: string | null }[] = [];
  let tabs = 0;
  return () => {
    tabs += 1;
    const tab = tabs;
    const write = (key: string, value: string | null) => void writes.push({ tab, atMs: now(), key, value });
    const seen = () =>
      new Map(
        writes
          .filter((one) => one.tab === tab || one.atMs + delayMs <= now())
          .map((one) => [one.key, one.value] as const),
      );
    const own = {
      getItem: (key: string) => seen().get(key) ?? null,
      setItem: write,
      removeItem: (key: string) => write(key, null),
    };
    return new Proxy(own, {
      ownKeys: () => [...seen()].flatMap(([key, value]) => (value === null ? [] : key)),
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    });
  };
}

/** Lets every promise go on that can. */
export const flushPromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
