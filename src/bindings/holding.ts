/**
 * Who holds the page's companion: it runs until the last provider that holds it lets go.
 */
import { type Companion, type Options, start } from '../browser/index.js';

/** How many providers hold each companion that one of them has started. */
const holders = new WeakMap<Companion, number>();

export interface Holding {
  readonly companion: Companion;
  readonly release: () => void;
}

const readRunning = (): unknown => Reflect.get(Object(window.CelloCompanion), 'companion');

function release(companion: Companion): void {
  const left = (holders.get(companion) ?? 1) - 1;
  holders.set(companion, left);
  if (left) return;
  holders.delete(companion);
  companion.stop();
}

/**
 * Starts the page's companion, or joins the one that runs.
 *
 * @throws {TypeError} On an unknown option or a bad value.
 */
export function hold(options: Options): Holding {
  const running = readRunning();
  const companion = start(options);
  // Started by the script tag, or by the site itself: it is not ours to stop.
  if (companion === running && !holders.has(companion)) return { companion, release: () => undefined };
  holders.set(companion, (holders.get(companion) ?? 0) + 1);
  return { companion, release: () => release(companion) };
}
