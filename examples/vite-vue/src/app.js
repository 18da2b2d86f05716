import { celloCompanion } from 'cello-companion/vue';
import { createSSRApp } from 'vue';
import App from './App.vue';

/** A new app for each request on the server, and one in the browser. */
export const createApp = () => createSSRApp(App).use(celloCompanion({ endpoint: '/api/cello', include: ['email'] }));
