import node from '@astrojs/node';

// biome-ignore lint/style/noDefaultExport: Astro reads its configuration from the default export
export default { output: 'server', adapter: node({ mode: 'standalone' }), server: { host: '127.0.0.1' } };
