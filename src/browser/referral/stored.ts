/**
 * What we keep of a code between pages: our own cookie.
 */
import { COOKIE, forget, newestRemembered, type Remembered, writeRemembered } from '../../cookie.js';
import { parseTime } from '../../message.js';
import { hashUcc } from '../../ucc.js';
import type { CookieJar } from './cookie-jar.js';

export interface Stored {
  /** What our cookie says; `null` where there is none, or it has outlived its days. */
  readonly read: () => Remembered | null;
  /** Keeps a code. Gives whether it is kept now, unless nothing is to be kept. A cookie that holds it already is left as it is: the server's would fall under Safari's cap again. */
  readonly write: (found: Omit<Remembered, 'forgotten'> & { readonly ucc: string }) => boolean;
  /** Keeps of a code only its hash, so that it is known as forgotten. */
  readonly forget: (uccs: readonly string[], at: string) => void;
  /** Deletes everything we keep. */
  readonly erase: () => void;
}

const DAY_MS = 86_400_000;

/**
 * @param jar - The browser's cookies.
 * @param days - How long a code is kept, from the link on. 0: nothing is kept or read.
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
