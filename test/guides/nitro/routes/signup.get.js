import { draw } from '../page.js';

// biome-ignore lint/style/noDefaultExport: a route of Nitro is a default export
export default () =>
  draw('<form method="post"><label>E-mail <input type="email" name="email"></label><button>Join</button></form>');
