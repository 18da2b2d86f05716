/**
 * One line of the check list.
 */
import type { Snapshot } from '../snapshot.js';

/**
 * `problem`: a code or a message gets lost. `warning`: one may get lost. `note`: worth knowing. `fine`: it works, as far as
 * this page shows.
 */
export type Level = 'problem' | 'warning' | 'note' | 'fine';

export interface Finding {
  /** Which check says so. It stays the same from one version to the next. */
  readonly id: string;
  readonly level: Level;
  /** What is the case. */
  readonly text: string;
  /** What to do about it; `null`: nothing. */
  readonly advice: string | null;
}

/** Looks at one part of a snapshot. Finds nothing, one thing, or several. */
export type Check = (snapshot: Snapshot) => readonly Finding[];

const create =
  (level: Level) =>
  (id: string, text: string, advice: string): Finding => ({ id, level, text, advice });

export const problem = create('problem');
export const warning = create('warning');
export const note = create('note');
export const fine = (id: string, text: string): Finding => ({ id, level: 'fine', text, advice: null });

/** `a, b and c`. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;

/** A notice as a sentence: with a capital, and a full stop if there is no other end. */
export function sentence(text: string): string {
  const whole = text.startsWith('data-') ? `the attribute ${text}` : text;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}${/[.?!]$/.test(whole) ? '' : '.'}`;
}
