/**
 * The browser's cookies: the only file that knows js-cookie.
 */
import Cookies from 'js-cookie';
import { findCookies } from '../../cookie.js';
import { read } from '../dom.js';

/** Values go in and out as they are: `src/cookie.ts` has encoded them, and Cello's cookie is not ours to decode twice. */
const jar = /* @__PURE__ */ Cookies.withConverter<string>({ read: (value) => value, write: (value) => value });

export interface CookieJar {
  /** Every value of that name, raw; the host's and the domain's cookie of one name come side by side. */
  readonly get: (name: string) => string[];
  /** Writes a cookie, replacing its variants of other domains. Where cookies are blocked nothing happens. */
  readonly set: (name: string, value: string, days: number) => void;
  /** Removes a cookie with all its variants. */
  readonly remove: (name: string) => void;
  /** The domain our cookie stands under, e.g. `example.com`; `undefined`: this host alone. Probes on its first call. */
  readonly domain: () => string | undefined;
}

/** The domains of a host, widest first: `['example.com', 'www.example.com']`. None for an IP address or one label. */
function domainsOf(host: string): string[] {
  const labels = host.split('.');
  return /^[\d.]+$|:/.test(host) ? [] : labels.slice(1).map((_, index) => labels.slice(-2 - index).join('.'));
}

/**
 * @param cookieDomain - `auto`, `host`, or a domain.
 * @returns A jar that never throws: in a sandboxed frame `document.cookie` itself throws a `SecurityError`
 *   (https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie), and then the jar is empty.
 */
export function openCookieJar(cookieDomain: string, { hostname, protocol }: Location = location): CookieJar {
  const domains = domainsOf(hostname);
  const attributes = { path: '/', sameSite: 'Lax', secure: protocol === 'https:' } as const;
  const quietly = <T>(access: () => T, blocked: T): T => {
    try {
      return access();
    } catch {
      return blocked; // SecurityError: no cookies in this frame
    }
  };
  // js-cookie gives one value a name and trips over an `<img name=cookie>`, so reading goes past both.
  const get = (name: string) => quietly(() => findCookies(read(document, 'cookie'), name), []);
  const put = (name: string, value: string, expires: number, domain?: string) =>
    quietly(() => void jar.set(name, value, { ...attributes, expires, ...(domain && { domain }) }), undefined);
  const remove = (name: string) => {
    for (const domain of [undefined, ...domains]) put(name, '', -1, domain);
  };
  let probed: { readonly domain: string | undefined } | undefined;
  const domain = (): string | undefined => {
    if (cookieDomain !== 'auto') return cookieDomain === 'host' ? undefined : cookieDomain;
    probed ??= {
      domain: domains.find((candidate) => {
        put('cello-companion-probe', '1', 1, candidate);
        const isTaken = get('cello-companion-probe').length > 0;
        if (isTaken) put('cello-companion-probe', '', -1, candidate);
        return isTaken;
      }),
    };
    return probed.domain;
  };
  return {
    get,
    set(name, value, days) {
      remove(name);
      put(name, value, days, domain());
    },
    remove,
    domain,
  };
}
