/**
 * The code that counts now: what this page has seen and heard, and who is notified when it changes.
 */
import type { Remembered } from '../../cookie.js';
import type { Found } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import { chooseCode, type Evidence } from './precedence.js';

/** Where to look. Every look reads all of it again. */
export interface Places {
  readonly link: () => { readonly ucc: string; readonly openedMs: number } | null;
  readonly celloCookie: () => string | null;
  readonly remembered: () => Remembered | null;
  readonly nowMs: () => number;
}

export interface Current {
  /** The code as of the last look. */
  readonly get: () => Found | null;
  /** What the last look saw, everywhere; `null` before the first. */
  readonly evidence: () => Evidence | null;
  /** Looks everywhere again. Followers are notified of a different code before this returns. */
  readonly look: () => Found | null;
  /** Takes the answer of Cello's script. An empty answer changes nothing. */
  readonly hear: (answer: unknown) => void;
  /** Sets a code from elsewhere; it counts until a newer link arrives. */
  readonly set: (ucc: string) => void;
  /** Stops using the codes now in sight on this page. Returns all the codes forgotten so far. */
  readonly forget: () => string[];
  /** From now on there is no code, and nobody is notified. */
  readonly stop: () => void;
}

/** Who is notified. */
export interface Followers {
  /** A router brought a different link: Cello must be asked again. */
  readonly onNewLink: () => void;
  /** A different code counts; `null`: none any more. */
  readonly onChange: (found: Found | null) => void;
}

/** @param mayFind - Whether we may look for a code at all. If not, there is none, and nothing is read. */
export function createCurrent(places: Places, mayFind: () => boolean, { onNewLink, onChange }: Followers): Current {
  const forgotten = new Set<string>();
  let current: Found | null = null;
  let manual: string | null = null;
  let answer: string | null = null;
  let outdated: string | null = null;
  let lastLink: string | null | undefined;
  let isRouted = false;
  let isStopped = false;
  let evidence: Evidence | null = null;

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
    evidence = { manual, answer, outdated, link, isRouted, cookie, remembered, forgotten, nowMs };
    return chooseCode(evidence);
  };
  return {
    get: () => current,
    evidence: () => evidence,
    look() {
      if (isStopped) return null;
      const found = mayFind() ? choose() : null;
      const isOther = found?.ucc !== current?.ucc;
      // What we just stored is not a new source: the code keeps the source where it was found.
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
