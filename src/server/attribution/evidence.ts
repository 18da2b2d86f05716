/**
 * Where a code comes from, and which of several codes to trust.
 */
import { isAbsent, parseUcc } from '../../ucc.js';
import { type FoundUcc, fetchUcc, findUcc } from '../http/index.js';
import { isFields } from '../input/index.js';
import { readSafely, readTaken, type Tell, takeIn } from './intake.js';

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
  /** It came in a parameter that sites use themselves, such as `utm_content`: it may be no code at all. */
  readonly isDoubtful?: boolean;
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
  if (!ucc || !evidence) return null;
  return { ucc, evidence, isConflict: value['isConflict'] === true, isDoubtful: value['isDoubtful'] === true };
}

/** Where a value of the site comes from, e.g. `signup: "ucc"`, and who is told that it is unusable. */
export interface Origin {
  readonly name: string;
  readonly tell: Tell;
}

const tellUnusable = ({ name, tell }: Origin, expected: string): null => {
  tell(new Error(`[cello-companion] ${name} is not ${expected}; it counts as absent`));
  return null;
};

/**
 * A code from the site's own data; of a repeated field, the first valid one. A malformed one is reported and counts as
 * none: a bad database row is not a programmer's mistake.
 */
export function findCode(value: unknown, evidence: Evidence, origin: Origin): Found | null {
  const values = readSafely((): readonly unknown[] => (Array.isArray(value) ? [...value] : [value]), origin.tell) ?? [];
  for (const one of values) {
    const ucc = parseUcc(one);
    if (ucc !== null) return { ucc, evidence, isConflict: false };
  }
  return values.every(isAbsent) ? null : tellUnusable(origin, 'a referral code');
}

/** A column of JSON that the site has not parsed. */
function parseJson(text: string, origin: Origin): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return tellUnusable(origin, 'an object, or JSON'); // SyntaxError, whose message would quote the text
  }
}

const METADATA_NAMES = ['ucc', 'cello_ucc'];

/** The code in an auth provider's metadata, put there by the site's browser code: an object, or its JSON. */
export function findInMetadata(metadata: unknown, origin: Origin): Found | null {
  const { name, tell } = origin;
  const parsed = typeof metadata === 'string' && !isAbsent(metadata) ? parseJson(metadata, origin) : metadata;
  const fields = readTaken(takeIn(parsed, METADATA_NAMES, tell));
  for (const field of METADATA_NAMES) {
    const found = findCode(fields[field], 'metadata', { name: `${name}.${field}`, tell });
    if (found) return found;
  }
  return null;
}

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
