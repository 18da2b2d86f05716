/**
 * Where a code comes from, and which of several is believed.
 */
import { parseUcc } from '../../ucc.js';
import { type FoundUcc, fetchUcc, findUcc } from '../http/index.js';
import { isFields } from '../input/index.js';

/** What a code is known by, the best first: the site's own word, the person's request, signed data, a browser's claim. */
export type Evidence = 'given' | 'form' | 'cookie' | 'metadata' | 'booking' | 'claim';

/** A code with what it is known by. */
export interface Found {
  readonly ucc: string;
  readonly evidence: Evidence;
  /** Browsers claim other codes too. */
  readonly isConflict: boolean;
}

const ORDER: readonly Evidence[] = ['given', 'form', 'cookie', 'metadata', 'booking', 'claim'];

/** The best of several; of equals the first. */
export function chooseBest(found: readonly (Found | null)[]): Found | null {
  for (const evidence of ORDER) {
    const best = found.find((one) => one?.evidence === evidence);
    if (best) return best;
  }
  return null;
}

/** Reads what a store kept of it. */
export function parseFound(value: unknown): Found | null {
  if (!isFields(value)) return null;
  const ucc = parseUcc(value['ucc']);
  const evidence = ORDER.find((one) => one === value['evidence']);
  return ucc && evidence ? { ucc, evidence, isConflict: value['isConflict'] === true } : null;
}

/** A code of the site's own data. A malformed one is none: a row of a database is no programmer's mistake. */
export function findCode(value: unknown, evidence: Evidence): Found | null {
  const ucc = parseUcc(value);
  return ucc === null ? null : { ucc, evidence, isConflict: false };
}

/** The code in an auth provider's metadata, which the site's browser call has put there. */
export const findInMetadata = (metadata: unknown): Found | null =>
  isFields(metadata) ? (findCode(metadata['ucc'], 'metadata') ?? findCode(metadata['cello_ucc'], 'metadata')) : null;

const show = (found: FoundUcc | null): Found | null => found && { ...found, isConflict: false };

/** Whether a source is a fetch `Request` whose body still has to be waited for. */
const isUnread = (source: unknown): boolean =>
  isFields(source) && source['bodyUsed'] === false && isFields(source['body']);

/**
 * Finds the code in what came with the person's request. At once, where there is no body that still has to be read.
 *
 * @throws {TypeError} If the source is nothing that `readUcc` knows.
 */
export function findInFrom(from: unknown, field: string): Found | null | Promise<Found | null> {
  const place = { caller: 'createAttribution', path: 'from' };
  return isUnread(from) ? fetchUcc(from, field, place).then(show) : show(findUcc(from, field, place));
}
