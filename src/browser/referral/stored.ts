/**
 * What we store about a code between pages: our own cookie.
 */
import { COOKIE, forget, newestRemembered, type Remembered, writeRemembered } from '../../cookie.js';
import { parseTime } from '../../message.js';
import { hashUcc } from '../../ucc.js';
import type { CookieJar } from './cookie-jar.js';

export interface Stored {
  /** What our cookie says; `null` if there is none, or it has expired. */
  readonly read: () => Remembered | null;
  /**
   * Stores a code and returns whether it is stored now; always true if nothing is to be kept. A cookie that already holds the
   * code is left alone: rewriting the server's cookie would put it under Safari's cap again.
   */
  readonly write: (found: Omit<Remembered, 'forgotten'> & { readonly ucc: string }) => boolean;
  /** Keeps only the hash of a code, to recognize it as forgotten. */
  readonly forget: (uccs: readonly string[], at: string) => void;
  /** Deletes everything we store. */
  readonly erase: () => void;
}

const DAY_MS = 86_400_000;

/**
 * @param jar - The browser's cookies.
 * @param days - How long a code is kept, counted from the link. 0: nothing is stored or read.
 */
export function openStored(jar: CookieJar, days: number, now: () => number = Date.now): Stored {
  const put = (remembered: Remembered): boolean => days <= 0 || jar.set(COOKIE, writeRemembered(remembered), days);
  const read = () => {
    const remembered = days > 0 ? newestRemembered(jar.get(COOKIE), now()) : null;
    const isOver = remembered && parseTime(remembered.at) + days * DAY_MS < now();
    return isOver ? null : remembered;
  };
  return {
    read,
    write(found) {
      const before = read();
      const forgotten = (before?.forgotten ?? []).filter((hash) => hash !== hashUcc(found.ucc));
      return before?.ucc === found.ucc || put({ ...found, forgotten });
    },
    forget(uccs, at) {
      let remembered = forget(null, at, read());
      for (const ucc of uccs) remembered = forget(ucc, at, remembered);
      put(remembered);
    },
    erase() {
      if (jar.get(COOKIE).length) jar.remove(COOKIE);
    },
  };
}
