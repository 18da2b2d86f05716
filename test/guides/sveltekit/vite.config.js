import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';

// biome-ignore lint/style/noDefaultExport: Vite reads its configuration from the default export
export default { plugins: [sveltekit({ adapter: adapter() })] };
