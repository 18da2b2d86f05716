import { compile, createSSRApp, reactive } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { send } from '../send.js';

const TEMPLATE = `
  <form @submit.prevent="send(values)">
    <label>E-mail <input type="email" name="email" v-model="values.email"></label>
    <input v-if="field === 'hidden'" type="hidden" name="ucc" v-model="values.ucc">
    <label v-if="field === 'visible'">Invite code <input name="ucc" v-model="values.ucc"></label>
    <button>Join</button>
  </form>`;

const create = (field) =>
  createSSRApp({
    render: compile(TEMPLATE),
    setup: () => ({ field, send, values: reactive({ email: '', ...(field !== 'none' && { ucc: '' }) }) }),
  });

export const render = (field) => renderToString(create(field));
export const hydrate = (root, field) => create(field).mount(root);
