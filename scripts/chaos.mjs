// Thousands of submissions with faults, reloads and kills, drawn from a seed that is printed:
//   npm run chaos -- --seed 1234 --submissions 5000
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, submissions: { type: 'string', default: '5000' } },
});
const CHAOS_SEED = values.seed ?? String(Date.now() % 1_000_000);
const env = { ...process.env, CHAOS_SEED, CHAOS_SUBMISSIONS: values.submissions };

console.log(`Seed ${CHAOS_SEED}, ${values.submissions} submissions`);
const cli = ['node_modules/playwright/cli.js', 'test', '--project=node', '--grep', '@chaos'];
for (const [command, ...args] of [
  ['npm', 'run', '--silent', 'build'],
  [process.execPath, ...cli],
]) {
  const { status } = spawnSync(command, args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status) process.exit(status);
}
