/**
 * A STAND-IN of Cello's API v1, for tests and for the demo: this is not Cello, and nothing here came from its servers.
 *
 * Written by hand from Cello's public pages:
 * - https://docs.cello.so/api-reference/openapi.json (paths, bodies, statuses)
 * - https://docs.cello.so/api-reference/authentication/get-token (tokens: 201, 5 hours; refresh token: 5 days)
 * - https://docs.cello.so/attribution/tracking-signups and /tracking-purchase (which values each event must carry)
 * - https://docs.cello.so/api-reference/new-users/get-reward
 * It repeats rules of src/server/events.ts on purpose and shares no code with the product: a mistake in one copy is seen
 * by the other.
 * It is stricter than the reference where that helps a test: what the guides ask for is required, and a key that the
 * reference does not know is refused, e.g. `context.user`, which Cello would silently ignore.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * @typedef {object} CelloApiOptions
 * @property {number} [port] 0: a free one.
 * @property {string} [accessKeyId]
 * @property {string} [secretAccessKey]
 * @property {number} [tokenSeconds] How long an access token lives. Default: 18,000, as Cello's samples say.
 * @property {number} [refreshSeconds] How long a refresh token lives. Default: 432,000, as Cello's samples say.
 * @property {Record<string, { productUserId: string, campaignId: string }>} [referralCodes] The codes that exist.
 * @property {() => number} [clock] The time in ms since 1970.
 */

/**
 * What can go wrong, and how it looks from outside.
 *
 * - `keys-refused`: `POST /token` with the keys is 401, in the envelope that was seen live
 * - `keys-refused-400`: the same as the reference has it, 400
 * - `refresh-refused`: `POST /token` with a refresh token is 400
 * - `token-expired`: 401 for a token that was good when it left; it is void from then on
 * - `rate-limited`: 429, with `retry-after` if `retryAfter` is given
 * - `server-error`: 500; `unavailable`: 503, with `retry-after` if given
 * - `garbage`: 502 with a page of HTML; `garbage-ok`: 200 with a page of HTML. Nothing is accepted
 * - `refused`: 400 with `message`
 * - `slow`: the answer comes after `delayMs`; what was sent is accepted at once
 * - `hang`: no answer ever, nothing is accepted
 * - `reset`: the connection breaks, nothing is accepted
 * - `lost-answer`: accepted, then the connection breaks
 * - `late-error`: accepted, then 500
 * @typedef {'keys-refused' | 'keys-refused-400' | 'refresh-refused' | 'token-expired' | 'rate-limited' | 'server-error'
 *   | 'unavailable' | 'garbage' | 'garbage-ok' | 'refused' | 'slow' | 'hang' | 'reset' | 'lost-answer' | 'late-error'} Fault
 */

/**
 * @typedef {object} FaultOptions
 * @property {number} [times] For how many requests. Default: 1. `Infinity`: until it is undone.
 * @property {string} [path] For which path. Default: `/token` for those of the token, else `/events`.
 * @property {(body: any) => boolean} [where] For which bodies only.
 * @property {number | string} [retryAfter] The header `retry-after`.
 * @property {number} [delayMs] For `slow`. Default: 1,000.
 * @property {string} [message] For `refused`.
 */

/** @typedef {{ method: string, path: string, status: number | null, requestId: string, fault: Fault | null, body: unknown }} SeenRequest */

const TRIGGERS = ['new-signup', 'demo-call-attended', 'invoice-paid', 'charge-refunded'];
const INTERVALS = [
  'one-time',
  'weekly',
  'bi-weekly',
  'monthly',
  'quarterly',
  'semi-annual',
  'yearly',
  'biennial',
  'triennial',
  'lifetime',
];

/** RFC 3339, section 5.6: the format `date-time` of JSON Schema. Cello's guides print other samples; those are refused. */
const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** @typedef {(value: unknown) => string | null} Rule What is wrong with a value; `null`: nothing. */

/** @type {Rule} */
const isText = (value) => (typeof value === 'string' && value ? null : 'must be a string that is not empty');
/** @type {Rule} */
const isNumber = (value) => (typeof value === 'number' ? null : 'must be a number');
/** @type {Rule} */
const isInteger = (value) => (Number.isInteger(value) ? null : 'must be an integer');
/** @type {Rule} */
const isEmail = (value) => (typeof value === 'string' && EMAIL.test(value) ? null : 'must be an email');
/** @type {Rule} */
const isDateTime = (value) =>
  typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)) ? null : 'must be a date-time';
