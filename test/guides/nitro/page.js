const SCRIPT = '<script async src="/cello-companion.js" data-endpoint="/api/cello" data-include="email"></script>';

/** A page of the site, with its script. */
export const draw = (body) =>
  new Response(`<!doctype html><html lang="en"><head>${SCRIPT}</head><body>${body}</body></html>`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
