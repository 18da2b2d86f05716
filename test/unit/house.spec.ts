/** The law of the house: what house.grit catches, and what the rooms of each side come to. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A line of code, the file it stands in, and whether the law allows it. */
type Planted = readonly [file: string, line: string, verdict: 'legal' | 'illegal'];

const PLANTED: readonly Planted[] = [
  ['src/server/index.ts', "export { createEndpoint } from './endpoint/index.js';", 'legal'],
  ['src/server/endpoint/index.ts', "import { readBody } from './body.js';", 'legal'],
  ['src/server/endpoint/body.ts', "import { parseUcc } from '../../ucc.js';", 'legal'],
  ['src/server/endpoint/once.ts', "import type { Receipts } from '../store/index.js';", 'legal'],
  ['src/server/store/sqlite/queue.ts', "export { memoryStore } from '../memory/index.js';", 'legal'],
  ['src/react/index.ts', "import { start } from '../browser/index.js';", 'legal'],
  ['examples/vite-vue/src/app.js', "import App from './App.vue';", 'legal'],
  ['src/server/store/sqlite/queue.ts', "import { randomUUID } from 'node:crypto';", 'legal'],
  ['src/command/run.ts', "import { parseUcc } from '../ucc.js';", 'legal'],
  ['src/command/check.ts', "import { open } from './browser/index.js';", 'legal'],
  ['test/unit/ucc.spec.ts', "import { parseUcc } from '../../dist/browser/forms/ucc.js';", 'legal'],

  ['src/server/endpoint/once.ts', "import { Receipts } from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "import type { Receipts } from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "export { Receipts } from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "export type { Receipts } from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "export * from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "export * as receipts from '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "import '../store/receipts.js';", 'illegal'],
  ['src/server/endpoint/once.ts', "export const receipts = import('../store/receipts.js');", 'illegal'],
  ['src/server/index.ts', "export { memoryStore } from './store/memory/index.js';", 'illegal'],
  ['src/server/index.ts', "export { readBody } from './endpoint/body.js';", 'illegal'],
  ['src/server/store/queue.ts', "import { sqliteQueue } from './sqlite/queue.js';", 'illegal'],
  ['src/browser/forms/roots.ts', "import { createForms } from './index.js';", 'illegal'],
  ['src/server/store/sqlite/queue.ts', "import { sqliteStore } from '../index.js';", 'illegal'],
  ['src/server/events.ts', "import { start } from '../browser/index.js';", 'illegal'],
  ['src/server/events.ts', "export { start } from '../browser/index.js';", 'illegal'],
  ['src/browser/start.ts', "import { readUcc } from '../server/index.js';", 'illegal'],
  ['src/browser/start.ts', "export * from '../server/index.js';", 'illegal'],
  ['src/command/check.ts', "import { start } from '../browser/index.js';", 'illegal'],
  ['src/command/check.ts', "import type { Message } from '../server/index.js';", 'illegal'],
  ['src/server/index.ts', "export { run } from '../command/index.js';", 'illegal'],
  ['src/vue/index.ts', "export type { Message } from '../server/index.js';", 'illegal'],
];

const USED_BY_THE_LINTER = ['biome.json', 'house.grit', '.gitignore'];

/** Lints each line as a file of its own in a tree of its own, and gives the files in which the law was broken. */
function lint(planted: readonly Planted[]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'house-'));
  try {
    for (const name of USED_BY_THE_LINTER) writeFileSync(join(folder, name), readFileSync(join(ROOT, name)));
    for (const [place, [file, line]] of planted.entries()) {
      const path = join(folder, String(place), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${line}\n`);
    }
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const { diagnostics }: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
    return new Set(diagnostics.filter(({ category }) => category === 'plugin').map(({ location }) => location.path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the linter catches every import and re-export that breaks the law, and no other', () => {
  const broken = lint(PLANTED);
  const judged = PLANTED.map(([file, line], place) => [
    file,
    line,
    broken.has(posix.join(String(place), file)) ? 'illegal' : 'legal',
  ]);
  expect(judged).toEqual(PLANTED);
});

/**
 * At most so many rooms a side, which are the folders and files at its top, and so many arrows between them. The inspector reads
 * every room, as is its nature, so its own arrows are not counted.
 */
const MOST = { rooms: 19, arrows: 54 };

/** The rooms of a side, and for each room those that it imports. */
function readRooms(side: string): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  const roomOf = (file: string) => (file.includes('/') ? `${file.split('/')[0]}/` : file.replace(/\.[jt]s$/, ''));
  const folder = join(ROOT, 'src', side);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, file), 'utf8'), true, true);
    const targets = importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(posix.dirname(file), fileName))
      .filter((target) => !target.startsWith('..'))
      .map(roomOf);
    const room = roomOf(file);
    const arrows = rooms.get(room) ?? new Set();
    rooms.set(room, arrows);
    for (const target of targets) if (target !== room) arrows.add(target);
  }
  return rooms;
}

/** The rooms from which a way of arrows leads back to themselves. */
function findCircles(rooms: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reach = (from: string): Set<string> => {
    const reached = new Set<string>();
    const queue = [from];
    for (let next = queue.pop(); next; next = queue.pop())
      for (const target of rooms.get(next) ?? [])
        if (!reached.has(target)) {
          reached.add(target);
          queue.push(target);
        }
    return reached;
  };
  return [...rooms.keys()].filter((room) => reach(room).has(room));
}

for (const side of ['server', 'browser', 'command'])
  test(`src/${side} has few rooms, few arrows between them, and none that runs back`, () => {
    const rooms = readRooms(side);
    const arrows = [...rooms].reduce((sum, [room, targets]) => sum + (room === 'inspector/' ? 0 : targets.size), 0);
    const told = `src/${side}: ${rooms.size} rooms, ${arrows} arrows`;
    process.stdout.write(`${told}\n`);
    expect(findCircles(rooms)).toEqual([]);
    expect(rooms.size, told).toBeLessThanOrEqual(MOST.rooms);
    expect(arrows, told).toBeLessThanOrEqual(MOST.arrows);
  });
