/**
 * The script-tag door with all vendors' widgets: a file with a side effect.
 */

import { readEmbeds } from './embeds/index.js';
import { startByTag } from './tag.js';

startByTag(readEmbeds);
