/**
 * The attributes `data-embeds` and `data-embed-origins` of the script tag.
 */
import type { Log } from '../page/index.js';
import { CARRIER, type Embed, isCarrier, readOrigin } from './vendor.js';
import { VENDORS } from './vendors.js';
import { watchEmbeds } from './watching.js';

/** The words of an attribute; `null` if there are none, or one that the parser refuses: that is said, once. */
function readWords<T>(text: string, label: string, log: Log, parse: (word: string) => T | null): T[] | null {
  const words = text.split(/[\s,]+/).filter(Boolean);
  const found = words.flatMap((word) => parse(word) ?? []);
  if (found.length < words.length) log.warn(`${label}, got ${JSON.stringify(text).slice(0, 80)}`);
  return found.length < words.length || !found.length ? null : found;
}

/**
 * Reads the attributes. A bad value is named, and the default kept: all vendors with their default carriers.
 *
 * @param attributes - All attributes of the tag.
 */
export function readEmbeds(attributes: ReadonlyMap<string, string>, log: Log): readonly Embed[] {
  const text = (attributes.get('data-embeds') ?? 'auto').trim();
  const origins =
    readWords(attributes.get('data-embed-origins') ?? '', 'data-embed-origins must be origins', log, readOrigin) ?? [];
  const readWord = (word: string): Embed | null => {
    const [name, carrier] = word.split(/:(.*)/s);
    const vendor = VENDORS.find((one) => one.word === name);
    if (!vendor || (carrier !== undefined && !isCarrier(carrier))) return null;
    return { vendor, carrier: carrier ?? vendor.carrier ?? CARRIER, origins, watch: watchEmbeds };
  };
  const auto = VENDORS.flatMap(({ word }) => readWord(word) ?? []);
  if (text === 'none') return [];
  if (text === 'auto') return auto;
  return (
    readWords(text, 'data-embeds must be "auto", "none" or vendors such as "calendly:utm_term"', log, readWord) ?? auto
  );
}
