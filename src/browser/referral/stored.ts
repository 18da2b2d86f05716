/**
 * What we keep of a code between pages: our own cookie.
 */
import { COOKIE, forget, newestRemembered, type Remembered, writeRemembered } from '../../cookie.js';
import { hashUcc } from '../../ucc.js';
import type { CookieJar } from './cookie-jar.js';

export interface Stored {
  /** What our cookie says; `null` where there is none, or it has outlived its days. */
  readonly read: () => Remembered | null;
  /** Keeps a code. A cookie that holds it already is left as it is: the server's would fall under Safari's cap again. */
  readonly write: (found: Omit<Remembered, 'forgotten'> & { readonly ucc: string }) => void;
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
  const put = (remembered: Remembered) => {
    if (days > 0) jar.set(COOKIE, writeRemembered(remembered), days);
  };
  const read = () => {
    const remembered = days > 0 ? newestRemembered(jar.get(COOKIE)) : null;
    const isOver = remembered && Date.parse(remembered.at) + days * DAY_MS < now();
    return isOver ? null : remembered;
  };
  return {
    read,
    write(found) {
      const before = read();
      const forgotten = (before?.forgotten ?? []).filter((hash) => hash !== hashUcc(found.ucc));
      if (before?.ucc !== found.ucc) put({ ...found, forgotten });
    },
    forget(uccs, at) {
      put(uccs.reduce<Remembered>((before, ucc) => forget(ucc, at, before), forget(null, at, read())));
    },
    erase() {
      if (jar.get(COOKIE).length) jar.remove(COOKIE);
    },
  };
}
