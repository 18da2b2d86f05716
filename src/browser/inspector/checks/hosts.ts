/**
 * What the host in an address says about it.
 */

const TEST_WORDS =
  /(^|[.-])(dev|develop|test|testing|stag|stage|staging|preview|sandbox|qa|uat|local|int|next|beta)\d*([.-]|$)/;
const TEST_PLACES =
  /(^|\.)(localhost|test|local|internal|example|invalid|vercel\.app|netlify\.app|pages\.dev|web\.app|herokuapp\.com|ngrok(-free)?\.(app|dev|io)|webflow\.io|framer\.app|stackblitz\.io|webcontainer\.io|github\.dev)$/;

/** Whether a host looks like a place where a site is tried out, not like the site that visitors see. */
export const isTestHost = (hostname: string): boolean =>
  !hostname.includes('.') || /^[\d.]+$|:/.test(hostname) || TEST_WORDS.test(hostname) || TEST_PLACES.test(hostname);

/** Whether a host has others beside it: `www.example.com`, but not `localhost` or an IP address. */
export const hasNeighbours = (hostname: string): boolean =>
  hostname.split('.').length > 2 && !/^[\d.]+$|:/.test(hostname);
