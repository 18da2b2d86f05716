import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { fitMessage, MESSAGE_MAX_BYTES, type Message, parseMessage, readOwn, writeJson } from '../../dist/message.js';
import { submission } from '../stage/stage.js';

const message = submission(1, Date.parse('2026-11-23T12:00:00.000Z'));

test.describe('the parser of messages', () => {
  test('gives back what was sent, and leaves out what it does not know', () => {
    expect(parseMessage({ ...message, later: 'version' })).toEqual({ message });
    const { v, id, ucc, source, at, page } = message;
    const capture = { v, id, ucc, source, at, page, type: 'capture' };
    expect(parseMessage({ ...message, type: 'capture' })).toEqual({ message: capture });
  });

  for (const [part, value] of [
    ['v', 2],
    ['id', 'short'],
    ['id', 'with space in it'],
    ['ucc', 'with space'],
    ['source', 'elsewhere'],
    ['at', '2026-11-23'],
    ['at', '2026-13-23T12:00:00.000Z'],
    ['page', 'x'.repeat(1025)],
    ['type', 'purchase'],
    ['kind', 'trial'],
    ['form', 7],
    ['via', ''],
    ['fields', ['email']],
    ['fields', { email: 7 }],
  ] as const)
    test(`names the part that is wrong: ${part} = ${JSON.stringify(value).slice(0, 30)}`, () => {
      expect(parseMessage({ ...message, [part]: value })).toEqual({ wrong: part });
    });

  for (const ref of ['cal_1', 'x'.repeat(255), null])
    test(`keeps a vendor's id: ${String(ref).slice(0, 20)}`, () => {
      expect(parseMessage({ ...message, ref })).toEqual({ message: { ...message, ref } });
    });

  for (const ref of ['x'.repeat(256), 7, {}, ['a'], true, undefined])
    test(`keeps a message without a vendor's id that is none: ${JSON.stringify(ref)?.slice(0, 20)}`, () => {
      const parsed = parseMessage({ ...message, ref }).message;
      expect(parsed).toEqual(message);
      expect(parsed && 'ref' in parsed).toBe(false);
    });

  test('reads and writes nothing that a page added to every object', () => {
    const added = { kind: () => 1, ref: 'theirs', fields: 7, forget: true, toJSON: () => 'theirs' };
    const addTo = (target: object) => Object.assign(target, added);
    addTo(Object.prototype);
    try {
      expect(parseMessage(JSON.parse(writeJson(message))).message).toEqual(message);
      expect(readOwn({}, 'forget')).toBeUndefined();
      expect(readOwn({ forget: 1 }, 'forget')).toBe(1);
    } finally {
      for (const name of Object.keys(added)) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  test('takes anything, and throws at nothing', () => {
    const parts = Object.fromEntries(Object.keys(message).map((key) => [key, fc.anything()]));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), fc.record(parts, { requiredKeys: [] })), (value) => {
        const parsed = parseMessage(value);
        expect(
          parsed.message ? parseMessage(JSON.parse(JSON.stringify(parsed.message))).message : parsed.wrong,
        ).toBeTruthy();
      }),
      { numRuns: 500 },
    );
  });

  test('lets no field name reach a prototype', () => {
    const value: unknown = JSON.parse(JSON.stringify(message).replace('"email"', '"__proto__"'));
    expect(parseMessage(value).message).toMatchObject({ fields: {} });
  });
});

test.describe('a message on the wire', () => {
  const bytes = (value: Message) => new TextEncoder().encode(JSON.stringify(value)).length;

  test('leaves out the longest fields until it fits, and says which', () => {
    const fields = { email: 'ada@example.com', essay: 'é'.repeat(3000), note: 'n'.repeat(1500) };
    const { message: fitting, dropped } = fitMessage({ ...message, fields } as Message);
    expect(dropped).toEqual(['essay']);
    expect(fitting).toMatchObject({ fields: { email: 'ada@example.com', note: fields.note } });
  });

  test('weighs 4,096 bytes at most, whatever was typed, and parses again', () => {
    const text = fc.oneof(fc.string({ maxLength: 3000 }), fc.string({ unit: 'binary', maxLength: 1500 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 40 }), text, { maxKeys: 8 }), (fields) => {
        const { message: fitting, dropped } = fitMessage({ ...message, fields } as Message);
        expect(bytes(fitting)).toBeLessThanOrEqual(MESSAGE_MAX_BYTES);
        expect(parseMessage(JSON.parse(JSON.stringify(fitting))).wrong).toBeUndefined();
        expect(Object.keys((fitting as { fields: object }).fields).length + dropped.length).toBe(
          Object.keys(fields).length,
        );
      }),
      { numRuns: 300 },
    );
  });
});
