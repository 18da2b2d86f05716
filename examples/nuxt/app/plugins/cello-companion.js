import { celloCompanion } from 'cello-companion/vue';

// Without `.client` in its name: UccField is rendered on the server too.
export default defineNuxtPlugin(({ vueApp }) => {
  vueApp.use(celloCompanion({ endpoint: '/api/cello', include: ['email'] }));
});
