/**
 * The code that counts now: what was seen and heard of on this page, and who is told when it changes.
 */
import type { Remembered } from '../../cookie.js';
import type { Found } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { chooseCode } from './precedence.js';

/** Where to look. All of it is read anew at each look. */
export interface Places {
  readonly link: () => { readonly ucc: string; readonly openedMs: number } | null;
  readonly celloCookie: () => string | null;
  readonly remembered: () => Remembered | null;
  readonly nowMs: () => number;
}

export interface Current {
  /** The code as of the last look. */
  readonly get: () => Found | null;
  /** Looks everywhere anew. Whoever follows is told of another code before this returns. */
  readonly look: () => Found | null;
  /** Takes what Cello's script answered. An empty answer changes nothing. */
  readonly hear: (answer: unknown) => void;
  /** Takes a code from elsewhere; it counts until a newer link comes. */
  readonly set: (ucc: string) => void;
  /** Takes none of the codes in sight again, on this page. Gives all that were forgotten so far. */
  readonly forget: () => string[];
  /** From here on there is no code, and nobody is told. */
  readonly stop: () => void;
}

/** Who is told. */
export interface Followers {
  /** A router brought another link than before: Cello has to be asked again. */
  readonly onNewLink: () => void;
  /** Another code counts; `null`: none any more. */
  readonly onChange: (found: Found | null) => void;
}

/**
 * @param mayFind - Whether a code may be found at all. Where it may not, there is none, and no place is read.
 */
export function createCurrent(places: Places, mayFind: () => boolean, { onNewLink, onChange }: Followers): Current {
  const forgotten = new Set<string>();
  let current: Found | null = null;
  let manual: string | null = null;
  let answer: string | null = null;
  let outdated: string | null = null;
  let lastLink: string | null | undefined;
  let isRouted = false;
  let isStopped = false;

  const notice = (ucc: string | null) => {
    if (lastLink !== undefined && ucc && ucc !== lastLink) {
      manual = null;
      isRouted = true;
      outdated = answer;
      onNewLink();
    }
    lastLink = ucc ?? lastLink ?? null;
  };
  const choose = (): Found | null => {
    const link = places.link();
    notice(link?.ucc ?? null);
    const [cookie, remembered, nowMs] = [places.celloCookie(), places.remembered(), places.nowMs()];
    return chooseCode({ manual, answer, outdated, link, isRouted, cookie, remembered, forgotten, nowMs });
  };
  return {
    get: () => current,
    look() {
      if (isStopped) return null;
      const found = mayFind() ? choose() : null;
      const isOther = found?.ucc !== current?.ucc;
      // What was stored a moment ago is no new place: the code stays where it was found.
      if (isOther || found?.source !== 'memory') current = found;
      if (isOther) onChange(current);
      return current;
    },
    hear(value) {
      answer = parseUcc(value) ?? answer;
    },
    set(ucc) {
      isRouted = false;
      forgotten.delete(ucc);
      manual = ucc;
    },
    forget() {
      const inSight = [manual, answer, places.link()?.ucc, places.celloCookie(), places.remembered()?.ucc];
      manual = null;
      for (const ucc of inSight) if (ucc) forgotten.add(ucc);
      return [...forgotten];
    },
    stop() {
      isStopped = true;
      current = null;
    },
  };
}
