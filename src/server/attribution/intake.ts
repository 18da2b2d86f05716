/**
 * Reads the objects of a site without letting them throw: a lazy field of an ORM, or a revoked `Proxy`, may throw at any
 * access.
 */
import { isFields } from '../input/index.js';
import type { Fields } from './kept.js';

/** Reports what goes wrong with a value. */
export type Tell = (error: unknown) => void;

/** A copy of an object. */
export interface Intake {
  /** The fields; what came, if it is not an object. */
  readonly value: unknown;
  /** The fields that could not be read; all of them if the object itself could not be. */
  readonly unread: ReadonlySet<string>;
}

/** Runs work on the site's data; what it throws is reported, and counts as absent. */
export function readSafely<T>(work: () => T, tell: Tell): T | null {
  try {
    return work();
  } catch (error) {
    tell(error);
    return null;
  }
}

/**
 * Copies the named fields of an object, including those of its class, and the names of its own other fields. A field that
 * throws is reported, and left out.
 */
export function takeIn(value: unknown, names: readonly string[], tell: Tell): Intake {
  const own = readSafely(() => (isFields(value) ? Object.keys(value) : 'none'), tell);
  if (own === 'none') return { value, unread: new Set() };
  if (own === null) return { value: {}, unread: new Set(names) };
  const unread = new Set<string>();
  const fields: Record<string, unknown> = Object.fromEntries(own.map((name) => [name, undefined]));
  for (const name of names)
    try {
      fields[name] = Reflect.get(Object(value), name);
    } catch (error) {
      tell(error);
      unread.add(name);
    }
  return { value: fields, unread };
}

/** The fields of a copy; none if it is not an object. */
export const readTaken = ({ value }: Intake): Fields => (isFields(value) ? value : {});
