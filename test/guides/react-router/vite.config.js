import { reactRouter } from '@react-router/dev/vite';

// biome-ignore lint/style/noDefaultExport: Vite reads its configuration from the default export
export default { plugins: [reactRouter()] };
