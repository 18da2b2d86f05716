/**
 * Which hosts belong to the site: forms that post there may carry the code.
 */

/** What is known about the site. */
export interface Site {
  /** The page's own host, without the port. */
  readonly hostname: string;
  /** The option `links`: exact hosts, including the port if they have one. */
  readonly links: readonly string[];
  /**
   * The domain of our cookie; `undefined` while unknown, or if the cookie is for the host alone. Never guessed from labels:
   * `a.co.uk` and `b.co.uk` are two companies (https://publicsuffix.org).
   */
  readonly domain: string | undefined;
}

/**
 * Whether a host belongs to the site. Ports are ignored where cookies ignore them.
 *
 * @param host - As `URL` gives it: lower case, with its port if that is not the default.
 */
export function isOwnHost(host: string, site: Site): boolean {
  const name = host.replace(/:\d+$/, '');
  if (site.links.includes(host) || name === site.hostname) return true;
  const { domain } = site; // read last: finding it out may cost a cookie
  return domain !== undefined && `.${name}`.endsWith(`.${domain}`);
}
