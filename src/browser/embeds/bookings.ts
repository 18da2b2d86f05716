/**
 * Bookings and submissions in widgets: each is one message, however often and by however many paths it is said.
 */
import type { Kind } from '../../message.js';
import { makeIdOf } from '../messages/index.js';
import { textIn } from './heard.js';
import type { Embed, Heard, Host } from './vendor.js';

const REF_MAX = 255;

export interface Bookings {
  /**
   * Reports what was heard, once.
   *
   * @param source - Where it was said: of what has no id, each source says one thing.
   */
  readonly tell: (embed: Embed, heard: Heard, kind: Kind | null, source: object | null) => void;
}

/** Of what is known about a person, what the option `include` asks for. */
function pick(fields: Readonly<Record<string, unknown>>, include: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    include.flatMap((word) => {
      const text = textIn(fields, word);
      return text?.trim() ? [[word, text]] : [];
    }),
  );
}

export function createBookings({ include, tell }: Pick<Host, 'include' | 'tell'>): Bookings {
  const told = new Set<string>();
  /** Sources that have said something; `true`: it had no id, and what comes next with an id is the same. */
  const sources = new WeakMap<object, boolean>();
  const isRepeat = (unique: string | null, source: object | null): boolean => {
    const isBare = source ? sources.get(source) : undefined;
    return unique ? isBare || told.has(unique) : isBare !== undefined;
  };
  return {
    tell({ vendor: { word } }, { ref = null, key = null, fields = {} }, kind, source) {
      const unique = ref ?? key;
      const name = unique && `${word} ${unique}`;
      const isKnown = isRepeat(name, source);
      const message = {
        kind,
        form: null,
        via: word,
        ref: ref && ref.length <= REF_MAX ? ref : null,
        fields: pick(fields, include),
        id: name ? makeIdOf(name) : undefined,
      };
      if (!isKnown && !tell(message)) return;
      if (name) told.add(name);
      if (source) sources.set(source, !name);
    },
  };
}
