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
    ['id', ' at-its-start'],
    ['id', 'at-its-end '],
    ['id', 12345678],
    ['ucc', 'with space'],
    ['source', 'elsewhere'],
    ['at', '2026-11-23'],
    ['at', '2026-13-23T12:00:00.000Z'],
    ['at', ' 2026-11-23T12:00:00.000Z'],
    ['at', '2026-11-23T12:00:00.000Z '],
    ['at', { toString: () => '2026-11-23T12:00:00.000Z' }],
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

  for (const source of ['manual', 'cello', 'address', 'cookie', 'memory'])
    test(`knows where a code may come from: ${source}`, () => {
      expect(parseMessage({ ...message, source }).message).toMatchObject({ source });
    });

  for (const kind of ['signup', 'demo', null])
    test(`knows what a form may be for: ${kind}`, () => {
      expect(parseMessage({ ...message, kind }).message).toMatchObject({ kind });
    });

  test('knows a time without a fraction of a second, and a message that is none', () => {
    expect(parseMessage({ ...message, at: '2026-11-23T12:00:00Z' }).message).toBeTruthy();
    for (const none of [null, 'text', 7, [message]]) expect(parseMessage(none)).toEqual({ wrong: 'message' });
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
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const value: unknown = JSON.parse(JSON.stringify(message).replace('"email"', `"${name}"`));
      const parsed = parseMessage(value).message;
      expect(parsed?.type === 'submission' && Object.keys(parsed.fields)).toEqual([]);
    }
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

  test('may weigh 4,096 bytes exactly, and a message without fields any number', () => {
    const empty = { ...message, fields: { note: '' } } as Message;
    const note = (length: number) => ({ ...message, fields: { note: 'n'.repeat(length) } }) as Message;
    const room = MESSAGE_MAX_BYTES - bytes(empty);
    expect(fitMessage(note(room))).toEqual({ message: note(room), dropped: [] });
    expect(fitMessage(note(room + 1)).dropped).toEqual(['note']);
    const long = { ...message, page: 'é'.repeat(3000) } as Message;
    expect(fitMessage(long)).toEqual({ message: { ...long, fields: {} }, dropped: ['email'] });
    const { v, id, ucc, source, at } = message;
    const capture = { v, id, ucc, source, at, page: long.page, type: 'capture' } as Message;
    expect(fitMessage(capture)).toEqual({ message: capture, dropped: [] });
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
