/**
 * Events as AWS hands them to a function, after its public documentation (2026):
 * - REST API, payload 1.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * - HTTP API, payload 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * - Function URL, payload 2.0: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */

/** What a browser sent. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Without the question mark, as it stood in the address. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One text a cookie. */
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64?: boolean;
}

const HOST = 'abcdefghij.execute-api.eu-central-1.amazonaws.com';
const SOURCE_IP = '203.0.113.7';

const listQuery = (query: string) => [...new URLSearchParams(query)];

const group = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    const values = all[name] ?? [];
    all[name] = values;
    values.push(value);
  }
  return all;
};

const lastOf = (all: Record<string, string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.at(-1) ?? '']));

const writeBody = ({ body, isBase64 = false }: Sent) => ({
  body: body === undefined ? null : isBase64 ? Buffer.from(body).toString('base64') : body,
  isBase64Encoded: isBase64,
});

/** REST API: names of headers as the sender spelt them, everything twice, the stage outside of the path. */
export function restEvent(sent: Sent) {
  const { method = 'POST', path = '/api/cello', query = '', headers = {}, cookies = [] } = sent;
  const many = group([
    ...Object.entries({ Host: HOST, 'X-Forwarded-For': `${SOURCE_IP}, 10.0.0.1`, 'X-Forwarded-Proto': 'https' }),
    ...Object.entries(headers),
    ...(cookies.length ? [['Cookie', cookies.join('; ')] as const] : []),
  ]);
  const asked = group(listQuery(query));
  return {
    resource: '/api/cello',
    path,
    httpMethod: method,
    headers: lastOf(many),
    multiValueHeaders: many,
    queryStringParameters: query ? lastOf(asked) : null,
    multiValueQueryStringParameters: query ? asked : null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: HOST,
      domainPrefix: 'abcdefghij',
      httpMethod: method,
      identity: { sourceIp: SOURCE_IP, userAgent: headers['User-Agent'] ?? null },
      path: `/prod${path}`,
      protocol: 'HTTP/1.1',
      requestId: 'b3c2f0d1-0000-4000-8000-000000000000',
      resourcePath: '/api/cello',
      stage: 'prod',
    },
    ...writeBody(sent),
  };
}

/** HTTP API and function URL: names of headers in small letters, several of one joined by commas, cookies apart. */
export function httpEvent(sent: Sent) {
  const { method = 'POST', path = '/api/cello', query = '', headers = {}, cookies = [] } = sent;
  const { body, isBase64Encoded } = writeBody(sent);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length ? { cookies: [...cookies] } : {}),
    headers: {
      host: HOST,
      'x-forwarded-for': SOURCE_IP,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    ...(query
      ? {
          queryStringParameters: Object.fromEntries(
            Object.entries(group(listQuery(query))).map(([name, values]) => [name, values.join(',')]),
          ),
        }
      : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: HOST,
      domainPrefix: 'abcdefghij',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: SOURCE_IP, userAgent: headers['User-Agent'] ?? '' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '23/Nov/2026:15:04:05 +0000',
      timeEpoch: 1_795_446_245_000,
    },
    ...(body === null ? {} : { body }),
    isBase64Encoded,
  };
}

/** A function URL's event is the HTTP API's, with another host. */
export function functionUrlEvent(sent: Sent) {
  const event = httpEvent(sent);
  const host = 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws';
  return {
    ...event,
    headers: { ...event.headers, host },
    requestContext: { ...event.requestContext, domainName: host, apiId: 'abcdefghijklmnopqrstuvwxyz012345' },
  };
}
