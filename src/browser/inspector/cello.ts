/**
 * Cello's own script, seen from outside: its tags, and whether it answers.
 */
import { parseUcc } from '../../ucc.js';
import { attribute, findAll } from '../page/index.js';
import type { CelloState, CelloTag } from './snapshot.js';

/** `wrong`: a name found in other people's instructions, under which Cello serves nothing. */
function fileOf({ host, pathname }: URL): CelloTag['file'] | null {
  if (/cello-attribution[^/]*\.js$/.test(pathname)) return 'attribution';
  if (!/(^|\.)assets\.(sandbox\.)?cello\.so$/.test(host)) return null;
  return /\/app\//.test(pathname) ? 'widget' : 'wrong';
}

/** What the browser measured of a file that it loaded. */
function readTiming(url: string): Pick<CelloTag, 'status' | 'loadedMs'> {
  const entry: PerformanceEntry | undefined = performance.getEntriesByName?.(url, 'resource')[0];
  const status: unknown = entry && Reflect.get(entry, 'responseStatus');
  const end: unknown = entry && Reflect.get(entry, 'responseEnd');
  return {
    status: typeof status === 'number' ? status : 0,
    loadedMs: typeof end === 'number' && end > 0 ? Math.round(end) : null,
  };
}

function readTag(src: string): CelloTag[] {
  const url = new URL(src, document.baseURI);
  const file = fileOf(url);
  if (!file) return [];
  const isSandbox = url.host === 'assets.sandbox.cello.so';
  return [{ src: `${url.origin}${url.pathname}`, file, isSandbox, ...readTiming(url.href) }];
}

const readTags = (): CelloTag[] =>
  findAll(document, 'script[src]').flatMap((tag) => {
    try {
      return readTag(attribute(tag, 'src') ?? '');
    } catch {
      return []; // TypeError: not a URL
    }
  });

export interface CelloWatch {
  readonly read: () => CelloState;
  /** Resolves when Cello has answered, or after so many milliseconds. */
  readonly settled: (waitMs: number) => Promise<void>;
}

/**
 * Asks Cello's script what it tells the companion, and keeps an eye on it. It is never asked without consent.
 *
 * @param mayAsk - Whether the visitor's consent allows it.
 */
export function watchCello(mayAsk: () => boolean): CelloWatch {
  let asked: unknown;
  let answer: 'waiting' | 'code' | 'none' | 'error' = 'waiting';
  let answeredMs: number | null = null;
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const settle = (said: typeof answer) => {
    answer = said;
    answeredMs ??= Math.round(performance.now());
    reach();
  };
  const ask = () => {
    const attribution = window.CelloAttribution;
    if (typeof attribution !== 'function' || asked === attribution || !mayAsk()) return;
    asked = attribution;
    try {
      Promise.resolve(attribution.call(window, 'getUcc')).then(
        (value: unknown) => settle(parseUcc(value) ? 'code' : 'none'),
        () => settle('error'),
      );
    } catch {
      settle('error');
    }
  };
  const read = (): CelloState => {
    ask();
    return {
      tags: readTags(),
      answer: mayAsk() ? answer : 'off',
      answeredMs,
      isThere: typeof window.CelloAttribution === 'function',
    };
  };
  return {
    read,
    async settled(waitMs) {
      ask();
      await Promise.race([reached, new Promise<void>((resolve) => setTimeout(resolve, waitMs))]);
    },
  };
}
