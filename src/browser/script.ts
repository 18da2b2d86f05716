/**
 * The script-tag door: a file with a side effect.
 */
import { startByTag } from './tag.js';

startByTag((attributes, log) => {
  if (attributes.has('data-embeds')) log.warn('data-embeds needs cello-companion.embeds.js');
  return [];
});
