/** The one HTTP server of a worker. It leads each request to the site whose host it names. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Outcome, Site } from './site.js';

/** Where sites are opened. */
export interface Server {
  /** A new site, and how to close it. */
  open(): { readonly site: Site; readonly close: () => void };
  stop(): Promise<void>;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function toRequest({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Request {
  const given = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]));
  const init = { method, headers: new Headers(given as [string, string][]) };
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://${headers.host}${url}`, hasBody ? { ...init, body: new Uint8Array(body) } : init);
}

async function write(outcome: Outcome, outgoing: ServerResponse): Promise<void> {
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(outcome.status, [...outcome.headers].flat());
  outgoing.end(Buffer.from(await outcome.arrayBuffer()));
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startServer(): Promise<Server> {
  const sites = new Map<string, Site>();
  const find = (host: string) => [...sites.values()].find(({ id }) => host.includes(id));
  const server = createServer(async (incoming, outgoing) => {
    const site = find(incoming.headers.host ?? '');
    try {
      if (!site) throw new Error('The test of this site is over.');
      const body = await readBody(incoming);
      await write(await site.handle(toRequest(incoming, body), body), outgoing);
    } catch (error) {
      if (incoming.errored) return; // the browser went away in the middle of its body
      outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    open: () => {
      const site = new Site(port);
      sites.set(site.id, site);
      return { site, close: () => sites.delete(site.id) };
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
