/**
 * Starting by our own script tag, whichever of its files it names.
 */
import type { Embed } from './embeds/index.js';
import { parseAttributes } from './options.js';
import { attribute, createLog, findAll, isDebuggedTab, isElement, type Log, read } from './page/index.js';
import { startWith } from './start.js';

const OWN_FILE = /(^|\/)cello-companion(\.min|\.embeds)?\.js([?#]|$)/;

/** The inspector, beside this file: an address in `import()` is relative to the script in which it stands. */
const INSPECTOR: string = './cello-companion.inspector.js';

/**
 * Finds our own tag. `document.currentScript` is null in a module and may be hidden by an `<img name=currentScript>`; in
 * that case it is the marked tag, or the only tag with our file's name. Never a guess.
 */
function findTag(): Element | null {
  const running = Reflect.get(Document.prototype, 'currentScript', document);
  if (isElement(running)) return running;
  const [marked] = findAll(document, 'script[data-cello-companion]');
  const named = findAll(document, 'script[src]').filter((tag) => OWN_FILE.test(attribute(tag, 'src') ?? ''));
  return marked ?? (named.length === 1 ? (named[0] ?? null) : null);
}

/** Reads the attributes about embeds, of which the file without them knows nothing. */
type ReadEmbeds = (attributes: ReadonlyMap<string, string>, log: Log) => readonly Embed[];

function run(readEmbeds: ReadEmbeds): void {
  const tag = findTag();
  const attributes = new Map(tag ? [...read(tag, 'attributes')].map(({ name, value }) => [name, value]) : []);
  const log = createLog(isDebuggedTab() || /^(true)?$/.test(attributes.get('data-debug') ?? 'no'));
  const embeds = readEmbeds(attributes, log);
  startWith({ ...parseAttributes(attributes, log), embeds }, () => import(INSPECTOR), log);
}

/** Starts the companion as our tag says. */
export function startByTag(readEmbeds: ReadEmbeds): void {
  try {
    run(readEmbeds);
  } catch (error) {
    // Whatever went wrong, the page we are a guest on must carry on without us.
    createLog(false).warn(`could not start: ${error}`);
  }
}
