/**
 * Chaos by the seed: `CHAOS_SEED=1234 CHAOS_SUBMISSIONS=5000 npm run chaos`. The same seed tells the same story.
 */
import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { action, play } from '../../../stage/actions.js';
import type { Account } from '../../../stage/world.js';

/** So many actions make a story; a visitor who stays for longer is told as another one. */
const STORY_LENGTH = 120;

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const wanted = Number(process.env['CHAOS_SUBMISSIONS'] ?? 100);

test('every submission is counted once or still in an outbox, whatever happens', {
  tag: ['@chaos', '@long'],
}, async () => {
  test.setTimeout(600_000);
  const total: Record<string, number> = {};
  for (let story = 0; (total['submitted'] ?? 0) < wanted; story += 1) {
    const { account, changed } = await play(fc.sample(action, { seed: seed + story, numRuns: STORY_LENGTH }));
    const replay = `Replay it with CHAOS_SEED=${seed + story} CHAOS_SUBMISSIONS=1 npm run chaos`;
    expect({ lost: account.lost, countedTwice: account.countedTwice, changed }, replay).toEqual({
      lost: 0,
      countedTwice: 0,
      changed: [],
    });
    for (const [fate, count] of Object.entries(account satisfies Account)) total[fate] = (total[fate] ?? 0) + count;
  }
  test.info().annotations.push({ type: 'chaos', description: JSON.stringify({ seed, ...total }) });
  if (process.env['CHAOS_SUBMISSIONS']) process.stdout.write(`${JSON.stringify({ seed, ...total }, null, 2)}\n`);
});
