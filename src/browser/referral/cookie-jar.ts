/**
 * The browser's cookies: the only file that knows js-cookie.
 */
import Cookies from 'js-cookie';
import { findCookies } from '../../cookie.js';
import { outdateCookies, readCookies, write } from '../page/index.js';

/** Values pass through unchanged: `src/cookie.ts` has already encoded ours, and decoding Cello's again would damage it. */
const cookies = /* @__PURE__ */ Cookies.withConverter<string>({ read: (value) => value, write: (value) => value });

export interface CookieJar {
  /** Every value of that name as of the last look, raw; cookies of one name for the host and the domain come side by side. */
  readonly get: (name: string) => string[];
  /**
   * Writes a cookie, replacing its variants on other domains, and reads it back. If the browser rejects the domain, the
   * cookie is written for this host alone.
   *
   * @returns Whether the browser has it now.
   */
  readonly set: (name: string, value: string, days: number) => boolean;
  /** Removes a cookie and all its variants. */
  readonly remove: (name: string) => void;
  /**
   * The domain of our cookie, e.g. `example.com`; `undefined`: this host alone, or not known yet.
   *
   * @param mayProbe - Whether cookies may be written to find out. If not, the result is what the site configured.
   */
  readonly domain: (mayProbe: boolean) => string | undefined;
}

/** The domains of a host, widest first: `['example.com', 'www.example.com']`. None for an IP address or a single label. */
function domainsOf(host: string): string[] {
  const labels = host.split('.');
  return /^[\d.]+$|:/.test(host) ? [] : labels.slice(1).map((_, index) => labels.slice(-2 - index).join('.'));
}

/** The attributes that may follow a cookie's value. */
interface Attributes {
  readonly expires: number;
  readonly domain?: string;
  readonly path: '/';
  readonly sameSite: 'Lax';
  readonly secure: boolean;
}

/** In a sandboxed frame `document.cookie` itself throws: https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie */
function attempt<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    return null; // SecurityError: no cookies in this frame. TypeError: js-cookie on a page that breaks it
  }
}

/** For pages on which js-cookie throws. The attributes are ours, so none of them needs escaping. */
const writeText = (name: string, value: string, { expires, domain, path, sameSite, secure }: Attributes): string => {
  const end = new Date(Date.now() + expires * 86_400_000).toUTCString();
  const rest = `${domain ? `; domain=${domain}` : ''}${secure ? '; secure' : ''}`;
  return `${name}=${value}; path=${path}; expires=${end}; samesite=${sameSite}${rest}`;
};

/**
 * Writes one cookie. js-cookie assigns to `document.cookie`, which a `<form name=cookie>` hides, and throws on what
 * libraries add to `Object.prototype`; the prototype's setter is never hidden.
 */
function put(name: string, value: string, attributes: Attributes): void {
  const text = attempt(() => cookies.set(name, value, attributes));
  if (!text || Object.getOwnPropertyDescriptor(document, 'cookie'))
    attempt(() => write(document, 'cookie', text ?? writeText(name, value, attributes)));
  outdateCookies();
}

/** Every value of a name, raw. js-cookie returns only one, so we read the cookies ourselves. */
const get = (name: string): string[] => findCookies(readCookies(), name);

/**
 * @param cookieDomain - `auto`, `host`, or a domain.
 * @returns A jar that never throws: without cookies, it is empty.
 */
export function openCookieJar(cookieDomain: string, { hostname, protocol }: Location = location): CookieJar {
  const domains = domainsOf(hostname);
  const attributes = { path: '/', sameSite: 'Lax', secure: protocol === 'https:' } as const;
  const putUnder = (domain: string | undefined, name: string, value: string, expires: number) =>
    put(name, value, { ...attributes, expires, ...(domain && { domain }) });
  const remove = (name: string) => {
    for (const domain of new Set([undefined, ...domains, ...(fixed ? [fixed] : [])])) putUnder(domain, name, '', -1);
  };
  const accepts = (domain: string): boolean => {
    const name = 'cello-companion-probe';
    putUnder(domain, name, '1', 1);
    const isTaken = get(name).length > 0;
    if (isTaken) putUnder(domain, name, '', -1);
    return isTaken;
  };
  const fixed = /^(auto|host)$/.test(cookieDomain) ? undefined : cookieDomain;
  const candidates = cookieDomain === 'host' ? [] : fixed ? [fixed] : domains;
  let probed: { readonly domain: string | undefined } | undefined;
  const domain = (mayProbe: boolean): string | undefined => {
    if (cookieDomain === 'host') return undefined;
    if (!mayProbe) return probed ? probed.domain : fixed;
    probed ??= { domain: candidates.find(accepts) };
    return probed.domain;
  };
  return {
    get,
    set(name, value, days) {
      if (get(name).length) remove(name);
      const isKept = (under: string | undefined): boolean => {
        putUnder(under, name, value, days);
        return get(name).includes(value);
      };
      // Our own cookie is its own probe: in most cases, the first one that is written stays.
      const widest = (probed ? [] : candidates).find(isKept);
      const isTaken = widest !== undefined || isKept(probed?.domain);
      if (isTaken) probed ??= { domain: widest };
      return isTaken;
    },
    remove,
    domain,
  };
}
