import { createApp, reactive } from 'vue';
import { send } from '../send.js';

const TEMPLATE = `
  <form @submit.prevent="send(values)">
    <label>E-mail <input type="email" v-model="values.email"></label>
    <label>Password <input type="password" v-model="values.password" autocomplete="current-password"></label>
    <button>Log in</button>
  </form>`;

export const mount = (root) =>
  createApp({ template: TEMPLATE, setup: () => ({ send, values: reactive({ email: '', password: '' }) }) }).mount(root);
