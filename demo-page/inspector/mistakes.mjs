// What people get wrong when they set this up, made on purpose: the page is then really wrong, and the inspector's answer real.

/** What a mistake makes of the tag of our script. */
const TAGS = {
  attribute: ['data-endpoint=', 'data-endpont='],
  consent: ['data-endpoint=', 'data-consent="pending" data-endpoint='],
};

/** What was done, in a few words. What comes of it, the inspector says. */
const DONE = {
  none: '',
  attribute: 'The tag says data-endpont instead of data-endpoint.',
  endpoint: 'The endpoint does not know this page’s origin.',
  policy: 'The page’s Content Security Policy forbids requests to the endpoint.',
  consent: 'The consent manager has not answered yet.',
};

/**
 * @param mistake - One of `MISTAKES` in walks.mjs.
 * @param host - The page's own, with its port.
 * @returns What was done, what the page's policy says besides, and `change(html)`, which makes it.
 */
export const makeMistake = (mistake, host) => ({
  done: DONE[mistake],
  // The demo's own requests go on: it is the endpoint that is forgotten.
  policy: mistake === 'policy' ? `connect-src http://${host}/inspector/ https://*.cello.so` : '',
  change: (html) => (mistake in TAGS ? html.replace(...TAGS[mistake]) : html),
});
