// Measures the script tag's file as a server that compresses ahead sends it, writes the figure into the README, and
// what each part costs into docs/evidence/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { brotliCompressSync, constants } from 'node:zlib';
import { fillIn } from './playwright.mjs';

const README = new URL('../README.md', import.meta.url);
const PERFORMANCE = new URL('../docs/evidence/performance.md', import.meta.url);
const SCRIPT = new URL('../dist/cello-companion.js', import.meta.url);
const EMBEDS = new URL('../dist/cello-companion.embeds.js', import.meta.url);

/** The parts of the script, by their rooms. What stands in none of them is listed as the walk. */
const PARTS = {
  'js-cookie': /js-cookie/,
  'finding the code': /\/(src\/(ucc|cookie)\.ts|browser\/referral\/)/,
  'forms and their field': /\/browser\/forms\//,
  'messages, delivery, outbox': /\/(src\/message\.ts|browser\/messages\/)/,
  'options and their checks': /\/browser\/options\.ts$/,
  'links to other hosts': /\/browser\/links\.ts$/,
  'the DOM, past what a page hides of it': /\/browser\/dom\.ts$/,
  'the walk: start, verbs, global, consent, events': /./,
};

const measure = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const write = (bytes) => bytes.toLocaleString('en-US');
const compress = (text) => write(measure(text));
const partOf = (source) => Object.keys(PARTS).find((name) => PARTS[name].test(source));

/** Every character of the script with the part it comes from. */
function readCharacters() {
  const map = new SourceMap(JSON.parse(readFileSync(`${SCRIPT.pathname}.map`, 'utf8')));
  return readFileSync(SCRIPT, 'utf8')
    .split('\n')
    .flatMap((text, line) =>
      [...text].map((letter, column) => [letter, partOf(map.findEntry(line, column).originalSource ?? '')]),
    );
}

const join = (characters) => characters.map(([letter]) => letter).join('');
const characters = readCharacters();
const rows = Object.keys(PARTS).map((part) => {
  const own = characters.filter(([, name]) => name === part);
  const others = characters.filter(([, name]) => name !== part);
  return `| ${part} | ${own.length.toLocaleString('en-US')} | ${compress(join(others))} |`;
});
const figure = compress(readFileSync(SCRIPT));
const table = ['| part | bytes, minified | the whole without it, brotli |', '|---|--:|--:|', ...rows].join('\n');
const added = write(measure(readFileSync(EMBEDS)) - measure(readFileSync(SCRIPT)));
const readme = readFileSync(README, 'utf8').replace(/[\d,]+ bytes brotli/, `${figure} bytes brotli`);
writeFileSync(README, readme.replace(/[\d,]+ bytes more/, `${added} bytes more`));
writeFileSync(
  PERFORMANCE,
  fillIn(readFileSync(PERFORMANCE, 'utf8'), 'size', `The whole: ${figure} bytes.\n\n${table}`),
);
console.log(`${figure} bytes brotli\n\n${table}`);
