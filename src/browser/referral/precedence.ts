/**
 * Where a code may come from, and who wins: last touch, as far as a browser can tell.
 */
import { chooseStored, isForgotten, type Remembered } from '../../cookie.js';
import type { Found } from '../../message.js';
import { parseUcc } from '../../ucc.js';

/** What a source of codes looks at. All of it is read anew at each look. */
export interface Places<Link> {
  readonly link: () => Link | null;
  readonly celloCookie: () => string | null;
  readonly remembered: () => Remembered | null;
}

export interface Sources {
  /** Looks everywhere and decides. */
  readonly look: () => Found | null;
  /** Takes what Cello's script answered. An empty answer changes nothing. */
  readonly hear: (answer: unknown) => void;
  /** Takes a code from elsewhere; it holds until a newer link comes. */
  readonly set: (ucc: string) => void;
  /** Takes none of the codes in sight again, on this page. Gives them back. */
  readonly forget: () => string[];
}

/**
 * @param places - Where to look.
 * @param onNewLink - Called when a router brings another code than before: Cello has to be asked again.
 */
export function createSources<Link extends { readonly ucc: string; readonly openedMs: number }>(
  places: Places<Link>,
  onNewLink: () => void,
): Sources {
  const forgotten = new Set<string>();
  let manual: string | null = null;
  let answer: string | null = null;
  /** Cello's answer of before a newer link: only another one counts. */
  let outdated: string | null = null;
  let lastLink: string | null | undefined;
  /** Whether a router brought a link after the first look: newer than anything that was set by hand before. */
  let isRouted = false;

  const notice = (link: Link | null) => {
    if (lastLink !== undefined && link && link.ucc !== lastLink) {
      manual = null;
      isRouted = true;
      outdated = answer;
      onNewLink();
    }
    lastLink = link?.ucc ?? lastLink ?? null;
  };
  const look = (): Found | null => {
    const remembered = places.remembered();
    const link = places.link();
    const cookie = places.celloCookie();
    notice(link);
    const isNewLink = !!link && link.openedMs > Date.parse(remembered?.at ?? '');
    const isTaken = (ucc: string | null): ucc is string =>
      !!ucc && !forgotten.has(ucc) && (!isForgotten(ucc, remembered) || (isNewLink && link.ucc === ucc));
    if (manual) return { ucc: manual, source: 'manual' };
    const isCelloAsBefore = [answer, cookie].every((said) => !said || said === remembered?.cello);
    if (remembered?.ucc && remembered.manual && !isNewLink && isCelloAsBefore && !isRouted)
      return { ucc: remembered.ucc, source: 'memory' };
    if (isTaken(answer) && answer !== outdated) return { ucc: answer, source: 'cello' };
    if (link && isTaken(link.ucc)) return { ucc: link.ucc, source: 'address' };
    const source = chooseStored(remembered, isTaken(cookie) ? cookie : null);
    const ucc = source === 'memory' ? remembered?.ucc : cookie;
    return source && ucc && isTaken(ucc) ? { ucc, source } : null;
  };
  return {
    look,
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
  };
}