/** @type {(...allowed: string[]) => Rule} */
const isOneOf =
  (...allowed) =>
  (value) =>
    allowed.some((one) => one === value) ? null : `must be one of ${allowed.join(', ')}`;

/** @type {Record<string, { required: string[], rules: Record<string, Rule> }>} */
const PARTS = {
  '': { required: ['eventName', 'payload', 'context'], rules: { eventName: isOneOf('ReferralUpdated') } },
  payload: {
    required: ['ucc', 'newUserId'],
    rules: { ucc: isText, newUserId: isText, price: isNumber, currency: isText },
  },
  context: { required: ['event', 'newUser'], rules: {} },
  'context.event': {
    required: ['trigger', 'timestamp'],
    rules: { trigger: isOneOf(...TRIGGERS), timestamp: isDateTime },
  },
  'context.newUser': {
    required: ['id'],
    rules: { id: isText, email: isEmail, name: isText, organizationId: isText },
  },
  'context.subscription': {
    required: [],
    rules: { id: isText, invoiceId: isText, interval: isOneOf(...INTERVALS), seatsUsed: isInteger, productKey: isText },
  },
};

/** What the guides ask for besides. https://docs.cello.so/attribution/tracking-purchase */
const REQUIRED_BY_TRIGGER = {
  'invoice-paid': [
    'payload.price',
    'payload.currency',
    'context.subscription.invoiceId',
    'context.subscription.interval',
    'context.subscription.productKey',
  ],
  'charge-refunded': ['payload.price', 'payload.currency'],
};

/** @type {(value: any, path: string) => any} */
const pick = (value, path) => (path ? path.split('.').reduce((part, key) => part?.[key], value) : value);

/** @type {(part: string, key: string) => string} */
const join = (part, key) => (part ? `${part}.${key}` : key);

/**
 * Checks the body of `POST /events`.
 * @param {any} event
 * @returns {string | null} The first thing that is wrong, e.g. `context.newUser.email must be an email`.
 */
export function findMistake(event) {
  for (const [part, { required, rules }] of Object.entries(PARTS)) {
    const value = pick(event, part);
    if (value === undefined && part === 'context.subscription') continue;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return `${part || 'body'} must be an object`;
    const missing = required.find((key) => value[key] === undefined);
    if (missing) return `${join(part, missing)} is required`;
    for (const [key, field] of Object.entries(value)) {
      const path = join(part, key);
      if (path in PARTS) continue;
      const wrong = Object.hasOwn(rules, key) ? rules[key]?.(field) : 'is unknown';
      if (wrong) return `${path} ${wrong}`;
    }
  }
  const more =
    Object.entries(REQUIRED_BY_TRIGGER).find(([trigger]) => trigger === event.context.event.trigger)?.[1] ?? [];
  const missing = more.find((path) => pick(event, path) === undefined);
  return missing ? `${missing} is required` : null;
}

/** @type {(request: import('node:http').IncomingMessage) => Promise<any>} */
async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // not JSON: a 400 further down
  }
}

/** Keys and tokens do not belong into a record that a demo page shows. @type {(path: string, body: any) => unknown} */
const blank = (path, body) =>
  path === '/token' && body ? Object.fromEntries(Object.keys(body).map((key) => [key, '[secret]'])) : body;

/**
 * Starts the stand-in on 127.0.0.1.
 *
 * @param {CelloApiOptions} [options]
 */
