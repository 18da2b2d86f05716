// Measures what the docs promise, and writes the numbers into them:
//   npm run prove                               everything
//   npm run prove -- --only=forms --rounds=20   the forms alone, each situation 20 times an engine and door
//   npm run prove -- --only=examples --example=next   one example alone
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { proveBookings } from './prove-bookings.mjs';
import { proveChaos, proveDelivery } from './prove-delivery.mjs';
import { proveExamples } from './prove-examples.mjs';
import { proveForms } from './prove-forms.mjs';
import { proveGuides } from './prove-guides.mjs';
import { proveLibraries } from './prove-libraries.mjs';
import { proveMutation } from './prove-mutation.mjs';
import { provePackage } from './prove-package.mjs';
import { proveServer } from './prove-server.mjs';
import { proveSuite } from './prove-suite.mjs';

const PROOFS = {
  suite: proveSuite,
  forms: proveForms,
  libraries: proveLibraries,
  delivery: proveDelivery,
  chaos: proveChaos,
  server: proveServer,
  bookings: proveBookings,
  package: provePackage,
  examples: proveExamples,
  guides: proveGuides,
  mutation: proveMutation,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(PROOFS) },
    rounds: { type: 'string', default: '5' },
    submissions: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '300' },
    subjects: { type: 'string' },
    inputs: { type: 'string', default: '100000' },
    orders: { type: 'string', default: '300' },
    example: { type: 'string' },
  },
});

const { status } = spawnSync('npm run --silent build', { stdio: 'inherit', shell: true });
if (status) process.exit(1);
const failed = [];
for (const name of values.only) if (!(await PROOFS[name]?.(values))) failed.push(name);
if (failed.length) console.error(`Not proven: ${failed.join(', ')}`);
process.exitCode = failed.length ? 1 : 0;
