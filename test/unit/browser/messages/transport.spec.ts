import { expect, test } from 'playwright/test';
import { judgeAnswer } from '../../../../dist/browser/messages/transport.js';

const ARRIVED = { is: 'arrived', isToForget: false };
const open = (reason: string, retryAfterMs = 0) => ({ is: 'open', reason, retryAfterMs });
const foreign = (reason: string) => ({ ...open(reason), isForeign: true });

for (const [title, status, body, expected] of [
  ["our endpoint's", 202, '{"status":"recorded"}', ARRIVED],
  ['a duplicate', 202, '{"status":"duplicate"}', ARRIVED],
  ["an endpoint of the site's own", 200, 'ok', ARRIVED],
  ['no body', 204, '', ARRIVED],
  ['a number', 200, '7', ARRIVED],
  ['a request to forget', 202, '{"status":"ignored","forget":true}', { is: 'arrived', isToForget: true }],
  ['what only looks like one', 202, '{"status":"ignored","forget":"true"}', ARRIVED],
  ['a login page at the end of a redirect', 200, '<!DOCTYPE html><title>Sign in</title>', foreign('web page')],
  ["a single-page app's catch-all", 200, '\n  <html lang="en"><head>', foreign('web page')],
  ['a page that begins with a comment', 200, '<!-- build 7 --><!doctype html>', foreign('web page')],
  ['XHTML', 200, '<?xml version="1.0"?>\n<!DOCTYPE html>', foreign('web page')],
  ['a fragment of a page', 200, '<div id="root"></div>', foreign('web page')],
  ['a refusal', 400, '{"error":"ucc"}', { is: 'refused', reason: 'status 400', error: 'ucc' }],
  ['a refused origin', 403, '{"error":"origin"}', { is: 'refused', reason: 'status 403', error: 'origin' }],
  ['a deploy that is not there yet', 404, '<h1>Not Found</h1>', foreign('status 404')],
  ['a login wall', 401, '', foreign('status 401')],
  ['a firewall', 403, 'Forbidden', foreign('status 403')],
  ["a gateway's JSON", 403, '{"message":"Forbidden"}', foreign('status 403')],
  ["another API's error", 400, '{"error":{"code":7}}', foreign('status 400')],
  ['a redirect that nobody follows', 304, '', foreign('status 304')],
  ['a slow request', 408, '{"error":"body"}', open('status 408')],
  ['one that came too early', 425, '', open('status 425')],
  ['too many', 429, '{"error":"limit"}', open('status 429', 7000)],
  ['a store that is locked', 503, '{"error":"store"}', open('status 503', 7000)],
  ['a server that fails', 500, '<!doctype html>', open('status 500')],
] as const)
  test(`judges an answer: ${title}`, () => {
    expect(judgeAnswer(status, '7', body)).toEqual(expected);
  });

test('honours Retry-After as a date, whatever a library made of Date.parse', () => {
  const { parse } = Date;
  Date.parse = () => Number.NaN;
  try {
    const delivery = judgeAnswer(503, new Date(Date.now() + 60_000).toUTCString(), '');
    expect(delivery.is === 'open' && delivery.retryAfterMs).toBeGreaterThan(50_000);
  } finally {
    Date.parse = parse;
  }
});
