import { readFile } from 'node:fs/promises';
import express from 'express';
import { api } from './api.js';
import { attribution } from './attribution.js';

const isDev = process.argv.includes('--dev');
process.env.NODE_ENV ??= isDev ? 'development' : 'production';

const app = express();
app.use('/api', api);

/** Gives the page's template and the app's `render`, fresh from the sources or as they were built. */
async function createLoader() {
  if (!isDev) {
    app.use(express.static('dist/client', { index: false }));
    const template = await readFile('dist/client/index.html', 'utf8');
    const { render } = await import('../dist/server/entry-server.js');
    return () => ({ template, render });
  }
  const { createServer } = await import('vite');
  const vite = await createServer({ server: { middlewareMode: true }, appType: 'custom' });
  app.use(vite.middlewares);
  return async (url) => {
    const template = await vite.transformIndexHtml(url, await readFile('index.html', 'utf8'));
    const { render } = await vite.ssrLoadModule('/src/entry-server.js');
    return { template, render };
  };
}

const load = await createLoader();
app.get('/{*path}', async (request, response) => {
  const { template, render } = await load(request.originalUrl);
  const html = await render();
  response.type('html').send(template.replace('<!--app-->', () => html));
});

attribution.start();
const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    server.close();
    await attribution.stop();
    process.exit();
  });
