/** Cloudflare's own runtime, with a worker in it that is bundled as the runtime's own tools do it. */
import { build } from 'esbuild';
import { Miniflare, type WorkerOptions } from 'miniflare';

/**
 * Starts a worker.
 *
 * @param entry - The path of its file.
 * @param bindings - What the runtime binds to it.
 * @param edit - Changes the bundle before it runs.
 */
export async function startWorker(
  entry: string,
  bindings: Pick<WorkerOptions, 'kvNamespaces' | 'queueProducers' | 'queueConsumers'>,
  edit: (script: string) => string = (script) => script,
): Promise<Miniflare> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return new Miniflare({
    host: '127.0.0.1',
    compatibilityDate: '2025-07-01',
    modules: true,
    script: edit(outputFiles[0]?.text ?? ''),
    ...bindings,
  });
}
