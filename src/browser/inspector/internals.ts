/**
 * What a companion hands to the inspector, and how we know that it is that.
 */
import { INTERNALS } from '../api.js';
import type { Core } from '../companion.js';
import type { Embeds } from '../embeds/index.js';
import type { Forms } from '../forms/index.js';

/** The parts of a running companion. We read them, and change nothing. */
export interface Internals extends Core {
  readonly forms: Forms;
  readonly embeds: Embeds | undefined;
}

const PARTS: readonly string[] = [
  'settings',
  'log',
  'consent',
  'finder',
  'messenger',
  'storing',
  'forms',
  'embeds',
] satisfies (keyof Internals)[];

const isInternals = (value: unknown): value is Internals =>
  typeof value === 'object' && value !== null && PARTS.every((part) => part in value);

/** What there is to know about a companion: its parts, or why there are none. */
export type Known =
  | { readonly is: 'running'; readonly parts: Internals }
  | { readonly is: 'inert' | 'other' | 'absent'; readonly parts?: never };

/** @param companion - Anything: what `start()` gave, or nothing. */
export function readInternals(companion: unknown): Known {
  if (typeof companion !== 'object' || companion === null) return { is: 'absent' };
  const parts: unknown = Reflect.get(companion, INTERNALS);
  if (isInternals(parts)) return { is: 'running', parts };
  return { is: parts === undefined ? 'inert' : 'other' };
}
