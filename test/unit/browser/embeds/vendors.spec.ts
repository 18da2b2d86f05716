/** What each vendor does without a page: put the code into an address or an attribute, and parse a message. */
import { expect, test } from 'playwright/test';
import { CALCOM } from '../../../../dist/browser/embeds/calcom.js';
import { CALENDLY } from '../../../../dist/browser/embeds/calendly.js';
import { carryInFragment, carryInQuery } from '../../../../dist/browser/embeds/carrier.js';
import { CHILI_PIPER } from '../../../../dist/browser/embeds/chilipiper.js';
import { own, unpack, valuesIn } from '../../../../dist/browser/embeds/heard.js';
import { HUBSPOT_FORMS } from '../../../../dist/browser/embeds/hubspot-forms.js';
import { HUBSPOT_MEETINGS } from '../../../../dist/browser/embeds/hubspot-meetings.js';
import { calcom, calendly } from '../../../../dist/browser/embeds/index.js';
import { TALLY } from '../../../../dist/browser/embeds/tally.js';
import { TYPEFORM } from '../../../../dist/browser/embeds/typeform.js';
import { readOrigin, type Vendor } from '../../../../dist/browser/embeds/vendor.js';

const UCC = 'pNRB1aYqArN';
const put = (carrier: string, ours: readonly string[] = []) => ({
  carrier,
  ucc: UCC,
  isOurs: (value: string) => ours.includes(value),
});

/** An address, the carrier, and the address with the code; `null`: the site uses the carrier. */
const QUERIES: readonly (readonly [string, string, string | null])[] = [
  ['https://x.example/a', 'ucc', `https://x.example/a?ucc=${UCC}`],
  ['https://x.example/a?', 'ucc', `https://x.example/a?ucc=${UCC}`],
  ['https://x.example/a?b=%20c+d#e', 'ucc', `https://x.example/a?b=%20c+d&ucc=${UCC}#e`],
  ['https://x.example/a?ucc=', 'ucc', `https://x.example/a?ucc=${UCC}`],
  ['https://x.example/a?ucc=theirs', 'ucc', null],
  ['https://x.example/a?ucc=former&b=1', 'ucc', `https://x.example/a?b=1&ucc=${UCC}`],
  [`https://x.example/a?ucc=${UCC}`, 'ucc', `https://x.example/a?ucc=${UCC}`],
  ['https://x.example/a?b=1', 'metadata[ucc]', `https://x.example/a?b=1&metadata%5Bucc%5D=${UCC}`],
  ['https://x.example/a?metadata%5Bucc%5D=theirs', 'metadata[ucc]', null],
  ['/demo?x', 'ucc', `/demo?x&ucc=${UCC}`],
  ['https://x.example/a ', 'ucc', `https://x.example/a?ucc=${UCC}`],
  ['https://x.example/a?b=1\n', 'ucc', `https://x.example/a?b=1&ucc=${UCC}`],
  ['/demo#f?ucc=no', 'ucc', `/demo?ucc=${UCC}#f?ucc=no`],
];

for (const [address, carrier, expected] of QUERIES)
  test(`puts the code as ${carrier} into ${address}`, () => {
    const { text, reason } = carryInQuery(address, put(carrier, ['former']));
    expect([text, reason]).toEqual(
      expected === null ? [address, `the site uses ${carrier} itself`] : [expected, undefined],
    );
  });

test('puts the code into a fragment', () => {
  expect(carryInFragment('https://x.example/to/a?b=1#c=d', put('ucc')).text).toBe(
    `https://x.example/to/a?b=1#c=d&ucc=${UCC}`,
  );
  expect(carryInFragment('https://x.example/to/a#ucc=theirs', put('ucc')).reason).toContain('ucc');
});

test('adds embed_domain to a Calendly frame that lacks it, also where the carrier is taken', () => {
  const carry = (address: string) => CALENDLY.carry?.(address, put('utm_content'));
  expect(carry('https://calendly.com/a/b')?.text).toBe(`https://calendly.com/a/b?utm_content=${UCC}&embed_domain=1`);
  expect(carry('https://calendly.com/a?embed_domain=site')?.text).toBe(
    `https://calendly.com/a?embed_domain=site&utm_content=${UCC}`,
  );
  expect(carry('https://calendly.com/a?utm_content=ad')).toEqual({
    text: 'https://calendly.com/a?utm_content=ad&embed_domain=1',
    reason: 'the site uses utm_content itself',
  });
});