export async function startCelloApi({
  port = 0,
  accessKeyId = 'stand-in-access-key',
  secretAccessKey = 'stand-in-secret-key',
  tokenSeconds = 18_000,
  refreshSeconds = 432_000,
  referralCodes = { pNRB1aYqArN: { productUserId: 'referrer-1', campaignId: 'campaign-1' } },
  clock = Date.now,
} = {}) {
  /** @type {any[]} */
  const events = [];
  /** @type {SeenRequest[]} */
  const requests = [];
  /** @type {Map<string, number>} */
  const accessTokens = new Map();
  /** @type {Map<string, number>} */
  const refreshTokens = new Map();
  /** @type {{ name: Fault, left: number, options: FaultOptions }[]} */
  const faults = [];
  /** @type {Set<(event: any) => void>} */
  const listeners = new Set();

  /** @type {(tokens: Map<string, number>, seconds: number) => string} */
  const issue = (tokens, seconds) => {
    const token = randomUUID();
    tokens.set(token, clock() + seconds * 1000);
    return token;
  };

  /** @type {(tokens: Map<string, number>, token: string) => boolean} */
  const isGood = (tokens, token) => (tokens.get(token) ?? 0) > clock();

  /** The fault that is due for a request, if any. @type {(path: string, body: any) => { name: Fault, options: FaultOptions } | null} */
  const takeFault = (path, body) => {
    const fault = faults.find(({ name, left, options }) => {
      const isOfToken = name.startsWith('keys-') || name.startsWith('refresh-');
      const isLogin = name.startsWith('keys-') ? body?.accessKeyId : body?.refreshToken;
      if (left <= 0 || path !== (options.path ?? (isOfToken ? '/token' : '/events'))) return false;
      return (!isOfToken || isLogin) && (options.where?.(body) ?? true);
    });
    if (!fault) return null;
    fault.left -= 1;
    return fault;
  };

  /** @typedef {{ status: number, json?: unknown, headers?: Record<string, string> }} Answer */

  /** The envelope that was seen live for bad keys. @type {(path: string) => Answer} */
  const refuseKeys = (path) => ({
    status: 401,
    json: {
      statusCode: 401,
      timestamp: new Date(clock()).toISOString(),
      path: `/api${path}`,
      message: 'Invalid API Credentials',
    },
  });

  /** @type {Answer} */
  const unauthorized = { status: 401, json: { message: 'Unauthorized' }, headers: { 'www-authenticate': 'Bearer' } };

  /** @type {(body: any) => Answer} */
  const answerToken = (body) => {
    if (typeof body?.refreshToken === 'string') {
      if (!isGood(refreshTokens, body.refreshToken)) return { status: 400, json: { message: 'Invalid refresh token' } };
      return { status: 201, json: { accessToken: issue(accessTokens, tokenSeconds), expiresIn: tokenSeconds } };
    }
    if (typeof body?.accessKeyId !== 'string' || typeof body?.secretAccessKey !== 'string')
      return { status: 400, json: { message: 'accessKeyId and secretAccessKey, or refreshToken, are required' } };
    if (body.accessKeyId !== accessKeyId || body.secretAccessKey !== secretAccessKey) return refuseKeys('/token');
    return {
      status: 201,
      json: {
        accessToken: issue(accessTokens, tokenSeconds),
        refreshToken: issue(refreshTokens, refreshSeconds),
        expiresIn: tokenSeconds,
        refreshTokenExpiresIn: refreshSeconds,
      },
    };
  };

  /** @type {(body: any) => Answer} */
  const answerEvent = (body) => {
    const mistake = findMistake(body);
    if (mistake) return { status: 400, json: { message: mistake } };
    events.push(body);
    for (const listener of [...listeners]) listener(body);
    return { status: 200, json: { success: true } };
  };

  /** @type {(code: string) => Answer} */
  const answerCode = (code) => {
    const known = Object.hasOwn(referralCodes, code) ? referralCodes[code] : null;
    return { status: 200, json: { code, valid: !!known, productUserId: '', campaignId: '', ...known } };
  };

  /** The code of a referrer. @type {(productUserId: string) => string | null} */
  const findCode = (productUserId) =>
    Object.entries(referralCodes).find(([, one]) => one.productUserId === productUserId)?.[0] ?? null;

  /** @type {(productUserId: string) => Answer} */
  const answerLink = (productUserId) => {
    const activeUcc = findCode(productUserId);
    if (!activeUcc) return { status: 404, json: { message: 'Not found' } };
    return { status: 200, json: { activeUcc, link: `https://stand-in.cello.so/${activeUcc}` } };
  };

  /** A signed-up user is eligible, as long as no invoice was paid. @type {(productUserId: string) => Answer} */
  const answerReward = (productUserId) => {
    /** @type {(trigger: string) => any} */
    const find = (trigger) =>
      events.find(({ context: { newUser, event } }) => newUser.id === productUserId && event.trigger === trigger);
    const signup = find('new-signup');
    if (!signup || find('invoice-paid')) return { status: 200, json: { eligible: false, reward: null } };
    return {
      status: 200,
      json: {
        eligible: true,
        reward: { type: 'standard', interval: 'month', intervalCount: 3, percentage: 20 },
        signupId: `signup-${productUserId}`,
        signupAt: signup.context.event.timestamp,
        referralUcc: signup.payload.ucc,
        campaignId: 'campaign-1',
        campaignRevision: 'v1',
      },
    };
  };

  /** @type {(productUserId: string) => Answer} */
  const depersonalize = (productUserId) =>
    findCode(productUserId) ? { status: 204 } : { status: 404, json: { message: 'Referrer not found' } };

  /** @type {(method: string, path: string, body: any, token: string) => Answer} */
  const answer = (method, path, body, token) => {
    if (`${method} ${path}` === 'POST /token') return answerToken(body);
    if (!isGood(accessTokens, token)) return unauthorized;
    if (`${method} ${path}` === 'POST /events') return answerEvent(body);
    const [, room, ...rest] = path.split('/').map(decodeURIComponent);
    const [first = '', second = ''] = rest;
    if (method === 'GET' && room === 'referral-codes' && first === 'active-link' && second) return answerLink(second);
    if (method === 'GET' && room === 'referral-codes' && rest.length === 1) return answerCode(first);
    if (method === 'GET' && room === 'new-users' && second === 'reward') return answerReward(first);
    if (method === 'POST' && room === 'referrers' && second === 'depersonalize') return depersonalize(first);
    return { status: 404, json: { message: 'Not Found' } };
  };

  /** @type {(name: Fault, options: FaultOptions, token: string) => Answer | null} */
  const answerFault = (name, { retryAfter, message = 'refused by a fault' }, token) => {
    /** @type {Record<string, string>} */
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    if (name === 'keys-refused') return refuseKeys('/token');
    if (name === 'keys-refused-400') return { status: 400, json: { message: 'Invalid credentials' } };
    if (name === 'refresh-refused') return { status: 400, json: { message: 'Invalid refresh token' } };
    if (name === 'rate-limited') return { status: 429, json: { message: 'Too Many Requests' }, headers };
    if (name === 'server-error') return { status: 500, json: { message: 'Internal Server Error' } };
    if (name === 'unavailable') return { status: 503, json: { message: 'Service Unavailable' }, headers };
    if (name === 'refused') return { status: 400, json: { message } };
    if (name === 'token-expired') {
      accessTokens.delete(token);
      return unauthorized;
    }
    return null;
  };

  const server = createServer(async (request, response) => {
    const requestId = randomUUID();
    const method = request.method ?? '';
    const path = (request.url ?? '').replace(/\?.*/, '');
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const body = await readBody(request);
    const fault = takeFault(path, body);
    /** @type {SeenRequest} */
    const seen = { method, path, status: null, requestId, fault: fault?.name ?? null, body: blank(path, body) };
    requests.push(seen);

    /** @type {(answer: Answer) => void} */
    const write = ({ status, json, headers = {} }) => {
      seen.status = status;
      response.writeHead(status, { 'apigw-requestid': requestId, 'content-type': 'application/json', ...headers });
      response.end(json === undefined ? undefined : JSON.stringify(json));
    };
    if (!fault) return write(answer(method, path, body, token));

    const { name, options } = fault;
    const given = answerFault(name, options, token);
    if (given) return write(given);
    if (name === 'hang') return;
    if (name === 'reset') return void request.socket.destroy();
    if (name === 'garbage' || name === 'garbage-ok') {
      seen.status = name === 'garbage' ? 502 : 200;
      response.writeHead(seen.status, { 'apigw-requestid': requestId, 'content-type': 'text/html' });
      return void response.end('<!doctype html><title>Bad gateway</title><p>{"message":');
    }
    const accepted = answer(method, path, body, token);
    if (name === 'lost-answer') return void request.socket.destroy();
    if (name === 'late-error') return write({ status: 500, json: { message: 'Internal Server Error' } });
    setTimeout(() => write(accepted), options.delayMs ?? 1000);
  });

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;

  return {
    /** For `baseUrl`. */
    url,
    accessKeyId,
    secretAccessKey,
    /** The bodies that were accepted, oldest first. */
    events,
    /** All that came, oldest first, without keys and tokens. `status` is `null` where no answer was given. */
    requests,
    /**
     * Makes the next requests fail. Of several faults the first that fits is taken.
     * @param {Fault} name
     * @param {FaultOptions} [options]
     * @returns {() => void} The undo.
     */
    fault(name, options = {}) {
      const fault = { name, left: options.times ?? 1, options };
      faults.push(fault);
      return () => {
        fault.left = 0;
      };
    },
    /**
     * Calls with each event at the moment it is accepted.
     * @param {(event: any) => void} listener
     * @returns {() => void} The undo.
     */
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Makes all tokens of one sort void, as their end does. @param {'access' | 'refresh'} sort */
    expire(sort) {
      (sort === 'access' ? accessTokens : refreshTokens).clear();
    },
    /** Stops listening and breaks what is open. */
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
