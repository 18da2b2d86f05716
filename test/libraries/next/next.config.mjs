import { fileURLToPath } from 'node:url';

/** The project's root, where Next.js itself is installed. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

// biome-ignore lint/style/noDefaultExport: Next.js reads its configuration from the default export
export default { outputFileTracingRoot: root, eslint: { ignoreDuringBuilds: true }, devIndicators: false };