const inSource = ({ sources = [] }: Vendor, value: string, carrier: string) =>
  sources[0]?.carry?.(value, put(carrier, ['former']));

test("puts the code into Cal.com's config, and keeps what it cannot read", () => {
  const carry = (json: string) => inSource(CALCOM, json, 'metadata[ucc]');
  expect(carry('')?.text).toBe(`{"metadata[ucc]":"${UCC}"}`);
  expect(carry('{"theme":"dark"}')?.text).toBe(`{"theme":"dark","metadata[ucc]":"${UCC}"}`);
  expect(carry('{"metadata[ucc]":"former"}')?.text).toBe(`{"metadata[ucc]":"${UCC}"}`);
  expect(carry('{"metadata[ucc]":"theirs"}')?.reason).toContain('metadata[ucc]');
  expect(carry('{theme:dark')?.text).toBe('{theme:dark');
});

test("puts the code into Typeform's hidden fields, whose commas are escaped", () => {
  const carry = (list: string) => inSource(TYPEFORM, list, 'ucc');
  expect(carry('')?.text).toBe(`ucc=${UCC}`);
  expect(carry('plan=a\\,b,x=1')?.text).toBe(`plan=a\\,b,x=1,ucc=${UCC}`);
  expect(carry('ucc=former,x=1')?.text).toBe(`x=1,ucc=${UCC}`);
  expect(carry('ucc=theirs')?.reason).toContain('ucc');
});

const slot = { start: 1_790_000_000_000, end: 1_790_000_900_000 };
const meeting = (contact: unknown, more: object = {}) => ({
  meetingBookSucceeded: true,
  meetingsPayload: { bookingResponse: { postResponse: { contact, timerange: slot }, ...more } },
});

/** A message, and what is heard of it: its id or what else makes it unique, or `false` for nothing. */
const MESSAGES: readonly (readonly [Vendor, unknown, string | null | false])[] = [
  [CALENDLY, { event: 'calendly.event_scheduled', payload: { invitee: { uri: 'i/1' } } }, 'i/1'],
  [CALENDLY, { event: 'calendly.event_scheduled', payload: { invitee: { uri: 7 } } }, null],
  [CALENDLY, { event: 'calendly.event_scheduled' }, null],
  [CALENDLY, { event: 'calendly.date_and_time_selected' }, false],
  [CALCOM, { fullType: 'CAL::bookingSuccessfulV2', data: { uid: 'bk-1' } }, 'bk-1'],
  [CALCOM, { fullType: 'CAL:a:b:bookingSuccessful', data: { booking: { uid: 'bk-1' } } }, 'bk-1'],
  [CALCOM, { fullType: 'CAL:bookingSuccessful', data: {} }, null],
  [CALCOM, '{"fullType":"CAL:x:bookingSuccessfulV2","data":{"uid":"bk-2"}}', 'bk-2'],
  [CALCOM, { fullType: 'CAL::rescheduleBookingSuccessfulV2', data: { uid: 'bk-1' } }, false],
  [CALCOM, { fullType: 'CAL::dryRunBookingSuccessfulV2', data: { uid: 'bk-1' } }, false],
  [CALCOM, { fullType: 'CAL::bookingCancelled', data: { uid: 'bk-1' } }, false],
  [TYPEFORM, { type: 'form-submit', embedId: 'e', formId: 'f', responseId: 'r-1' }, 'r-1'],
  [TYPEFORM, { type: 'duplicate-detected', formId: 'f' }, false],
  [TALLY, '{"event":"Tally.FormSubmitted","payload":{"id":"s-1"}}', 's-1'],
  [TALLY, { event: 'Tally.FormSubmitted', payload: { id: 's-1' } }, 's-1'],
  [TALLY, '{"event":"Tally.FormPageView","payload":{"id":"s-1"}}', false],
  [CHILI_PIPER, { action: 'booking-confirmed', args: { eventId: 'e-1' } }, 'e-1'],
  [CHILI_PIPER, { action: 'booking-confirmed', eventId: 'e-2' }, 'e-2'],
  [CHILI_PIPER, { action: 'booked', args: { eventId: 'e-1' } }, false],
  [HUBSPOT_MEETINGS, meeting({ email: 'Ada@Example.com' }), `ada@example.com ${slot.start}`],
  [HUBSPOT_MEETINGS, meeting(null), null],
  [HUBSPOT_MEETINGS, { meeetingBookSucceeded: true }, null],
  [HUBSPOT_MEETINGS, { meetingCreated: true }, null],
  [HUBSPOT_MEETINGS, { meetingBookSucceeded: 'true' }, false],
  [HUBSPOT_FORMS, { type: 'hsFormCallback', eventName: 'onFormSubmitted', id: 'f', data: {} }, null],
  [HUBSPOT_FORMS, { type: 'hsFormCallback', eventName: 'onFormSubmit', id: 'f', data: [] }, false],
];

