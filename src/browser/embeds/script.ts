/**
 * The script-tag door with all vendors' widgets: a file with a side effect.
 */
import { startByTag } from '../tag.js';
import { readEmbeds } from './attribute.js';

startByTag(readEmbeds);
