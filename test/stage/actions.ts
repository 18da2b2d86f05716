/** What may happen to a visitor, a site and the way between them, drawn at random. */
import fc from 'fast-check';
import { type Account, type Action, type Fault, World } from './world.js';

const FAULTS: readonly Fault[] = ['reset before', 'reset after', 'no answer', '503', '429', 'throws', 'slow', 'dies'];

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fault>('none') },
  { weight: 4, arbitrary: fc.constantFrom(...FAULTS) },
);
const tab = fc.nat({ max: 2 });

/** One thing that happens. */
export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('submit' as const), tab, fault }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(10, 300, 1500, 12_000, 400_000),
      fault,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('online', 'kill', 'reload', 'open'), tab, fault }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('clock' as const), byMs: fc.constantFrom(-3_600_000, -5_000, 60_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('storage' as const),
      is: fc.constantFrom('well', 'well', 'full', 'denied'),
    }),
  },
);

/** Tells a story to its end, and accounts for every submission in it. */
export async function play(actions: readonly Action[]): Promise<{ account: Account; changed: readonly string[] }> {
  const world = new World();
  for (const one of actions) await world.act(one);
  await world.heal();
  return { account: world.account(), changed: world.changed };
}
