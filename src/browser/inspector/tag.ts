/**
 * Our own script tags, as they stand in the page.
 */

import { parseAttributes } from '../options.js';
import { attribute, findAll, type Log, read } from '../page/index.js';
import type { Notice, TagState } from './snapshot.js';

/** The names of the script's file: the tag finds itself by the same ones. */
const OWN_FILE = /(^|\/)cello-companion(\.min|\.embeds)?\.js([?#]|$)/;

const isOwn = (tag: Element): boolean =>
  attribute(tag, 'data-cello-companion') !== null || OWN_FILE.test(attribute(tag, 'src') ?? '');

/** An address without its query, which may hold a key. */
const shorten = (src: string): string => src.replace(/[?#].*$/s, '');

/** Parses a tag's attributes again, to hear what the script said about them. */
function explain(attributes: ReadonlyMap<string, string>): Notice[] {
  const notices: Notice[] = [];
  const log: Log = {
    isDebugging: true,
    warnings: new Set(),
    warn: (text) => void notices.push({ level: 'warning', text }),
    debug: (text) => void notices.push({ level: 'note', text }),
  };
  parseAttributes(attributes, log);
  return notices;
}

function readTag(tag: Element): TagState {
  const attributes = new Map([...read(tag, 'attributes')].map(({ name, value }) => [name, value]));
  const own = [...attributes].filter(([name]) => name === 'type' || name.startsWith('data-'));
  return {
    src: shorten(attributes.get('src') ?? 'inline'),
    attributes: Object.fromEntries(own),
    notices: explain(attributes),
  };
}

/** Every tag of ours, in the order of the page. */
export const readTags = (): TagState[] => findAll(document, 'script').filter(isOwn).map(readTag);
