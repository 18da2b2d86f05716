/**
 * The network address of a request's sender, for which a standard `Request` has no property.
 */
const addresses = new WeakMap<Request, string>();

/** Remembers the sender's address. Anything but a string counts as unknown. */
export function rememberAddress(request: Request, address: unknown): void {
  if (typeof address === 'string') addresses.set(request, address);
}

/**
 * The network address of a request's sender, for a rate limit.
 *
 * @returns The `ip` of Express, Fastify or Koa (which know the trusted proxies), otherwise the socket's address; behind
 *   `toLambdaHandler`, the address that AWS reports. `null` if the request came through neither adapter.
 */
export const clientAddress = (request: Request): string | null => addresses.get(request) ?? null;
