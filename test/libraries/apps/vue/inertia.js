import { createInertiaApp, useForm } from '@inertiajs/vue3';
import { createApp, h } from 'vue';

const TEMPLATE = `
  <form @submit.prevent="form.post('/join')">
    <label>E-mail <input type="email" name="email" v-model="form.email"></label>
    <input v-if="field === 'hidden'" type="hidden" name="ucc" v-model="form.ucc">
    <label v-if="field === 'visible'">Invite code <input name="ucc" v-model="form.ucc"></label>
    <button>Join</button>
  </form>`;

const Signup = {
  props: ['field'],
  template: TEMPLATE,
  setup: ({ field }) => ({ form: useForm({ email: '', ...(field !== 'none' && { ucc: '' }) }) }),
};

export const mount = (root, field) =>
  createInertiaApp({
    id: root.id,
    page: { component: 'Signup', props: { field, errors: {} }, url: '/', version: null },
    resolve: () => Signup,
    setup: ({ el, App, props, plugin }) =>
      createApp({ render: () => h(App, props) })
        .use(plugin)
        .mount(el),
  });
