/**
 * The adapter for AWS Lambda: behind API Gateway, REST (payload 1.0) and HTTP (2.0), behind a function URL (2.0), and
 * behind a load balancer.
 */

import { type Fields, isFields } from '../input/index.js';
import { rememberAddress } from './client-address.js';

/** The result for Lambda, in the payload version of its event. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Payload 1.0: allows several cookies. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  /** Payload 2.0. */
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A Lambda handler. */
export type LambdaHandler = (event: object) => Promise<LambdaResult>;

type Handler = (request: Request) => Response | Promise<Response>;

/** What the payload versions have in common. */
interface Parts {
  readonly method: unknown;
  readonly path: unknown;
  readonly query: string;
  readonly headers: Headers;
  readonly address: unknown;
}

const readRecord = (value: unknown): Fields => (isFields(value) ? value : {});

const listTexts = (value: unknown): readonly string[] => [value].flat().filter((one) => typeof one === 'string');

function readHeaders(...records: readonly unknown[]): Headers {
  const headers = new Headers();
  for (const record of records)
    for (const [name, value] of Object.entries(readRecord(record)))
      if (!headers.has(name)) for (const one of listTexts(value)) headers.append(name, one);
  return headers;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function readSecond(event: Fields): Parts {
  const http = readRecord(readRecord(event['requestContext'])['http']);
  const headers = readHeaders(event['headers']);
  const cookies = listTexts(event['cookies']);
  if (cookies.length) headers.set('cookie', cookies.join('; '));
  return {
    method: http['method'],
    path: event['rawPath'] ?? http['path'],
    query: listTexts(event['rawQueryString']).join(),
    headers,
    address: http['sourceIp'],
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function readFirst(event: Fields): Parts {
  const query = new URLSearchParams();
  const asked = readRecord(event['multiValueQueryStringParameters'] ?? event['queryStringParameters']);
  for (const [name, value] of Object.entries(asked)) for (const one of listTexts(value)) query.append(name, one);
  return {
    method: event['httpMethod'],
    path: event['path'],
    query: String(query),
    headers: readHeaders(event['multiValueHeaders'], event['headers']),
    address: readRecord(readRecord(event['requestContext'])['identity'])['sourceIp'],
  };
}

const isSecond = (event: Fields): boolean => isFields(readRecord(event['requestContext'])['http']);

function readBody({ body, isBase64Encoded }: Fields): string | Uint8Array<ArrayBuffer> | null {
  if (typeof body !== 'string') return null;
  return isBase64Encoded === true ? Uint8Array.from(atob(body), (char) => char.charCodeAt(0)) : body;
}

/** Converts an event to a Fetch-standard request; `null` if the event is not a request. */
function toRequest(event: Fields): Request | null {
  const { method, path, query, headers, address } = isSecond(event) ? readSecond(event) : readFirst(event);
  if (typeof method !== 'string' || typeof path !== 'string') return null;
  const scheme = headers.get('x-forwarded-proto') === 'http' ? 'http' : 'https';
  const host = headers.get('host') ?? readRecord(event['requestContext'])['domainName'] ?? 'localhost';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  try {
    const url = `${scheme}://${host}${path.startsWith('/') ? path : `/${path}`}${query ? `?${query}` : ''}`;
    const request = new Request(url, { method, headers, body: hasBody ? readBody(event) : null });
    rememberAddress(request, address);
    return request;
  } catch {
    return null; // TypeError: invalid host or header; InvalidCharacterError: the body is not base64
  }
}

async function answer(handler: Handler, event: unknown): Promise<Response> {
  try {
    const request = isFields(event) ? toRequest(event) : null;
    if (request) return await handler(request);
    console.error('[cello-companion] the event that toLambdaHandler got is none of API Gateway or of a function URL');
    return Response.json({ error: 'request' }, { status: 400 });
  } catch (error) {
    console.error('[cello-companion] the handler given to toLambdaHandler threw', error);
    return Response.json({ error: 'internal' }, { status: 500 });
  }
}

type Written = Pick<LambdaResult, 'headers' | 'multiValueHeaders' | 'cookies'>;

/**
 * A load balancer accepts only the shape that its event has; API Gateway and function URLs take several cookies
 * separately.
 */
function writeHeaders(response: Response, event: Fields): Written {
  const cookies = response.headers.getSetCookie();
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  const [cookie] = cookies;
  if (cookie === undefined && !isBalancer(event)) return { headers };
  if (isSecond(event)) return { headers, cookies };
  if (!isBalancer(event)) return { headers, multiValueHeaders: { 'set-cookie': cookies } };
  if (!isFields(event['multiValueHeaders']))
    return { headers: { ...headers, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) } };
  const many = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return { multiValueHeaders: { ...Object.fromEntries(many), ...(cookies.length ? { 'set-cookie': cookies } : {}) } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html */
const isBalancer = (event: Fields): boolean => 'elb' in readRecord(event['requestContext']);

/**
 * Turns a Fetch-standard handler into an AWS Lambda handler.
 *
 * @param handler - The result of `createEndpoint`, or any other handler of a `Request` that responds with text.
 * @returns The Lambda handler. It never rejects: an event that is not a request is answered with 400, an error in the
 *   handler with 500.
 * @example
 * export const handler = toLambdaHandler(endpoint);
 */
export function toLambdaHandler(handler: Handler): LambdaHandler {
  return async (event) => {
    const response = await answer(handler, event);
    const body = await response.text().catch(() => null); // rejects if the handler's own stream breaks
    if (body === null) return { statusCode: 500, body: '{"error":"internal"}', isBase64Encoded: false };
    return {
      statusCode: response.status,
      ...writeHeaders(response, readRecord(event)),
      body,
      isBase64Encoded: false,
    };
  };
}
