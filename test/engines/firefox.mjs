/**
 * Makes stock Firefox answer Playwright sooner. Without it tests find the same, and take longer. It stands on private
 * hooks of Playwright, so Playwright is pinned exactly.
 */
import { firefox } from 'playwright';
import { behind } from './behind.mjs';

/**
 * Acknowledges every message at once. Firefox's server sends without TCP_NODELAY: the second of two answers waits until
 * the first is acknowledged, and this side puts that off for 40 ms. A pong that nobody asked for (RFC 6455, 5.5.3)
 * carries the acknowledgement, and wants no answer.
 */
function acknowledge(browser) {
  const { _ws: socket } = behind(browser)._browserSession.connection._transport;
  socket.on('message', () => socket.pong());
}

/** Gives every page what `fill()` needs as a script that Firefox keeps. Playwright would send 340 KB to each of them. */
function extendInjectedScript(source) {
  return this._browser._browserSession.send('script.addPreloadScript', {
    functionDeclaration: `() => { const module = {}; ${source}; new (module.exports.default())({ window }); }`,
    userContexts: [this._userContextId()],
  });
}

/** Opens the first page of a context as a tab. Playwright would open a window for it, which takes three times as long. */
async function doCreateNewPage() {
  const type = this.possiblyUninitializedPages().length ? 'window' : 'tab'; // the tab behind another one is hidden
  const session = this._browser._browserSession;
  const { context } = await session.send('browsingContext.create', { type, userContext: this._browserContextId });
  const page = this._browser._bidiPages.get(context)._page;
  for (const event of ['domcontentloaded', 'load']) page.frameManager.frameLifecycleEvent(context, event);
  return page;
}

async function quicken(browser) {
  acknowledge(browser);
  const context = await browser.newContext();
  Object.assign(Object.getPrototypeOf(behind(context)), { doCreateNewPage, extendInjectedScript });
  await context.close();
  return browser;
}

/** Makes `firefox.launch()` do this to the browser it starts. */
export function quickenFirefox() {
  const launch = firefox.launch.bind(firefox);
  firefox.launch = async (options) => quicken(await launch(options));
}
