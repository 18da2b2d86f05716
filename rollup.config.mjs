import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';

const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Rollup only warns of a forgotten dependency or a cycle, and exits 0. Here a warning is an error. */
const onwarn = (warning) => {
  throw new Error(warning.message);
};

/** React's server components stop at this door: what is behind it runs in the browser too. Rollup moves a directive of the source. */
const CLIENT_DOOR = 'react/index.js';
const banner = ({ fileName }) => (fileName === CLIENT_DOOR ? "'use client';" : '');

const compile = (tsconfig) =>
  typescript({ tsconfig, declaration: true, declarationDir: 'dist', outDir: 'dist', noEmitOnError: true });

const browser = compile('./tsconfig.json');
const server = compile('./tsconfig.server.json');

/** What `browser` has compiled once, for the bundles: a program of their own each made the build twice as long. */
const compiled = { name: browser.name, resolveId: browser.resolveId, load: browser.load };

/** The npm build: file for file as in src/, with the declarations beside. What is imported by name stays outside. */
const modules = (input, compiler) => ({
  input,
  external: [/^node:/, /^[a-z@]/],
  // Both builds write the shared rooms; with every export kept they write the same.
  treeshake: false,
  onwarn,
  output: { dir: 'dist', format: 'es', preserveModules: true, preserveModulesRoot: 'src', sourcemap: true, banner },
  plugins: [compiler],
});

/** Puts js-cookie's licence beside the file that has it inside: its own notice goes with the other comments. */
const noticeBeside = (file) => ({
  name: 'licence of js-cookie',
  generateBundle() {
    const source = readFileSync(new URL('node_modules/js-cookie/LICENSE', import.meta.url), 'utf8');
    const fileName = `${basename(file)}.LICENSE.txt`;
    this.emitFile({ type: 'asset', fileName, source: `${basename(file)} contains js-cookie.\n\n${source}` });
  },
});

/** The script tag's build: one minified file with js-cookie inside. js-cookie's licence stands beside it. */
const script = (input, file) => ({
  input,
  onwarn,
  output: {
    file,
    format: 'iife',
    // The map lies beside the file, for whoever wants it; no visitor loads the line that names it.
    sourcemap: 'hidden',
    banner: `/*! ${name} ${version} | ${license} | js-cookie | MIT */`,
    plugins: [
      terser({ ecma: 2020, compress: { passes: 3, inline: 1, unsafe_arrows: true }, format: { comments: /^!/ } }),
    ],
  },
  plugins: [nodeResolve({ browser: true }), compiled, noticeBeside(file)],
});

/** The inspector's build: one module without imports, beside the script that loads it. */
const inspector = (input, file) => ({
  input,
  onwarn,
  // It reads the pure parts of the rooms, and has no use for js-cookie, which acts when it is loaded.
  treeshake: { moduleSideEffects: false },
  output: {
    file,
    format: 'es',
    sourcemap: 'hidden',
    banner: `/*! ${name} ${version} | ${license} */`,
    plugins: [terser({ ecma: 2020, module: true, compress: { passes: 2 }, format: { comments: /^!/ } })],
  },
  plugins: [nodeResolve({ browser: true }), compiled],
});

// biome-ignore lint/style/noDefaultExport: rollup reads its configuration from the default export
export default [
  modules(['src/browser/index.ts', 'src/browser/embeds/index.ts', 'src/react/index.ts', 'src/vue/index.ts'], browser),
  modules(['src/server/index.ts', 'src/server/pg-boss.ts', 'src/command/index.ts'], server),
  script('src/browser/script.ts', 'dist/cello-companion.js'),
  script('src/browser/script-embeds.ts', 'dist/cello-companion.embeds.js'),
  inspector('src/browser/inspector/index.ts', 'dist/cello-companion.inspector.js'),
];
