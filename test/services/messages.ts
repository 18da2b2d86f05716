/**
 * Messages as the browser sends them, each with an id of its own.
 */
import { randomUUID } from 'node:crypto';
import type { Capture, Submission } from 'cello-companion/server';

const common = () => ({
  v: 1 as const,
  id: randomUUID(),
  ucc: 'pNRB1aYqArN',
  source: 'cello' as const,
  at: '2026-11-23T15:04:05.000Z',
  page: '/signup',
});

export const capture = (changes: Partial<Capture> = {}): Capture => ({ ...common(), type: 'capture', ...changes });

export const submission = (changes: Partial<Submission> = {}): Submission => ({
  ...common(),
  type: 'submission',
  kind: 'signup',
  form: 'signup-form',
  via: 'form',
  fields: { email: 'ada@example.com' },
  ...changes,
});

/** The headers of a message from the endpoint's own origin. */
export const OWN = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' } as const;
