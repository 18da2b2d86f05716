import type { Change, NewRecord } from 'cello-companion/server';
import { expect } from 'playwright/test';
import { inEachStore, test } from '../../services/stores.js';

const DAY_MS = 86_400_000;

const RECORD: NewRecord = {
  body: '{}',
  email: null,
  user: null,
  dueMs: null,
  forgetAfterMs: null,
  stage: 'open',
};

const put = (key: string, version: Change['version'], next: Partial<NewRecord> = {}): Change => ({
  key,
  version,
  next: { ...RECORD, ...next },
});

inEachStore('records in', () => {
  const keys = (records: readonly { key: string }[]) => records.map(({ key }) => key);

  test('are written by whoever has read the version that stands', async ({ kept }) => {
    const { records } = kept.store;
    expect(await records.commit([put('a', 0, { body: '{"n":1}' })])).toBe(true);
    expect(await records.commit([put('a', 0, { body: '{"n":2}' })])).toBe(false);
    expect(await records.find(['a', 'b'])).toMatchObject([{ ...RECORD, key: 'a', version: 1, body: '{"n":1}' }]);
    expect(await records.commit([put('a', 1, { body: '{"n":3}' })])).toBe(true);
    expect(await records.commit([put('a', 1, { body: '{"n":4}' })])).toBe(false);
    expect(await records.commit([put('a', 'any', { body: '{"n":5}' })])).toBe(true);
    expect(await records.find(['a'])).toMatchObject([{ ...RECORD, key: 'a', version: 3, body: '{"n":5}' }]);
    expect(await records.commit([{ key: 'a', version: 2, next: null }])).toBe(false);
    expect(await records.commit([{ key: 'a', version: 3, next: null }])).toBe(true);
    expect(await records.find(['a'])).toEqual([]);
  });

  test('are changed together, or not at all', async ({ kept }) => {
    const { records } = kept.store;
    await records.commit([put('b', 0)]);
    expect(await records.commit([put('a', 0), put('b', 0), put('c', 0)])).toBe(false);
    expect(keys(await records.find(['a', 'b', 'c']))).toEqual(['b']);
  });

  test('of several who write at the same moment one gets through', async ({ kept }) => {
    const { records } = kept.store;
    const all = await Promise.all(Array.from({ length: 10 }, () => records.commit([put('a', 0)])));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('are found by a person’s address and id, also after a change', async ({ kept }) => {
    const { records } = kept.store;
    await records.commit([put('a', 0, { email: 'e1', user: 'u1' })]);
    await records.commit([put('b', 0, { email: 'e1' })]);
    expect(keys(await records.findByPerson('e1')).sort()).toEqual(['a', 'b']);
    expect(keys(await records.findByPerson('u1'))).toEqual(['a']);
    await records.commit([put('a', 1, { email: 'e2', user: 'u1' })]);
    expect(keys(await records.findByPerson('e1'))).toEqual(['b']);
    expect(keys(await records.findByPerson('e2'))).toEqual(['a']);
  });

  test('are due when their time has come, the longest due first', async ({ kept }) => {
    const { records } = kept.store;
    const nowMs = records.now();
    await records.commit([put('later', 0, { dueMs: nowMs + DAY_MS })]);
    await records.commit([put('now', 0, { dueMs: nowMs })]);
    await records.commit([put('before', 0, { dueMs: nowMs - 1 })]);
    await records.commit([put('never', 0)]);
    expect(keys(await records.listDue(10))).toEqual(['before', 'now']);
    expect(keys(await records.listDue(1))).toEqual(['before']);
    expect(await records.countDue()).toBe(3);
    kept.pass(DAY_MS);
    expect(keys(await records.listDue(10))).toEqual(['before', 'now', 'later']);
  });

  test('leave when their time is over, and when they are done and old; what waits stays', async ({ kept }) => {
    const { records } = kept.store;
    const nowMs = records.now();
    await records.commit([put('short', 0, { forgetAfterMs: nowMs + DAY_MS })]);
    await records.commit([put('done', 0, { stage: 'done' }), put('open', 0)]);
    expect(await records.purge(10)).toBe(0);
    kept.pass(2 * DAY_MS);
    expect(await records.purge(10)).toBe(1);
    expect(await records.prune(3 * DAY_MS, 10)).toBe(0);
    expect(await records.prune(DAY_MS, 10)).toBe(1);
    expect(keys(await records.find(['short', 'done', 'open']))).toEqual(['open']);
  });
});
