/** Next.js calls it once, when the server starts. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { attribution } = await import('./server/attribution.js');
  attribution.start();
}
