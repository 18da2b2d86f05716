/** What a Worker may write: where there are no types of Node's, and every declaration that we ship is checked. */
import {
  createAttribution,
  createCello,
  createEndpoint,
  memoryStore,
  readUcc,
  toNodeHandler,
} from 'cello-companion/server';

const store = memoryStore();
const cello = createCello({ accessKeyId: 'a', secretAccessKey: undefined, environment: 'production' });
const attribution = createAttribution({ store, send: cello.send });
const endpoint = createEndpoint({ store, onReferral: attribution.claim });

export const worker = {
  async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === '/api/cello') return endpoint(request);
    await attribution.signup({ user: { id: 7 }, from: request });
    return new Response(readUcc(request));
  },
};
toNodeHandler(endpoint);
