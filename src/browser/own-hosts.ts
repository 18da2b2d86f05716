/**
 * Which hosts are the site's own: forms that post there may carry the code.
 */

/** What is known of the site. */
export interface Site {
  /** The page's own host, without port. */
  readonly hostname: string;
  /** The option `links`: exact hosts, with their port where they have one. */
  readonly links: readonly string[];
  /**
   * The domain of our cookie; `undefined` while it is unknown, or the host alone. Never guessed from labels: `a.co.uk`
   * and `b.co.uk` are two companies (https://publicsuffix.org).
   */
  readonly domain: string | undefined;
}

/**
 * Whether a host is the site's own. Ports are ignored where cookies ignore them.
 *
 * @param host - As `URL` gives it: lower-case, with its port where that is not the default.
 */
export function isOwnHost(host: string, { hostname, links, domain }: Site): boolean {
  const name = host.replace(/:\d+$/, '');
  return links.includes(host) || name === hostname || (domain !== undefined && `.${name}`.endsWith(`.${domain}`));
}
