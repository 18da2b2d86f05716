import type { Attribution } from 'cello-companion/server';
import fc from 'fast-check';
import { expect } from 'playwright/test';
import { attribute, claimOf, UCC } from '../../services/attributed.js';
import { test } from '../../services/postgres.js';
import { STORES } from '../../services/stores.js';

const HOUR_MS = 3_600_000;
const EMAIL = 'ada@example.com';

/** A report, as a tool sends it. */
type Report = (attribution: Attribution, run: string) => Promise<unknown>;

const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

/** Everything that is told of one demo that was moved twice, with its names for a failing run. */
const REPORTS: Readonly<Record<string, Report>> = {
  'booked b1': (a, run) =>
    a.booked({ id: `${run}b1`, email: `${run}${EMAIL}`, ucc: UCC, startsAt: at(1), endsAt: at(2) }),
  'moved b1 to b2': (a, run) => a.moved({ id: `${run}b2`, previousId: `${run}b1`, startsAt: at(3), endsAt: at(4) }),
  'moved b2 to b3': (a, run) => a.moved({ id: `${run}b3`, previousId: `${run}b2`, startsAt: at(5), endsAt: at(6) }),
  'cancelled b1': (a, run) => a.cancelled({ id: `${run}b1` }),
  'cancelled b3': (a, run) => a.cancelled({ id: `${run}b3` }),
  'missed b3': (a, run) => a.missed({ id: `${run}b3`, is: true }),
  'missed b3 undone': (a, run) => a.missed({ id: `${run}b3`, is: false }),
  'attended b3': (a, run) => a.attended({ id: `${run}b3` }),
  'claimed by address': (a, run) => a.claim(claimOf(`${run}${EMAIL}`, UCC)),
  run: (a) => a.run(),
};

const NAMES = Object.keys(REPORTS);

/** Those without which there is no event. */
const NEEDED = ['booked b1', 'moved b1 to b2', 'moved b2 to b3', 'attended b3'];

for (const { name, open } of STORES) {
  const numRuns = name === 'memory' ? 300 : 15;

  test(`whatever is told in whatever order and however often, ${name}: one booking makes one event`, async ({
    postgres,
  }) => {
    const kept = await open(postgres);
    let count = 0;
    const orders = fc
      .array(fc.constantFrom(...NAMES), { maxLength: 12 })
      .chain((more) => fc.shuffledSubarray([...NEEDED, ...more], { minLength: NEEDED.length + more.length }));
    await fc.assert(
      fc.asyncProperty(orders, fc.boolean(), async (order, isParallel) => {
        const run = `${count++}-`;
        const site = attribute(kept.store);
        const reports = order.map((report) => () => REPORTS[report]?.(site.attribution, run));
        if (isParallel) await Promise.all(reports.map((report) => report()));
        else for (const report of reports) await report();
        await site.attribution.run();
        expect(site.keys).toEqual([`demo-call-attended:${run}b1`]);
        expect(site.errors).toEqual([]);
      }),
      { numRuns },
    );
    kept.close();
  });

  test(`whatever is left out, ${name}: never more than one event, and none without somebody who came`, async ({
    postgres,
  }) => {
    const kept = await open(postgres);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...NAMES), { maxLength: 15 }), async (order) => {
        const run = `${count++}-`;
        const site = attribute(kept.store);
        for (const report of order) await REPORTS[report]?.(site.attribution, run);
        expect(site.keys.length).toBeLessThanOrEqual(1);
        if (!order.includes('attended b3')) expect(site.keys).toEqual([]);
      }),
      { numRuns },
    );
    kept.close();
  });
}
