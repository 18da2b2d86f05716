/**
 * The apps of this folder, each bundled with its libraries into one script. A bundle is made once, and kept in `.bundles`
 * under a hash of all that it depends on.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const HERE = import.meta.dirname;
const APPS = join(HERE, 'apps');
const BUNDLES = join(HERE, '.bundles');
const require = createRequire(join(HERE, 'package.json'));

export type Mode = 'development' | 'production';

/** How Svelte, Vue and Solid compile: each by its own compiler. */
interface Svelte {
  compile(source: string, options: object): { readonly js: { readonly code: string } };
}
interface VueCompiler {
  parse(source: string): { readonly descriptor: object };
  compileScript(descriptor: object, options: object): { readonly content: string };
}
interface Babel {
  transformAsync(source: string, options: object): Promise<{ readonly code: string }>;
}

const svelte = (mode: Mode): Plugin => ({
  name: 'svelte',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const compiler: Svelte = require('svelte/compiler');
      const source = await readFile(path, 'utf8');
      return { contents: compiler.compile(source, { filename: path, dev: mode === 'development' }).js.code };
    });
  },
});

const solid: Plugin = {
  name: 'solid',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]solid(js)?[\\/].*\.jsx$/ }, async ({ path }) => {
      const babel: Babel = require('@babel/core');
      const presets = [require.resolve('babel-preset-solid')];
      const source = await readFile(path, 'utf8');
      const { code } = await babel.transformAsync(source, {
        filename: path,
        presets,
        babelrc: false,
        configFile: false,
      });
      return { contents: code };
    });
  },
};

/** Vue with its compiler, as a page without a build step has it; esbuild's own `alias` would take `vue/…` too. */
const vue: Plugin = {
  name: 'vue',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^vue$/ }, () => ({ path: join(HERE, 'node_modules/vue/dist/vue.esm-bundler.js') }));
  },
};

/** A single-file component of Vue, as its own compiler makes one script of it. */
const components: Plugin = {
  name: 'components of Vue',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const compiler: VueCompiler = require('vue/compiler-sfc');
      const { descriptor } = compiler.parse(await readFile(path, 'utf8'));
      return { contents: compiler.compileScript(descriptor, { id: 'component', inlineTemplate: true }).content };
    });
  },
};

const settings = (mode: Mode, alias: { readonly [name: string]: string }): BuildOptions => ({
  bundle: true,
  minify: mode === 'production',
  keepNames: true,
  write: false,
  format: 'iife',
  globalName: 'app',
  jsx: 'automatic',
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  logLevel: 'error',
  alias,
  conditions: ['browser', 'module', mode],
  mainFields: ['browser', 'module', 'main'],
  plugins: [vue, components, svelte(mode), solid],
  loader: { '.svg': 'dataurl' },
  define: {
    'process.env.NODE_ENV': JSON.stringify(mode),
    'import.meta.env': '{}',
    ngDevMode: String(mode === 'development'),
    ngServerMode: 'false',
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
  },
});

/** Bundles one file with its libraries into a script. */
export async function bundleFile(
  path: string,
  mode: Mode = 'production',
  alias: { readonly [name: string]: string } = {},
): Promise<string> {
  const { outputFiles = [] } = await build({ ...settings(mode, alias), entryPoints: [path] });
  return outputFiles[0]?.text ?? '';
}

/** A hash of the apps, of the libraries' lock, and of this file. */
function hashAll(): string {
  const hash = createHash('sha256');
  const files = readdirSync(APPS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes('.'))
    .sort();
  const paths = [...files.map((file) => join(APPS, file)), join(HERE, 'package-lock.json'), import.meta.filename];
  for (const path of paths) hash.update(path).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

let all: string | undefined;

/**
 * Gives an app as one script, which defines the global `app`.
 *
 * @param name - Its file below `apps`, e.g. `react/formik.jsx`.
 * @param alias - Other versions of its libraries, e.g. `{ react: 'react18' }`.
 */
export async function bundleApp(
  name: string,
  mode: Mode = 'production',
  alias: { readonly [name: string]: string } = {},
): Promise<string> {
  all ??= hashAll();
  const title = [name, mode, ...Object.values(alias)].join('-').replaceAll(/\W/g, '-');
  const path = join(BUNDLES, `${title}-${all}.js`);
  if (existsSync(path)) return readFile(path, 'utf8');
  if (!existsSync(join(HERE, 'node_modules')))
    throw new Error('The libraries are not installed. Run: node test/libraries/install.mjs');
  const script = await bundleFile(join(APPS, name), mode, alias);
  mkdirSync(BUNDLES, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, script);
  renameSync(draft, path); // whole, or not at all: another worker may make the same one
  return script;
}
