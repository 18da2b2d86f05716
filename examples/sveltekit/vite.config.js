import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  // Without an origin SvelteKit takes every request for https, and refuses forms on http://localhost.
  plugins: [sveltekit({ adapter: adapter(), paths: { origin: process.env.ORIGIN } })],
  server: { port: Number(process.env.PORT ?? 3000) },
});
