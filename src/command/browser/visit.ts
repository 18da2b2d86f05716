/**
 * One visit to a page: opens it, listens to the network, and asks it one question. Clicks nothing and types nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { at, numberAt, textAt } from '../json.js';
import { type BrowserEvent, type DevTools, launch } from './devtools.js';

/** What the browser got for one address. */
export interface Answer {
  readonly url: string;
  /** The HTTP status; 0: none. */
  readonly status: number;
  /** Without parameters, e.g. `text/javascript`. */
  readonly contentType: string;
  /** Why there is no answer, e.g. `net::ERR_BLOCKED_BY_CLIENT`; `null`: there is one. */
  readonly failure: string | null;
}

export interface Visit {
  /** E.g. `HeadlessChrome/141.0.7390.37`. */
  readonly browser: string;
  /** The addresses of the page itself: the one opened, and where it led. */
  readonly pages: readonly Answer[];
  readonly scripts: readonly Answer[];
  /** What the browser complained of by itself: a policy, a hash that does not match. */
  readonly complaints: readonly string[];
  /** What the page answered, as JSON; `null` if it could not be asked. */
  readonly said: unknown;
}

export interface Question {
  readonly url: string;
  /** An expression in JavaScript; a promise is awaited. */
  readonly expression: string;
  readonly timeoutMs: number;
}

const typeOf = (response: unknown) => textAt(response, 'mimeType').toLowerCase();

/** Keeps what the browser tells about the network. */
function createJournal() {
  const pages: Answer[] = [];
  const scripts = new Map<string, Answer>();
  const complaints: string[] = [];
  /** The document of the main frame has the id of its loader. */
  const isPage = (params: unknown) =>
    textAt(params, 'type') === 'Document' && textAt(params, 'requestId') === textAt(params, 'loaderId');
  const take = ({ method, params }: BrowserEvent) => {
    const id = textAt(params, 'requestId');
    const url = textAt(params, 'request', 'url');
    if (method === 'Network.requestWillBeSent' && isPage(params) && at(params, 'redirectResponse')) {
      const response = at(params, 'redirectResponse');
      const from = textAt(response, 'url');
      pages.push({ url: from, status: numberAt(response, 'status'), contentType: typeOf(response), failure: null });
    }
    if (method === 'Network.requestWillBeSent' && textAt(params, 'type') === 'Script')
      scripts.set(id, { url, status: 0, contentType: '', failure: null });
    if (method === 'Network.responseReceived') {
      const response = at(params, 'response');
      const answer = {
        url: textAt(response, 'url'),
        status: numberAt(response, 'status'),
        contentType: typeOf(response),
        failure: null,
      };
      if (isPage(params)) pages.push(answer);
      else if (scripts.has(id)) scripts.set(id, answer);
    }
    const script = scripts.get(id);
    if (method === 'Network.loadingFailed' && script)
      scripts.set(id, { ...script, failure: textAt(params, 'blockedReason') || textAt(params, 'errorText') });
    const level = textAt(params, 'entry', 'level');
    if (method === 'Log.entryAdded' && level === 'error') complaints.push(textAt(params, 'entry', 'text'));
  };
  return { pages, scripts, complaints, take };
}

/** Gives a promise's value, or rejects after a time. */
async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = wait(Math.max(1, ms), null, { signal: stop.signal }).then(() => {
    throw new Error(`${what} took longer than ${Math.round(ms / 1000)} s`);
  });
  late.catch(() => undefined); // aborted, once it is no longer needed
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

/** A page that goes on to another takes the question with it: it is asked again there. */
const ATTEMPTS = 3;

async function ask(browser: DevTools, session: string, expression: string): Promise<unknown> {
  for (let attempt = 1; ; attempt++)
    try {
      const params = { expression, awaitPromise: true, returnByValue: true };
      const answer = await browser.send('Runtime.evaluate', params, session);
      const thrown =
        textAt(answer, 'exceptionDetails', 'exception', 'description') || textAt(answer, 'exceptionDetails', 'text');
      if (thrown) throw new Error(thrown);
      return at(answer, 'result', 'value');
    } catch (error) {
      const isGone = error instanceof Error && /context|navigated/i.test(error.message);
      if (!isGone || attempt === ATTEMPTS) throw error;
      await wait(500);
    }
}

/** Opens a tab, with everything switched on that the journal needs. */
async function openTab(browser: DevTools): Promise<string> {
  const target = textAt(await browser.send('Target.createTarget', { url: 'about:blank' }), 'targetId');
  const session = textAt(await browser.send('Target.attachToTarget', { targetId: target, flatten: true }), 'sessionId');
  for (const domain of ['Page', 'Network', 'Log']) await browser.send(`${domain}.enable`, {}, session);
  return session;
}

async function look(browser: DevTools, { url, expression, timeoutMs }: Question): Promise<Visit> {
  const { pages, scripts, complaints, take } = createJournal();
  const untilMs = performance.now() + timeoutMs;
  const session = await within(timeoutMs, 'Starting the browser', openTab(browser));
  const loaded = new Promise<void>((resolve) => {
    browser.follow((event) => {
      take(event);
      if (event.method === 'Page.loadEventFired') resolve();
      // A dialog would hold everything up.
      if (event.method === 'Page.javascriptDialogOpening')
        browser.send('Page.handleJavaScriptDialog', { accept: false }, session).catch(() => undefined);
    });
  });
  const rest = () => untilMs - performance.now();
  const opened = await within(rest(), `Opening ${url}`, browser.send('Page.navigate', { url }, session));
  const failure = textAt(opened, 'errorText');
  if (failure) throw new Error(`${url} could not be opened: ${failure}`);
  await within(rest(), `Loading ${url}`, loaded);
  const said = await within(rest(), 'The page’s answer', ask(browser, session, expression));
  const version = textAt(await browser.send('Browser.getVersion'), 'product');
  return { browser: version, pages, scripts: [...scripts.values()], complaints, said };
}

/**
 * Opens a page in a browser of its own and asks it a question once it has loaded.
 *
 * @param path - Path of a browser, as `findBrowser` gives it.
 * @returns What the browser saw. Rejects, in words for the user, if the browser does not start, or the page does not open or
 *   answer in time.
 */
export async function visit(path: string, question: Question): Promise<Visit> {
  const browser = launch(path);
  try {
    return await look(browser, question);
  } finally {
    await browser.close();
  }
}
