import { createApp, reactive } from 'vue';
import { send } from '../send.js';

/** A form as an author writes it, with what he may write for the code. */
export const TEMPLATE = `
  <form @submit.prevent="send(values)">
    <label>E-mail <input type="email" name="email" v-model="values.email"></label>
    <input v-if="field === 'hidden'" type="hidden" name="ucc" v-model="values.ucc">
    <label v-if="field === 'visible'">Invite code <input name="ucc" v-model="values.ucc"></label>
    <button>Join</button>
  </form>`;

/** What the form is bound to. */
export const setUp = (field) => ({
  field,
  send,
  values: reactive({ email: '', ...(field !== 'none' && { ucc: '' }) }),
});

/** Shows a form in the page, as a single-page app does. */
export const show = (template) => (root, field) => createApp({ template, setup: () => setUp(field) }).mount(root);
