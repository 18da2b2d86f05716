/**
 * Processes that die or stand still in the middle of a sign-up.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createOutbox, sqliteStore } from 'cello-companion/server';
import Database from 'libsql';
import { expect, test } from 'playwright/test';
import { signup } from '../../services/outbox.js';

/** Starts the site of outbox-child.mjs. */
function start(file: string, what: string) {
  const child = spawn(process.execPath, ['test/services/outbox-child.mjs', file, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const isGone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { lines, isGone, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** A site's file, and an outbox of another process on it. */
function createSite(options: { leaseMs?: number } = {}) {
  const file = test.info().outputPath('site.db');
  const db = new Database(file);
  const sent: string[] = [];
  const store = sqliteStore(db);
  db.exec('CREATE TABLE users (id TEXT PRIMARY KEY)');
  const outbox = createOutbox({ store, send: async ({ payload }) => sent.push(payload.newUserId), ...options });
  const users = () =>
    db
      .prepare('SELECT id FROM users')
      .all()
      .map((row) => Reflect.get(Object(row), 'id'));
  return { file, outbox, sent, users, close: () => db.close() };
}

test('wherever a process is killed in a sign-up, Cello gets the event if and only if the user is there', async () => {
  const { file, outbox, sent, users, close } = createSite();
  for (const what of ['insert', 'add', 'commit', 'answer']) {
    const site = start(file, what);
    await site.isGone;
    expect(site.lines).toEqual(what === 'answer' ? ['answered answer'] : []);
  }
  expect(users()).toEqual(['commit', 'answer']);
  expect(await outbox.flush()).toEqual({ sent: 2, waiting: 0, blocked: null });
  expect(sent.sort()).toEqual(['answer', 'commit']);
  close();
});

test('what a frozen process has in hand is sent by the next flush of another one, and thawing it changes nothing', async () => {
  const { file, outbox, sent, close } = createSite({ leaseMs: 4000 });
  await outbox.add(signup('ada'));
  const frozen = start(file, 'hang');
  await expect.poll(() => frozen.lines).toEqual(['in hand']);
  frozen.kill('SIGSTOP');
  expect(await outbox.flush()).toEqual({ sent: 0, waiting: 1, blocked: null });
  await expect.poll(async () => (await outbox.flush()).sent, { timeout: 20_000 }).toBe(1);
  expect(sent).toEqual(['ada']);
  frozen.kill('SIGCONT');
  await outbox.add(signup('bob')); // it goes on, and takes what is new
  await expect.poll(() => frozen.lines).toContain('in hand');
  frozen.kill('SIGKILL');
  await frozen.isGone;
  expect(await outbox.stats()).toMatchObject({ sent: expect.any(Number), parked: 0 });
  expect(sent.filter((id) => id === 'ada')).toHaveLength(1);
  close();
});
