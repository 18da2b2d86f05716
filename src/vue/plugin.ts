/**
 * The plugin: the companion runs as long as the app.
 */
import type { App, Plugin } from 'vue';
import { createSession } from '../bindings/index.js';
import type { Options } from '../browser/index.js';
import { SESSION } from './session-key.js';

/** Vue 3.5 has `onUnmount`; earlier ones have this alone. */
function beforeUnmount(app: App, work: () => void): void {
  const { unmount } = app;
  app.unmount = () => {
    work();
    unmount();
  };
}

/**
 * Starts the companion when the app uses it, and stops it when the app is unmounted. On a server it does nothing.
 *
 * @param options - The options of `start()`. They are read once.
 * @throws {TypeError} On an unknown option or a bad value, at `app.use()`.
 * @example createApp(App).use(celloCompanion({ endpoint: '/api/cello' })).mount('#app');
 */
export const celloCompanion = (options: Options = {}): Plugin => ({
  install(app: App) {
    const session = createSession();
    app.provide(SESSION, session);
    if (typeof document !== 'undefined') beforeUnmount(app, session.open(options));
  },
});
