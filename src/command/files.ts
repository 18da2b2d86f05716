/**
 * What this package holds for a page to load.
 */
import { existsSync, readFileSync } from 'node:fs';

/** A file of the package, to be served by the site. */
export interface PackageFile {
  /** E.g. `cello-companion.js`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** `sha384-…`; `null`: no page loads it. */
  readonly integrity: string | null;
}

export interface Package {
  readonly version: string;
  readonly files: readonly PackageFile[];
}

const dist = (path: string) => new URL(`../${path}`, import.meta.url);

/** The fields of a JSON file that hold text. */
function readTexts(url: URL): ReadonlyMap<string, string> {
  const value: unknown = JSON.parse(readFileSync(url, 'utf8'));
  const fields: readonly (readonly [string, unknown])[] = Object.entries(value ?? {});
  return new Map(fields.flatMap(([name, field]) => (typeof field === 'string' ? [[name, field] as const] : [])));
}

/**
 * Reads the files that a page may load, which are those in `dist/integrity.json`, and the licences that go with them.
 *
 * @returns Files in the order of their names, each licence behind its file. Throws if the package is incomplete.
 */
export function readPackage(): Package {
  const files = [...readTexts(dist('integrity.json'))].flatMap(([name, integrity]): PackageFile[] => {
    const licence = `${name}.LICENSE.txt`;
    const own = { name, integrity, bytes: readFileSync(dist(name)) };
    const url = dist(licence);
    return existsSync(url) ? [own, { name: licence, integrity: null, bytes: readFileSync(url) }] : [own];
  });
  return { version: readTexts(dist('../package.json')).get('version') ?? '', files };
}
