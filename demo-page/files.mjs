// The files that a browser asks for. On a site they come from its own server, or from a CDN of its own.
import { existsSync, readFileSync } from 'node:fs';

const TYPES = { css: 'text/css', js: 'text/javascript', map: 'application/json', svg: 'image/svg+xml' };

const SCRIPT = import.meta.resolve('cello-companion/script');
const EMBEDS = import.meta.resolve('cello-companion/script-embeds');

/** Cal.com's own script, where the tests' set-up has installed it. It is not ours to ship: without it a plain frame does. */
const CALCOM = new URL('../test/libraries/node_modules/@calcom/embed-core/dist/embed/embed.js', import.meta.url);

const FILES = {
  '/cello-companion.js': SCRIPT,
  '/cello-companion.js.map': `${SCRIPT}.map`,
  '/cello-companion.embeds.js': EMBEDS,
  '/cello-companion.embeds.js.map': `${EMBEDS}.map`,
  '/cello-companion.inspector.js': new URL('cello-companion.inspector.js', SCRIPT),
  '/calcom/embed.js': CALCOM,
  '/cello-attribution.js': new URL('../stand-ins/cello-attribution.js', import.meta.url),
  ...Object.fromEntries(
    ['/lintel.css', '/favicon.svg', '/start.js', '/link.js', '/invitation.js', '/calendar.js'].map((path) => [
      path,
      fromHere(`public${path}`),
    ]),
  ),
  ...Object.fromEntries(
    ['/inspector/panel.css', '/inspector/panel.js', '/inspector/recorder.js'].map((path) => [
      path,
      fromHere(`.${path}`),
    ]),
  ),
};

function fromHere(path) {
  return new URL(path, import.meta.url);
}

const sendFile = (path, url) => (request, response) => {
  // The inspector's switch: a blocker cuts the connection before anything arrives.
  if (request.url.endsWith('?blocked')) return request.socket.destroy();
  if (!existsSync(new URL(url))) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': TYPES[path.split('.').at(-1)], 'Cache-Control': 'no-cache' });
  response.end(readFileSync(new URL(url)));
};

/** The routes of all files. */
export const createFiles = () =>
  Object.fromEntries(Object.entries(FILES).map(([path, url]) => [`GET ${path}`, sendFile(path, url)]));
