// The demo, built anew at each change of src: npm run dev
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';

const run = (command, ...args) => spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });

/** Rollup's own watch would keep what `clean` takes away; a whole build takes seconds. */
const build = () => new Promise((resolve) => run('npm', 'run', '--silent', 'build').on('close', resolve));

if (await build()) process.exit(1);
let demo = run(process.execPath, 'demo-page/start.mjs');
let isBuilding = false;
let isStale = false;

/** Builds until nothing has changed in the meantime, then starts the demo again, which holds the old server entry. */
async function rebuild() {
  isStale = true;
  if (isBuilding) return;
  isBuilding = true;
  let code = 1;
  while (isStale) {
    isStale = false;
    code = await build();
  }
  isBuilding = false;
  if (code) return; // what is wrong stands on the console; the demo goes on with what it has
  demo.kill();
  demo = run(process.execPath, 'demo-page/start.mjs');
}

watch('src', { recursive: true }, () => void rebuild());
watch('demo-page', { recursive: true }, () => void rebuild());
process.on('SIGINT', () => {
  demo.kill();
  process.exit();
});
