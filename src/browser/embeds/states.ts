/**
 * What is known of each widget: it carries the code, or why not. Said once, and again when it changes.
 */
import { announce, type Log } from '../page/index.js';
import type { EmbedState } from './vendor.js';

export interface States {
  /** The widget carries this code. */
  readonly carried: (embed: string, element: Element | null, ucc: string) => void;
  /** It does not, and why. */
  readonly failed: (embed: string, element: Element | null, reason: string) => void;
  readonly list: () => readonly EmbedState[];
}

interface Entry {
  readonly embed: string;
  /** Held weakly: a long-lived page discards widgets without telling us. `null`: it has no element. */
  readonly ref: WeakRef<Element> | null;
  readonly text: string;
  readonly reason: string | null;
}

export function createStates(log: Log): States {
  const byElement = new WeakMap<Element, Entry>();
  const withoutElement = new Map<string, Entry>();
  const refs = new Set<WeakRef<Element>>();
  /** Whether this is new. */
  const set = (embed: string, element: Element | null, text: string, reason: string | null): boolean => {
    const before = element ? byElement.get(element) : withoutElement.get(embed);
    const ref = element && (before?.ref ?? new WeakRef(element));
    const entry = { embed, ref, text, reason };
    if (element && ref) byElement.set(element, entry);
    else withoutElement.set(embed, entry);
    if (ref) refs.add(ref);
    return before?.text !== text || before.embed !== embed;
  };
  return {
    carried(embed, element, ucc) {
      if (!set(embed, element, `+${ucc}`, null)) return;
      log.debug(`${embed}: carries the code`, element);
      announce('carried', { embed, element });
    },
    failed(embed, element, reason) {
      if (!set(embed, element, reason, reason)) return;
      log.debug(`${embed}: ${reason}`, element);
      announce('failed', { id: null, type: 'embed', reason: `${embed}: ${reason}` });
    },
    list() {
      const elements = [...refs].flatMap((ref) => {
        const element = ref.deref();
        if (!element?.isConnected) refs.delete(ref);
        return element?.isConnected ? element : [];
      });
      const entries = [...elements.flatMap((element) => byElement.get(element) ?? []), ...withoutElement.values()];
      return entries.map(({ embed, ref, reason }) => ({ embed, element: ref?.deref() ?? null, reason }));
    },
  };
}
