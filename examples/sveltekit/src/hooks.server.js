import { attribution } from '#lib/server/attribution.js';

/** SvelteKit calls it once, when the server starts. */
export const init = () => attribution.start();

process.once('sveltekit:shutdown', () => attribution.stop());
