// What plain Node leaves to its user: bodies, answers, cookies of one's own.

const BODY_MAX_BYTES = 16_384;

async function readText(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) throw new RangeError('The body is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A submitted form: `application/x-www-form-urlencoded`. */
export const readForm = async (request) => new URLSearchParams(await readText(request));

/** A JSON object; `{}` where there is none. */
export async function readJson(request) {
  try {
    const value = JSON.parse(await readText(request));
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The address that the browser asked for: the site's origin, as a visitor writes it. */
export const readUrl = (request) => new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);

/** The value of one of the site's own cookies; `null` where it is not set. */
export function readCookie(request, name) {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** Adds a `Set-Cookie`: HttpOnly, Lax, for the session. A site on https adds `Secure`. */
export const setCookie = (response, name, value) =>
  response.appendHeader('Set-Cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`);

/** The companion needs nothing beyond `'self'`; the rest is for Cello's own script, if it is the real one. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' https://assets.sandbox.cello.so",
  "connect-src 'self' https://*.cello.so",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a page with Cal.com's calendar needs besides: its frame, and the styles that its script writes into the page. */
export const allowCalendar = (origin) => `frame-src ${origin}; style-src 'self' 'unsafe-inline'; img-src 'self' data:`;

export function sendHtml(response, html, status = 200, allowed = '') {
  response.appendHeader('Content-Security-Policy', allowed ? `${POLICY}; ${allowed}` : POLICY);
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(html);
}

export function sendJson(response, value, status = 200) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

/** Sends the browser on, by GET: after a form this keeps a reload from posting again. */
export function redirect(response, location) {
  response.writeHead(303, { Location: location, 'Cache-Control': 'no-store' }).end();
}
