/** The samples of a document, as they are printed. */
import { readFileSync } from 'node:fs';

/** The fenced blocks of a language in a document of the project, in their order. */
export function readSamples(document: string, language: string): string[] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
}
