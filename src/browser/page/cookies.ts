/**
 * `document.cookie`, read as rarely as possible: each access waits for another process of the browser.
 */
import { read } from './dom.js';

let known: string | null = null;

/** All cookies in one text, as of the last look; `''` if this frame has none. */
export function readCookies(): string {
  try {
    known ??= read(document, 'cookie');
  } catch {
    known = ''; // SecurityError: a sandboxed frame. ReferenceError: no DOM
  }
  return known;
}

/** Makes the next `readCookies` ask the browser again. */
export function outdateCookies(): void {
  known = null;
}
