/**
 * The door for the script tag: the only file that does something by itself.
 */
import { createLog } from './console.js';
import { attribute, findAll, isElement } from './dom.js';
import { parseAttributes } from './options.js';
import { startWith } from './start.js';

const OWN_FILE = /(^|\/)cello-companion(\.min|\.embeds)?\.js([?#]|$)/;

/**
 * Finds our own tag. `document.currentScript` is null in a module and may be hidden by an `<img name=currentScript>`;
 * then it is the marked tag, else the only one with our file's name. Never a guess.
 */
function findTag(): Element | null {
  const running = Reflect.get(Document.prototype, 'currentScript', document);
  if (isElement(running)) return running;
  const [marked] = findAll(document, 'script[data-cello-companion]');
  const named = findAll(document, 'script[src]').filter((tag) => OWN_FILE.test(attribute(tag, 'src') ?? ''));
  return marked ?? (named.length === 1 ? (named[0] ?? null) : null);
}

const log = createLog(false);
try {
  const tag = findTag();
  startWith(parseAttributes((name) => (tag ? attribute(tag, name) : null), log.warn));
} catch (error) {
  // Whatever it is, the page we are a guest on goes on without us.
  log.warn(`could not start: ${error}`);
}
