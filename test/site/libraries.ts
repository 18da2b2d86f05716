/** The real libraries that pages use, served from this package's development dependencies. */
import { readFile } from 'node:fs/promises';
import type { Site } from './site.js';

const FILES = {
  jquery: 'jquery/dist/jquery.min.js',
  htmx: 'htmx.org/dist/htmx.min.js',
  turbo: '@hotwired/turbo/dist/turbo.es2017-umd.js',
};

/** Serves a library on the site, and gives the tag that loads it. */
export function serveLibrary(site: Site, name: keyof typeof FILES): string {
  const path = `/library/${name}.js`;
  const file = new URL(`../../node_modules/${FILES[name]}`, import.meta.url);
  site.route(
    path,
    async () => new Response(await readFile(file, 'utf8'), { headers: { 'content-type': 'text/javascript' } }),
  );
  return `<script src="${path}"></script>`;
}
