import { createHmac } from 'node:crypto';
import { expect, test } from 'playwright/test';
import { type Delivery, isBearer, isSigned, type SigningTool } from '../../../../dist/server/bookings/signature.js';

const SECRET = 'test-secret';
const NOW_MS = 1_795_600_000_000;
const BODY = '{"a":1}';
const HEX = '179bf20a8b9040a32368814a68b0dc270823b5968498e0a73796c4202708ed8d';
const BASE64 = 'F5vyCouQQKMjaIFKaLDcJwgjtZaEmOCnN5bEICcI7Y0=';
const CALENDLY = '086a4851ab228776181865ce9034d4e1799afd025d7a6e859dcfc51632887453';
const HUBSPOT = 'Q2O79nSr2L0m41hot619hGjy1Cj5O61dcHkX7j7GzlQ=';
const CHILI = createHmac('sha256', SECRET).update(`1795600000.${BODY}`).digest('hex');

const deliver = (headers: Record<string, string>, body: string = BODY, nowMs: number = NOW_MS): Delivery => ({
  method: 'POST',
  url: 'https://x.example/h',
  headers: new Headers(headers),
  body: new TextEncoder().encode(body),
  nowMs,
});

/** A genuine delivery of each tool that signs: its secret is `test-secret`, its time 1795600000. */
const GENUINE: { readonly [T in SigningTool]: Readonly<Record<string, string>> } = {
  calcom: { 'X-Cal-Signature-256': HEX },
  calendly: { 'Calendly-Webhook-Signature': `t=1795600000,v1=${CALENDLY}` },
  hubspot: { 'X-HubSpot-Signature-v3': HUBSPOT, 'X-HubSpot-Request-Timestamp': '1795600000000' },
  typeform: { 'Typeform-Signature': `sha256=${BASE64}` },
  tally: { 'Tally-Signature': BASE64 },
  savvycal: { 'X-SavvyCal-Signature': `sha256=${HEX.toUpperCase()}` },
  chilipiper: { 'X-Chili-Signature': CHILI, 'X-Chili-Timestamp': '1795600000' },
};

const isTool = (name: string): name is SigningTool => name in GENUINE;
const TOOLS = Object.keys(GENUINE).filter(isTool);

for (const tool of TOOLS) {
  const headers = GENUINE[tool];
  test(`${tool}: takes what it signed`, async () => {
    expect(await isSigned(tool, deliver(headers), SECRET)).toBe(true);
  });

  test(`${tool}: refuses another body, another secret, no signature, and one that is cut`, async () => {
    expect(await isSigned(tool, deliver(headers, '{"a":2}'), SECRET)).toBe(false);
    expect(await isSigned(tool, deliver(headers), 'other-secret')).toBe(false);
    expect(await isSigned(tool, deliver({}), SECRET)).toBe(false);
    const cut = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.slice(0, -4)]));
    expect(await isSigned(tool, deliver(cut), SECRET)).toBe(false);
  });

  test(`${tool}: refuses a header that is no signature at all`, async () => {
    for (const text of ['no-secret-provided', '', 'sha256=', '%%%', 't=,v1=', '0'.repeat(10_000)]) {
      const wrong = Object.fromEntries(Object.keys(headers).map((name) => [name, text]));
      expect(await isSigned(tool, deliver(wrong), SECRET)).toBe(false);
    }
  });
}

const LIMITS: readonly (readonly [SigningTool, number])[] = [
  ['calendly', 3 * 60_000],
  ['hubspot', 5 * 60_000],
  ['chilipiper', 5 * 60_000],
];

test('a signature is spelled in one way: nothing before it, nothing behind it, whole bytes', async () => {
  for (const text of [`0x${HEX}`, `${HEX}0`, `${HEX}zz`, `${HEX} 00`, `-${HEX}`])
    expect(await isSigned('calcom', deliver({ 'X-Cal-Signature-256': text }), SECRET), text).toBe(false);
  for (const text of [`!${BASE64}`, `${BASE64}!`, `${BASE64}=`, 'A', BASE64.replace('=', '==')])
    expect(await isSigned('tally', deliver({ 'Tally-Signature': text }), SECRET), text).toBe(false);
});

test('a time is spelled in one way: digits', async () => {
  for (const stamp of [
    '1795600000 ',
    ' 1795600000',
    '+1795600000',
    '1795600000x',
    '1.7956e9',
    '17956',
    '1'.repeat(15),
  ]) {
    const signature = createHmac('sha256', SECRET).update(`${stamp}.${BODY}`).digest('hex');
    const headers = { 'Calendly-Webhook-Signature': `t=${encodeURIComponent(stamp)},v1=${signature}` };
    expect(await isSigned('calendly', deliver(headers), SECRET, Number.POSITIVE_INFINITY), stamp).toBe(false);
  }
});

test('what says no time may be as old as it is', async () => {
  for (const tool of ['calcom', 'typeform', 'tally', 'savvycal'] as const)
    expect(await isSigned(tool, deliver(GENUINE[tool], BODY, 0), SECRET, 1), tool).toBe(true);
});

for (const [tool, limitMs] of LIMITS)
  test(`${tool}: refuses what is older than ${limitMs / 60_000} minutes, or as far ahead`, async () => {
    for (const sign of [1, -1]) {
      expect(await isSigned(tool, deliver(GENUINE[tool], BODY, NOW_MS + sign * limitMs), SECRET)).toBe(true);
      expect(await isSigned(tool, deliver(GENUINE[tool], BODY, NOW_MS + sign * (limitMs + 1)), SECRET)).toBe(false);
    }
  });

test('a site may set its own limit of age', async () => {
  const late = deliver(GENUINE.calendly, BODY, NOW_MS + 240_000);
  expect(await isSigned('calendly', late, SECRET, 300_000)).toBe(true);
});

test('the address is the one that HubSpot knows, not the one that the server sees', async () => {
  const proxied = { ...deliver(GENUINE.hubspot), url: 'http://10.0.0.7:3000/h' };
  expect(await isSigned('hubspot', proxied, SECRET)).toBe(false);
});

test('the relay’s bearer is the secret, whole', async () => {
  for (const [text, isRight] of [
    [`Bearer ${SECRET}`, true],
    [`bearer  ${SECRET}`, true],
    [`Bearer ${SECRET}x`, false],
    [`Bearer ${SECRET.slice(1)}`, false],
    [`Basic ${SECRET}`, false],
    [`A Bearer ${SECRET}`, false],
    [`Bearer ${SECRET} x`, false],
    [`Bearer ${SECRET} `, true],
    ['Bearer', false],
    [SECRET, false],
  ] as const)
    expect(await isBearer(deliver({ authorization: text }), SECRET), text).toBe(isRight);
  expect(await isBearer(deliver({}), SECRET)).toBe(false);
});
