/** What the endpoint made of the messages it received. */
import type { Site } from './site.js';

/** How many submissions count: a message that was sent again has the same id. */
export const countSubmissions = (site: Site): number =>
  new Set(site.all('submission').map(({ json }) => Reflect.get(Object(json), 'id'))).size;
