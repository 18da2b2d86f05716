/** What the site's server received: one record a request, and the wait for the next of a kind. */

/** One request as it arrived. */
export interface Received {
  /** `capture` or `submission`: a message to the endpoint; `endpoint`: anything else there. `form`: a POST to another
   *  path. `beat`: see `Site.beat()`. `preflight`: CORS asked first. `lost`: the fault was a reset before handling. */
  readonly kind: Kind;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** The body, byte for byte. */
  readonly raw: Buffer;
  /** The body as parsed JSON; `null` where it is none. */
  readonly json: unknown;
  /** Names and values of the submitted form, in their order: from the body, or from the query of a GET. */
  readonly entries: readonly (readonly [string, string])[];
  /** All values of one name, e.g. `['pNRB1aYqArN']`. `[]`: the form did not have it. */
  values(name: string): string[];
}

export type Kind = 'capture' | 'submission' | 'endpoint' | 'form' | 'get' | 'beat' | 'preflight' | 'lost';

/** How long a test waits for a request. Much longer than any of them takes, and shorter than the test's own limit. */
const WAIT_MS = 15_000;

/** A log of requests that can be waited on. */
export class Log {
  readonly #all: Received[] = [];
  readonly #taken = new Map<Kind, number>();
  readonly #listeners = new Set<() => void>();

  add(record: Received): void {
    this.#all.push(record);
    for (const listener of [...this.#listeners]) listener();
  }

  /** What has arrived so far, in its order. */
  all(kind?: Kind): Received[] {
    return this.#all.filter((record) => !kind || record.kind === kind);
  }

  /** The next one of a kind: the first call gives the first, the second the second. Resolves when it is here. */
  async next(kind: Kind, waitMs = WAIT_MS): Promise<Received> {
    const index = this.#taken.get(kind) ?? 0;
    this.#taken.set(kind, index + 1);
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.all(kind)[index];
        if (!found) return;
        stop();
        resolve(found);
      };
      const stop = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const timer = setTimeout(() => {
        stop();
        const seen = this.#all.map((record) => `${record.kind} ${record.method} ${record.url.pathname}`).join('\n');
        reject(
          new Error(`No ${index + 1}. request of the kind "${kind}" arrived. There arrived:\n${seen || 'nothing'}`),
        );
      }, waitMs);
      this.#listeners.add(look);
      look();
    });
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // SyntaxError: another kind of body
  }
};

const isMessage = (json: unknown): json is { readonly type: 'capture' | 'submission' } =>
  typeof json === 'object' &&
  json !== null &&
  'type' in json &&
  (json.type === 'capture' || json.type === 'submission');

async function parseEntries(request: Request, raw: Buffer): Promise<[string, string][]> {
  if (request.method === 'GET') return [...new URL(request.url).searchParams];
  const type = request.headers.get('content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(raw.toString())];
  if (type.startsWith('text/plain'))
    return raw
      .toString()
      .split('\r\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  if (!type.startsWith('multipart/form-data')) return [];
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]);
}

/** Reads a request into a record. */
export async function readRequest(request: Request, raw: Buffer, isEndpoint: boolean): Promise<Received> {
  const json = parseJson(raw.toString());
  const entries = await parseEntries(request, raw);
  const url = new URL(request.url);
  const findKind = (): Kind => {
    if (request.method === 'OPTIONS') return 'preflight';
    if (url.pathname === '/beat') return 'beat';
    if (isEndpoint) return isMessage(json) ? json.type : 'endpoint';
    return request.method === 'POST' ? 'form' : 'get';
  };
  return {
    kind: findKind(),
    method: request.method,
    url,
    headers: request.headers,
    raw,
    json,
    entries,
    values: (name) => entries.flatMap(([key, value]) => (key === name ? [value] : [])),
  };
}
