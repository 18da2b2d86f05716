import { draw } from '../page.js';

// biome-ignore lint/style/noDefaultExport: a route of Nitro is a default export
export default () => draw('<a href="/signup">Join</a>');