for (const [vendor, message, expected] of MESSAGES)
  test(`${vendor.word} hears ${expected === false ? 'nothing' : expected} in ${JSON.stringify(message).slice(0, 80)}`, () => {
    const heard = vendor.hear?.(message);
    expect(heard ? (heard.ref ?? heard.key ?? null) : false).toBe(expected);
  });

const thrower = () => {
  throw new Error('read');
};

test('no vendor hears anything in what any script may send, and no getter is called', () => {
  const trap = Object.defineProperties(
    {},
    Object.fromEntries(
      ['event', 'type', 'action', 'fullType', 'id', 'meetingBookSucceeded'].map((key) => [
        key,
        { get: thrower, enumerable: true },
      ]),
    ),
  );
  const inherited = Object.create({
    event: 'calendly.event_scheduled',
    type: 'form-submit',
    action: 'booking-confirmed',
  });
  const messages = [
    null,
    undefined,
    0,
    true,
    '',
    '[]',
    'x'.repeat(300_000),
    [],
    [null],
    {},
    () => 1,
    Symbol('s'),
    trap,
    inherited,
  ];
  for (const { hear } of [CALENDLY, CALCOM, TYPEFORM, TALLY, CHILI_PIPER, HUBSPOT_MEETINGS, HUBSPOT_FORMS])
    for (const message of messages) expect(hear?.(message) ?? null).toBe(null);
});

test('reads own values only, JSON up to a length, and values as object and as list', () => {
  expect(own({ a: { b: 1 } }, 'a', 'b')).toBe(1);
  expect(own({ a: 1 }, 'toString')).toBe(undefined);
  const long = `{"a":"${'x'.repeat(200_000)}"}`;
  expect(unpack(long, 'a')).toBe(long);
  expect(unpack('{"a":1}', 'a')).toEqual({ a: 1 });
  expect(unpack('{"a":1', 'b')).toBe('{"a":1'); // no message that we know is parsed
  const expected = { email: 'a@example.com' };
  expect(valuesIn([{ name: '0-1/email', value: 'a@example.com' }])).toEqual(expected);
  expect(valuesIn({ email: 'a@example.com' })).toEqual(expected);
  expect(valuesIn(3)).toEqual({});
});

test('reads origins as events have them', () => {
  expect(readOrigin('https://Meet.example.com/')).toBe('https://meet.example.com');
  for (const wrong of ['meet.example.com', 'https://meet.example.com/path', 'ftp://x.example', '*', 7, null])
    expect(readOrigin(wrong)).toBe(null);
});

test('trusts the origins of all regions, and nothing that only looks like them', () => {
  const trusted: readonly (readonly [Vendor, string])[] = [
    [CALENDLY, 'https://calendly.com'],
    [CALENDLY, 'https://www.calendly.com'],
    [CALCOM, 'https://app.cal.com'],
    [CALCOM, 'https://cal.eu'],
    [CALCOM, 'https://cal.com'],
    [CALCOM, 'https://www.cal.com'],
    [TYPEFORM, 'https://form.typeform.eu'],
    [HUBSPOT_MEETINGS, 'https://meetings-eu1.hubspot.com'],
    [CHILI_PIPER, 'https://acme.chilipiper.com'],
    [TALLY, 'https://tally.so'],
    [TALLY, 'https://www.tally.so'],
  ];
  for (const [{ word, origins }, origin] of trusted) {
    expect(origins.test(origin), word).toBe(true);
    for (const wrong of [
      `${origin}.evil.example`,
      origin.replace('https', 'http'),
      origin.replace(/\/\/.*?(\w+\.\w+)$/, '//evil$1'),
    ])
      expect(origins.test(wrong), wrong).toBe(false);
  }
});

test('refuses options that are none', () => {
  expect(calendly().carrier).toBe('utm_content');
  expect(calcom({ origins: ['https://meet.example.com/'] }).origins).toEqual(['https://meet.example.com']);
  for (const options of [
    { carrier: '' },
    { carrier: 'a b' },
    { origins: ['meet.example.com'] },
    { origins: 'x' },
    { carier: 'x' },
    null,
  ])
    expect(() => Reflect.apply(calendly, undefined, [options])).toThrow(TypeError);
});
