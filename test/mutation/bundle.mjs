// Bundles the specs of a subject, in the copy of the project that the mutation tester works in, with the sources instead of
// what was built of them: that copy holds all mutants at once, and an environment variable says which of them is alive.
//   node test/mutation/bundle.mjs test/unit/ucc.spec.ts …
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOORS = { 'cello-companion': 'browser/index', 'cello-companion/server': 'server/index' };

const sources = {
  name: 'sources',
  setup({ onResolve }) {
    onResolve({ filter: /^playwright\/test$/ }, ({ importer }) =>
      importer.endsWith('runner.mjs') ? { external: true } : { path: resolve(ROOT, 'test/mutation/runner.mjs') },
    );
    onResolve({ filter: /^cello-companion(\/server)?$/ }, ({ path }) => ({
      path: resolve(ROOT, `src/${DOORS[path]}.ts`),
    }));
    onResolve({ filter: /\/dist\/.+\.js$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path).replace('/dist/', '/src/').replace(/\.js$/, '.ts'),
    }));
    // A database of its own would cost more than all that is asked here.
    onResolve({ filter: /\/postgres\.js$/ }, ({ importer }) =>
      importer.includes('/test/') ? { path: resolve(ROOT, 'test/mutation/no-postgres.mjs') } : undefined,
    );
  },
};

const specs = process.argv.slice(2);
await build({
  stdin: {
    contents: `${specs.map((spec) => `import ${JSON.stringify(`./${spec}`)};`).join('\n')}
      export { tests } from './test/mutation/runner.mjs';`,
    resolveDir: ROOT,
    loader: 'ts',
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  packages: 'external',
  ignoreAnnotations: true, // package.json says that only what is built has side effects
  plugins: [sources],
  outfile: fileURLToPath(new URL('specs.mjs', import.meta.url)),
  logLevel: 'error',
});
