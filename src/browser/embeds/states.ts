/**
 * What is known of each widget: it carries the code, or why not. Said once, and again when it changes.
 */
import { announce, type Log } from '../page/index.js';
import type { Embed, EmbedState } from './vendor.js';

export interface States {
  /** The widget carries this code, or not; and what is in the way. */
  readonly note: (embed: Embed, element: Element | null, ucc: string, reason?: string, isCarried?: boolean) => void;
  /** Whether this element is known to carry the code. */
  readonly isCarried: (element: Element) => boolean;
  readonly list: () => readonly EmbedState[];
}

interface Entry {
  /** Held weakly: a long-lived page discards widgets without telling us. `null`: it has no element. */
  readonly ref: WeakRef<Element> | null;
  state: Omit<EmbedState, 'element'>;
  /** All that is known, in one text. */
  text: string;
}

export function createStates(log: Log): States {
  /** By the widget's element, or by its embed if it has none. */
  const entries = new WeakMap<object, Entry>();
  const all = new Set<Entry>();
  return {
    note(owner, element, ucc, reason = '', isCarried = !reason) {
      const embed = owner.vendor.word;
      const state = { embed, isCarried, reason: reason || null };
      const text = `${embed} ${isCarried} ${ucc} ${reason}`;
      const before = entries.get(element ?? owner);
      const entry = before ?? { ref: element && new WeakRef(element), state, text: '' };
      entries.set(element ?? owner, entry);
      all.add(entry);
      if (entry.text === text) return;
      Object.assign(entry, { state, text });
      log.debug(`${embed}: ${reason || 'carries the code'}`, element);
      if (isCarried) announce('carried', { embed, element });
      if (reason) announce('failed', { id: null, type: 'embed', reason: `${embed}: ${reason}` });
    },
    isCarried: (element) => !!entries.get(element)?.state.isCarried,
    list: () =>
      [...all].flatMap((entry) => {
        const element = entry.ref?.deref() ?? null;
        if (!entry.ref || element?.isConnected) return [{ ...entry.state, element }];
        all.delete(entry);
        return [];
      }),
  };
}
