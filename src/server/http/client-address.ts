/**
 * The network address that a request came from: a standard `Request` has no place for it.
 */
const addresses = new WeakMap<Request, string>();

/** Remembers where a request came from. What is no text is not known. */
export function rememberAddress(request: Request, address: unknown): void {
  if (typeof address === 'string') addresses.set(request, address);
}

/**
 * The network address that a request came from, for a rate limit.
 *
 * @returns What Express's, Fastify's or Koa's `ip` says (they know which proxies to trust), else the socket's address;
 *   behind `toLambdaHandler` what AWS says. `null` if the request came through neither mount.
 */
export const clientAddress = (request: Request): string | null => addresses.get(request) ?? null;
