// Lintel's server: plain Node http and cello-companion/server. What is worth copying is here and in site.mjs.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAttribution,
  createBookingReceiver,
  createCello,
  createEndpoint,
  createReferralStore,
  sqliteStore,
  toNodeHandler,
} from 'cello-companion/server';
import Database from 'libsql';
import { startCalendar } from '../stand-ins/calendar.mjs';
import { startCelloApi } from '../stand-ins/cello-api.mjs';
import { startOAuthProvider } from '../stand-ins/oauth-provider.mjs';
import { createAccounts } from './accounts.mjs';
import { createBookings } from './bookings.mjs';
import { createFiles } from './files.mjs';
import { readUrl } from './http.mjs';
import { createInspector } from './inspector/inspector.mjs';
import { createSite } from './site.mjs';

const KEYS = ['CELLO_ACCESS_KEY_ID', 'CELLO_SECRET_ACCESS_KEY'];

/**
 * Starts Lintel, and what stands in for the others: Cello's API, an OAuth provider and Cal.com.
 *
 * @param port - 0: a free one.
 * @param env - With `CELLO_ACCESS_KEY_ID` and `CELLO_SECRET_ACCESS_KEY` events go to Cello's own sandbox.
 * @returns `{ port, server, accounts, inspector, celloApi, stop() }`. `celloApi` is the stand-in; `null` with Cello's own.
 */
export async function startServer({ port = 0, env = process.env } = {}) {
  const isReal = KEYS.some((name) => env[name]);
  const missing = isReal && KEYS.find((name) => !env[name]);
  if (missing) throw new Error(`${missing} is missing: give both keys, or none`);
  const celloApi = isReal ? null : await startCelloApi();
  const provider = await startOAuthProvider();
  const secret = randomUUID(); // on a site: CALCOM_WEBHOOK_SECRET
  const calendar = await startCalendar({ secret });
  const inspector = createInspector({ isReal }); // the demo's own: leave it out, and `watch…` with it
  const folder = mkdtempSync(join(tmpdir(), 'lintel-'));
  const database = new Database(join(folder, 'lintel.db'));

  // From here on it is what a site has ---------------------------------------------------------------------------------

  const store = sqliteStore(database);

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

  /** One event of each sign-up and each demo, kept until Cello has it: neither waits for Cello, and neither fails with it. */
  const bookings = createBookings();
  const send = async (event) => {
    await cello.send(event);
    bookings.noteSent(event); // for the sales team's page
  };
  const attribution = createAttribution({ store, send });
  attribution.start();

  /** Receives what the script sends. A message is a claim: it is kept, and never makes an event by itself. */
  const endpoint = createEndpoint({ store, onReferral: attribution.claim, cookie: { secure: false } }); // on https: `cookie: {}`

  /** Which code came with which address: here for the inspector, which shows it before the event is made. */
  const referrals = createReferralStore({ store });

  /** Receives the calendar's webhooks. An hour after its end, a meeting that nobody missed counts as attended. */
  const receive = createBookingReceiver({ tool: 'calcom', secret, attribution, assumeAttendedAfterHours: 1 });
  const receiveBooking = async (request) => {
    const copy = request.clone();
    const response = await receive(request);
    if (response.ok) bookings.noteWebhook(await copy.json()); // it is signed: the receiver has looked
    return response;
  };

  const accounts = createAccounts();
  const site = createSite({
    accounts,
    bookings,
    calendar,
    attribution,
    referrals,
    provider,
    frame: inspector.frame,
    watch: inspector.watchHandler,
  });

  const routes = {
    ...site,
    ...inspector.routes,
    ...createFiles(),
    'POST /webhooks/calcom': toNodeHandler(inspector.watchWebhook(receiveBooking)),
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
    await attribution.stop({ drainMs: graceMs });
    await Promise.all([celloApi?.close(), provider.close(), calendar.close()]);
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (error) {
    await stop();
    throw error;
  }
  calendar.subscribe(`http://127.0.0.1:${server.address().port}/webhooks/calcom`);
  return { port: server.address().port, server, accounts, inspector, celloApi, stop };
}
