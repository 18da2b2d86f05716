import { expect, test } from 'playwright/test';
import { type Consent, createConsent, defaultConsent, isConsent } from '../../../dist/browser/consent.js';

for (const [choice, mayFind, mayStore, maySend] of [
  ['granted', true, true, true],
  ['pending', true, false, true],
  ['denied', false, false, false],
] as const)
  test(`allows what "${choice}" allows, at the start and after a change`, () => {
    for (const before of ['granted', 'pending', 'denied'] as const) {
      const consent = createConsent(before);
      consent.change(choice);
      for (const state of [createConsent(choice), consent])
        expect([state.mayFind(), state.mayStore(), state.maySend()]).toEqual([mayFind, mayStore, maySend]);
    }
  });

test('deletes what is stored from granted to another choice, and whenever it is denied', () => {
  const deletes: [Consent, Consent][] = [
    ['granted', 'pending'],
    ['granted', 'denied'],
    ['pending', 'denied'],
    ['denied', 'denied'],
  ];
  for (const before of ['granted', 'pending', 'denied'] as const)
    for (const next of ['granted', 'pending', 'denied'] as const)
      expect(createConsent(before).change(next), `${before} to ${next}`).toBe(
        deletes.some(([from, to]) => from === before && to === next),
      );
});

test('takes Global Privacy Control for a pending consent', () => {
  expect(defaultConsent({ globalPrivacyControl: true })).toBe('pending');
  for (const navigator of [{}, { globalPrivacyControl: false }, { globalPrivacyControl: '1' }])
    expect(defaultConsent(navigator)).toBe('granted');
});

test('knows a choice by its word alone', () => {
  expect(['granted', 'pending', 'denied'].every(isConsent)).toBe(true);
  for (const other of ['GRANTED', 'toString', '__proto__', '', null, undefined, true, ['granted']])
    expect(isConsent(other)).toBe(false);
});
