// Writes dist/integrity.json: the hash of each file that a script tag or one of our files may load, for `integrity="…"` and
// for the `integrity` part of an import map.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const DIST = new URL('../dist/', import.meta.url);

const hash = (name) =>
  `sha384-${createHash('sha384')
    .update(readFileSync(new URL(name, DIST)))
    .digest('base64')}`;

const files = readdirSync(DIST).filter((name) => /^cello-companion.*\.js$/.test(name));
const hashes = Object.fromEntries(files.sort().map((name) => [name, hash(name)]));
writeFileSync(new URL('integrity.json', DIST), `${JSON.stringify(hashes, null, 2)}\n`);
