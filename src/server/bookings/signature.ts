/**
 * Verifies who sent a webhook, using the raw bytes, before any parser has seen them. Each tool signs in its own way;
 * the table has one row per tool. Comparing is left to `crypto.subtle.verify`, which runs in constant time.
 */

/** What to check a signature against. */
export interface Delivery {
  readonly method: string;
  /** The URL as the sender knows it, which may differ from the server's behind a proxy. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly nowMs: number;
}

/** What a header claims. */
interface Claimed {
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly signed: Uint8Array<ArrayBuffer>;
  /** When it was signed, in ms since 1970; `null` if the tool does not say: replays are then left to idempotency. */
  readonly signedAtMs: number | null;
}

interface Rule {
  readonly claim: (delivery: Delivery) => Claimed | null;
  /** How old, or how far ahead, a signature may be, in ms. */
  readonly toleranceMs: number;
}

const MINUTE_MS = 60_000;
const encoder = /* @__PURE__ */ new TextEncoder();

function join(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const joined = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const one of bytes) {
    joined.set(one, offset);
    offset += one.length;
  }
  return joined;
}

function readHex(text: string | null): Uint8Array<ArrayBuffer> | null {
  if (!text || !/^(?:[0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function readBase64(text: string | null): Uint8Array<ArrayBuffer> | null {
  if (!text || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null; // InvalidCharacterError: not a valid base64 length
  }
}

const afterPrefix = (text: string | null, prefix: string): string | null =>
  text?.startsWith(prefix) ? text.slice(prefix.length) : null;

const claim = (
  signature: Uint8Array<ArrayBuffer> | null,
  signed: Uint8Array<ArrayBuffer>,
  signedAtMs: number | null = null,
): Claimed | null => signature && { signature, signed, signedAtMs };

/** A timestamp in seconds or milliseconds since 1970, and no other spelling of it. */
const readStamp = (text: string | null | undefined): string | null => (text && /^\d{9,14}$/.test(text) ? text : null);

const claimCalendly = ({ headers, body }: Delivery): Claimed | null => {
  const pairs = new URLSearchParams((headers.get('calendly-webhook-signature') ?? '').replaceAll(',', '&'));
  const stamp = readStamp(pairs.get('t'));
  return stamp ? claim(readHex(pairs.get('v1')), join(`${stamp}.`, body), Number(stamp) * 1000) : null;
};

const claimHubspot = ({ headers, body, method, url }: Delivery): Claimed | null => {
  const stamp = readStamp(headers.get('x-hubspot-request-timestamp'));
  const signature = readBase64(headers.get('x-hubspot-signature-v3'));
  return stamp ? claim(signature, join(method, url, body, stamp), Number(stamp)) : null;
};

/** Public code uses two names for the header; the vendor issues the secret, but its page mentions neither. */
const claimChiliPiper = ({ headers, body }: Delivery): Claimed | null => {
  const stamp = readStamp(headers.get('x-chili-timestamp') ?? headers.get('x-chilipiper-timestamp'));
  const signature = readHex(headers.get('x-chili-signature') ?? headers.get('x-chilipiper-signature'));
  return stamp ? claim(signature, join(`${stamp}.`, body), Number(stamp) * 1000) : null;
};

/** The tools that sign, all with HMAC-SHA256. */
const RULES = {
  // https://cal.com/docs/developing/guides/automation/webhooks: without a secret it sends a text that is not hex
  calcom: {
    toleranceMs: Number.POSITIVE_INFINITY,
    claim: ({ headers, body }) => claim(readHex(headers.get('x-cal-signature-256')), body),
  },
  // https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures
  calendly: { toleranceMs: 3 * MINUTE_MS, claim: claimCalendly },
  // https://developers.hubspot.com/docs/api/webhooks/validating-requests
  hubspot: { toleranceMs: 5 * MINUTE_MS, claim: claimHubspot },
  // https://www.typeform.com/developers/webhooks/secure-your-webhooks/
  typeform: {
    toleranceMs: Number.POSITIVE_INFINITY,
    claim: ({ headers, body }) => claim(readBase64(afterPrefix(headers.get('typeform-signature'), 'sha256=')), body),
  },
  // https://tally.so/help/webhooks
  tally: {
    toleranceMs: Number.POSITIVE_INFINITY,
    claim: ({ headers, body }) => claim(readBase64(headers.get('tally-signature')), body),
  },
  // https://savvycal.com/docs/api/webhooks: upper-case hex
  savvycal: {
    toleranceMs: Number.POSITIVE_INFINITY,
    claim: ({ headers, body }) => claim(readHex(afterPrefix(headers.get('x-savvycal-signature'), 'sha256=')), body),
  },
  chilipiper: { toleranceMs: 5 * MINUTE_MS, claim: claimChiliPiper },
} satisfies { readonly [tool: string]: Rule };

/** A tool that signs its webhooks. */
export type SigningTool = keyof typeof RULES;

const importKey = (secret: string, use: 'sign' | 'verify') =>
  crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [use]);

/**
 * Whether a delivery was signed with this secret, and recently enough.
 *
 * @param toleranceMs - How old it may be. Default: as the tool's documentation says; no limit if it sends no time.
 */
export async function isSigned(
  tool: SigningTool,
  delivery: Delivery,
  secret: string,
  toleranceMs: number = RULES[tool].toleranceMs,
): Promise<boolean> {
  const claimed = RULES[tool].claim(delivery);
  if (!claimed) return false;
  const { signature, signed, signedAtMs } = claimed;
  const isTimely = signedAtMs === null || Math.abs(delivery.nowMs - signedAtMs) <= toleranceMs;
  const isGenuine = await crypto.subtle.verify('HMAC', await importKey(secret, 'verify'), signature, signed);
  return isGenuine && isTimely;
}

/**
 * Whether the request has `Authorization: Bearer <secret>`. Both are signed with a random key, so that the comparison
 * does not reveal where they differ.
 */
export async function isBearer({ headers }: Delivery, secret: string): Promise<boolean> {
  const [, presented] = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (!presented) return false;
  const moment = crypto.randomUUID();
  const expected = await crypto.subtle.sign('HMAC', await importKey(moment, 'sign'), encoder.encode(secret));
  return crypto.subtle.verify('HMAC', await importKey(moment, 'verify'), expected, encoder.encode(presented));
}
