/**
 * Where a code comes from, and which of several codes to trust.
 */
import { parseUcc } from '../../ucc.js';
import { type FoundUcc, fetchUcc, findUcc } from '../http/index.js';
import { isFields } from '../input/index.js';

/**
 * Where a code comes from, strongest first: the site itself, the person's request, auth metadata, a booking, a
 * browser's claim.
 */
export type Evidence = 'given' | 'form' | 'cookie' | 'metadata' | 'booking' | 'claim';

/** A code and its source. */
export interface Found {
  readonly ucc: string;
  readonly evidence: Evidence;
  /** Browsers claim other codes as well. */
  readonly isConflict: boolean;
}

const ORDER: readonly Evidence[] = ['given', 'form', 'cookie', 'metadata', 'booking', 'claim'];

/** The best of several; between equals, the first. */
export function chooseBest(found: readonly (Found | null)[]): Found | null {
  for (const evidence of ORDER) {
    const best = found.find((one) => one?.evidence === evidence);
    if (best) return best;
  }
  return null;
}

/** Parses a stored code. */
export function parseFound(value: unknown): Found | null {
  if (!isFields(value)) return null;
  const ucc = parseUcc(value['ucc']);
  const evidence = ORDER.find((one) => one === value['evidence']);
  return ucc && evidence ? { ucc, evidence, isConflict: value['isConflict'] === true } : null;
}

/**
 * A code from the site's own data. A malformed one counts as none: a bad database row is not a programmer's mistake.
 */
export function findCode(value: unknown, evidence: Evidence): Found | null {
  const ucc = parseUcc(value);
  return ucc === null ? null : { ucc, evidence, isConflict: false };
}

/** The code in an auth provider's metadata, put there by the site's browser code. */
export const findInMetadata = (metadata: unknown): Found | null =>
  isFields(metadata) ? (findCode(metadata['ucc'], 'metadata') ?? findCode(metadata['cello_ucc'], 'metadata')) : null;

const show = (found: FoundUcc | null): Found | null => found && { ...found, isConflict: false };

/** Whether a source is a fetch `Request` whose body has not been read yet. */
const isUnread = (source: unknown): boolean =>
  isFields(source) && source['bodyUsed'] === false && isFields(source['body']);

/**
 * Finds the code in the person's request. Synchronous unless a body still has to be read.
 *
 * @throws {TypeError} If the source is nothing that `readUcc` accepts.
 */
export function findInFrom(from: unknown, field: string): Found | null | Promise<Found | null> {
  const place = { caller: 'createAttribution', path: 'from' };
  return isUnread(from) ? fetchUcc(from, field, place).then(show) : show(findUcc(from, field, place));
}
