/**
 * The script-tag door with all vendors' widgets: a file with a side effect.
 */

import { startByTag } from './tag.js';

// Last, because in this order the file compresses to 150 bytes less.

import { readEmbeds } from './embeds/index.js';

startByTag(readEmbeds);
