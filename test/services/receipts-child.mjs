/** The endpoint with a SQLite store in a process of its own, which a test may kill. It tells its port to its parent. */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createEndpoint, sqliteStore, toNodeHandler } from 'cello-companion/server';
import Libsql from 'libsql';

const { file, runs, hang = false, aheadMs = 0 } = JSON.parse(process.argv[2] ?? '{}');

const endpoint = createEndpoint({
  store: sqliteStore(new Libsql(file), { clock: () => Date.now() + aheadMs }),
  onReferral: async ({ id }) => {
    appendFileSync(runs, `${id}\n`);
    if (hang) await new Promise(() => {});
  },
});

const server = createServer(toNodeHandler(endpoint));
server.listen(0, '127.0.0.1', () => process.send?.(server.address()?.port));
