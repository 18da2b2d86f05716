/** What one run came to, a line for each project; the files that took longest; and what was not there to run with. */
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestError, TestResult } from 'playwright/types/testReporter';
import { findMissing } from './machine.mjs';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  totalMs: number;
}

/** What a run is without. */
const WITHOUT: { readonly [name: string]: string } = {
  chromium: 'not run: there is no such engine on this machine',
  firefox: 'not run: there is no such engine on this machine',
  webkit: 'not run: there is no such engine on this machine',
  'headless shell': 'not there: Chromium ran as a whole, in twice the time',
  postgresql: 'not there: PGlite stood in for it, and not run is what several processes share',
  redis: 'not there: not run is the BullMQ of docs/server.md',
  ublock: 'not there: not run is the delivery past a real ad blocker, in Firefox',
  'node 22': 'not there: not run are the tests on it',
  'node 24': 'not there: not run are the tests on it',
};

/** How many of the slowest files the summary names. */
const SLOWEST = 10;

const firstLine = (text: string): string => stripVTControlCharacters(text).split('\n', 1)[0] ?? '';

const write = (line: string) => process.stdout.write(`${line}\n`);

const describe = (project: string, { passed, failed, skipped, totalMs }: Tally): string => {
  const averageMs = Math.round(totalMs / Math.max(1, passed + failed));
  const left = skipped ? `, ${skipped} not run` : '';
  return `  ${project.padEnd(9)} ${passed} passed, ${failed} failed${left} (${averageMs} ms a test)`;
};

class Summary implements Reporter {
  readonly #tallies = new Map<string, Tally>();
  /** Milliseconds by file and project. */
  readonly #files = new Map<string, number>();
  /** What failed, by name: output that is cut at its beginning must still say it. */
  readonly #failures: string[] = [];
  #broken = 0;

  onError({ message = 'an error outside of any test' }: TestError) {
    this.#broken += 1; // a file that does not load, a worker that cannot start
    this.#failures.push(firstLine(message));
  }

  onTestEnd(test: TestCase, { status, duration, error }: TestResult) {
    const project = test.parent.project()?.name ?? '';
    const tally = this.#tallies.get(project) ?? { passed: 0, failed: 0, skipped: 0, totalMs: 0 };
    this.#tallies.set(project, tally);
    if (status === 'skipped') tally.skipped += 1;
    else if (status === test.expectedStatus) tally.passed += 1;
    else tally.failed += 1;
    tally.totalMs += duration;
    const file = `${relative('test', test.location.file)} in ${project}`;
    if (status !== 'skipped' && status !== test.expectedStatus)
      this.#failures.push(`${file}, ${test.title}: ${firstLine(error?.message ?? status)}`);
    this.#files.set(file, (this.#files.get(file) ?? 0) + duration);
  }

  /** Comes after every reporter's end, so that the summary stands last. */
  async onExit() {
    for (const [project, tally] of this.#tallies) write(describe(project, tally));
    for (const name of findMissing()) write(`  ${name.padEnd(9)} ${WITHOUT[name]}`);
    const slowest = [...this.#files].sort(([, one], [, other]) => other - one).slice(0, SLOWEST);
    for (const [file, ms] of slowest) write(`  ${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
    const all = [...this.#tallies.values()];
    const sum = (key: 'passed' | 'failed') => all.reduce((total, tally) => total + tally[key], 0);
    const failed = sum('failed') + this.#broken;
    process.send?.({ passed: sum('passed'), failed, failures: this.#failures }); // to scripts/test.mjs
  }
}

// biome-ignore lint/style/noDefaultExport: Playwright takes a reporter from the default export
export default Summary;
