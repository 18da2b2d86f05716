// How many requests per second the endpoint answers, beside the same route written bare on the same adapter, which only
// parses the JSON. Each runs in a process of its own; the rounds go in turn, so that what else the machine does falls on
// all alike. Beside the wall clock it counts the server's CPU time per request, which a busy machine disturbs less.
//
//   npm run bench:server -- --rounds=20 --requests=2000
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEndpoint, memoryStore, sqliteStore, toNodeHandler } from 'cello-companion/server';
import Libsql from 'libsql';

const CONNECTIONS = 16;

/** What each must reach beside the bare route, by the clock. */
const GOALS = { endpoint: 0.85, 'with memoryStore()': 0.85, 'with sqliteStore(db)': 0.5 };

/** The handlers that are compared. */
const HANDLERS = {
  bare: () => async (request) => {
    await request.json();
    return Response.json({ status: 'recorded' }, { status: 202 });
  },
  endpoint: () => createEndpoint({ onReferral: () => {} }),
  'with memoryStore()': () => createEndpoint({ onReferral: () => {}, store: memoryStore() }),
  'with sqliteStore(db)': (folder) =>
    createEndpoint({ onReferral: () => {}, store: sqliteStore(new Libsql(join(folder, 'cello.db'))) }),
};

/** In the child: serves one handler, and tells its CPU time when asked. */
function serve(name, folder) {
  const server = createServer(toNodeHandler(HANDLERS[name](folder)));
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => process.send({ cpuMicros: process.cpuUsage().user + process.cpuUsage().system }));
  process.on('disconnect', () => process.exit(0));
}

const nextMessage = (child) => new Promise((resolve) => child.once('message', resolve));

async function readCpuMicros(child) {
  child.send('cpu');
  return (await nextMessage(child)).cpuMicros;
}

/** A submission as a browser sends it, with the headers that Chromium adds. */
function writeRequest() {
  const body = JSON.stringify({
    v: 1,
    id: randomUUID(),
    type: 'submission',
    ucc: 'pNRB1aYqArN',
    source: 'cello',
    at: new Date().toISOString(),
    page: '/signup',
    kind: 'signup',
    form: 'signup-form',
    via: 'form',
    fields: { email: 'ada@example.com', name: 'Ada Lovelace', company: 'Analytical Engines' },
  });
  return [
    'POST /api/cello HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: keep-alive',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'sec-ch-ua-platform: "Linux"',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    'Content-Type: application/json',
    'Accept: */*',
    'Origin: http://127.0.0.1',
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Dest: empty',
    'Referer: http://127.0.0.1/signup',
    'Accept-Encoding: gzip, deflate, br',
    'Accept-Language: en-US,en;q=0.9',
    'Cookie: session=0123456789abcdef; cello-referral=pNRB1aYqArN',
    '',
    body,
  ].join('\r\n');
}

/** Sends requests on one connection, each when the one before is answered. */
function sendAll(port, requests) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(requests[0]));
    let answered = 0;
    let text = '';
    socket.setEncoding('latin1').on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk;
      const [, length] = /content-length: (\d+)/i.exec(text) ?? [];
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 || text.length < end + 4 + Number(length)) return;
      if (!text.startsWith('HTTP/1.1 202')) return reject(new Error(text));
      text = '';
      answered += 1;
      if (answered < requests.length) socket.write(requests[answered]);
      else socket.end(resolve);
    });
  });
}

/** One round on one server: what it took, per request. */
async function measure({ child, port }, count) {
  const each = Math.ceil(count / CONNECTIONS);
  const batches = Array.from({ length: CONNECTIONS }, () => Array.from({ length: each }, writeRequest));
  const cpuMicros = await readCpuMicros(child);
  const startMs = performance.now();
  await Promise.all(batches.map((requests) => sendAll(port, requests)));
  const seconds = (performance.now() - startMs) / 1000;
  return {
    perSecond: (each * CONNECTIONS) / seconds,
    cpuMicros: ((await readCpuMicros(child)) - cpuMicros) / (each * CONNECTIONS),
  };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function compare({ rounds, requests }) {
  const folder = mkdtempSync(join(tmpdir(), 'cello-companion-bench-'));
  const servers = [];
  for (const name of Object.keys(HANDLERS)) {
    const child = fork(new URL(import.meta.url), ['--serve', name, '--folder', folder]);
    servers.push({ name, child, port: (await nextMessage(child)).port, results: [] });
  }
  for (const server of servers) await measure(server, requests); // warm up: the compiler is part of nobody's figure
  for (let round = 0; round < rounds; round++)
    for (const server of round % 2 ? servers.toReversed() : servers)
      server.results.push(await measure(server, requests));
  for (const { child } of servers) child.disconnect();
  rmSync(folder, { recursive: true, force: true });
  return servers;
}

function print(servers, { rounds, requests }) {
  const [bare] = servers;
  const ratio = ({ results }, read) => median(results.map((result, round) => read(result, bare.results[round])));
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${rounds} rounds of ${requests}\n`,
  );
  console.log('| | requests per second | beside bare | CPU a request | beside bare |\n|---|---|---|---|---|');
  for (const server of servers) {
    const perSecond = Math.round(median(server.results.map((one) => one.perSecond)));
    const cpuMicros = Math.round(median(server.results.map((one) => one.cpuMicros)));
    const bySpeed = ratio(server, (mine, its) => mine.perSecond / its.perSecond).toFixed(2);
    const byCpu = ratio(server, (mine, its) => its.cpuMicros / mine.cpuMicros).toFixed(2);
    console.log(`| ${server.name} | ${perSecond} | ${bySpeed} | ${cpuMicros} µs | ${byCpu} |`);
  }
  console.log('');
  for (const server of servers.slice(1)) {
    const reached = ratio(server, (mine, its) => mine.perSecond / its.perSecond);
    console.log(`${server.name}: ${reached.toFixed(2)} of bare, the goal is ${GOALS[server.name]}`);
    if (reached < GOALS[server.name]) process.exitCode = 1;
  }
}

const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    folder: { type: 'string', default: '' },
    rounds: { type: 'string', default: '21' },
    requests: { type: 'string', default: '2000' },
  },
});
if (values.serve) serve(values.serve, values.folder);
else {
  const size = { rounds: Number(values.rounds), requests: Number(values.requests) };
  print(await compare(size), size);
}
