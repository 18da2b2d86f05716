/** A stage for one outbox: its clock, its storage and its network are in the test's hand. */
import type { Message } from 'cello-companion/server';
import { type OutboxWorld, openOutbox } from '../../dist/browser/messages/outbox.js';
import type { Outcome } from '../../dist/browser/messages/transport.js';
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

export const ARRIVED: Outcome = { is: 'arrived', isToForget: false };
export const BROKEN: Outcome = { is: 'open', reason: 'network', retryAfterMs: 0 };
export const held = (retryAfterMs: number): Outcome => ({ is: 'open', reason: 'status 503', retryAfterMs });

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
    answers: [] as Outcome[],
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
          ...given,
          ...more,
        },
        {
          onDelivered: ({ id }) => stage.delivered.push(id),
          onFailed: ({ id }, reason, isFinal) => stage.failed.push([id, reason, isFinal]),
        },
      ),
    make: (number: number) => submission(number, stage.nowMs),
  };
  return stage;
}

/** Lets every promise go on that can. */
export const flushPromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
