import { attribution } from '../utils/attribution.js';

export default defineNitroPlugin((nitro) => {
  attribution.start();
  nitro.hooks.hook('close', () => attribution.stop());
});
