// Runs a script under another release of Node, which is fetched if need be:
//   node scripts/with-node.mjs 22 scripts/bench-server.mjs
//   node scripts/with-node.mjs 24 node_modules/playwright/cli.js test --project=node
import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fetchNode } from '../test/engines/nodes.mjs';

const [major, ...args] = process.argv.slice(2);
const node = fetchNode(major);
if (!node) {
  console.error(`Node ${major} is not here, and could not be fetched.`);
  process.exit(1);
}
const PATH = [dirname(node), process.env['PATH']].join(delimiter); // what the script starts by name is the same Node
const { status } = spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, PATH } });
process.exitCode = status ?? 1;
