// Lintel's server: plain Node http and cello-companion/server. What is worth copying is here and in site.mjs.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCello,
  createEndpoint,
  createOutbox,
  createReferralStore,
  sqliteStore,
  toNodeHandler,
} from 'cello-companion/server';
import Database from 'libsql';
import { startCelloApi } from '../stand-ins/cello-api.mjs';
import { startOAuthProvider } from '../stand-ins/oauth-provider.mjs';
import { createAccounts } from './accounts.mjs';
import { createBookings } from './bookings.mjs';
import { createFiles } from './files.mjs';
import { readUrl } from './http.mjs';
import { createInspector } from './inspector/inspector.mjs';
import { createSite } from './site.mjs';

/**
 * Starts Lintel, and what stands in for the others: Cello's API and an OAuth provider.
 *
 * @param port - 0: a free one.
 * @param env - With `CELLO_ACCESS_KEY_ID` and `CELLO_SECRET_ACCESS_KEY` events go to Cello's own sandbox.
 * @returns `{ port, server, accounts, inspector, celloApi, stop() }`. `celloApi` is the stand-in; `null` with Cello's own.
 */
export async function startServer({ port = 0, env = process.env } = {}) {
  const isReal = Boolean(env.CELLO_ACCESS_KEY_ID || env.CELLO_SECRET_ACCESS_KEY);
  const celloApi = isReal ? null : await startCelloApi();
  const provider = await startOAuthProvider();
  const inspector = createInspector({ isReal }); // the demo's own: leave it out, and `watch…` with it
  const folder = mkdtempSync(join(tmpdir(), 'lintel-'));
  const database = new Database(join(folder, 'lintel.db'));

  // From here on it is what a site has ---------------------------------------------------------------------------------

  const store = sqliteStore(database);

  /** Which code came with which address or booking, for 90 days: until somebody signs up, or attends their demo. */
  const referrals = createReferralStore({ store });

  const cello = createCello({
    ...(celloApi
      ? { accessKeyId: celloApi.accessKeyId, secretAccessKey: celloApi.secretAccessKey, baseUrl: celloApi.url }
      : {
          accessKeyId: env.CELLO_ACCESS_KEY_ID,
          secretAccessKey: env.CELLO_SECRET_ACCESS_KEY,
          environment: 'sandbox',
        }),
    fetch: inspector.watchFetch(fetch),
  });

  /** Receives what the script sends. A message is a claim: it is kept, and never makes an event by itself. */
  const endpoint = createEndpoint({
    store,
    cookie: { secure: false }, // on https: `cookie: {}`
    async onReferral(message) {
      if (message.type !== 'submission' || !message.fields.email) return;
      await referrals.save({ key: message.fields.email, ucc: message.ucc, kind: message.kind, at: message.at });
    },
  });

  /** Keeps an event until Cello has it: a sign-up neither waits for Cello nor fails with it. */
  const outbox = createOutbox({ store, send: cello.send });
  outbox.start();

  const accounts = createAccounts();
  const site = createSite({
    accounts,
    bookings: createBookings(),
    referrals,
    outbox,
    provider,
    frame: inspector.frame,
    watch: inspector.watchHandler,
  });

  const routes = {
    ...site,
    ...inspector.routes,
    ...createFiles(),
    'POST /api/cello': toNodeHandler(inspector.watchEndpoint(endpoint)),
  };

  const server = createServer(async (request, response) => {
    const route = routes[`${request.method} ${readUrl(request).pathname}`] ?? site.otherwise;
    try {
      await route(request, response);
    } catch (error) {
      console.error(error);
      if (!response.headersSent) response.writeHead(error instanceof RangeError ? 413 : 500);
      response.end();
    }
  });

  // And this is the demo's way in and out ------------------------------------------------------------------------------

  /** Lets what is under way come to its end, for so long. A browser may hold a connection open for ever. */
  async function stop(graceMs = 2000) {
    const closed = new Promise((resolve) => server.close(resolve));
    inspector.stop();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
    await outbox.stop({ drainMs: graceMs });
    await Promise.all([celloApi?.close(), provider.close()]);
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: server.address().port, server, accounts, inspector, celloApi, stop };
}
