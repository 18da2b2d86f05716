// Measures the script tag's file as a server that compresses ahead sends it, and writes the figure into the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const README = new URL('../README.md', import.meta.url);
const file = readFileSync(new URL('../dist/cello-companion.js', import.meta.url));
const bytes = brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const figure = bytes.toLocaleString('en-US');
const text = readFileSync(README, 'utf8');
writeFileSync(README, text.replace(/[\d,]+ bytes brotli/, `${figure} bytes brotli`));
console.log(`${figure} bytes brotli`);
