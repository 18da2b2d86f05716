import { defaultConfig, plugin } from '@formkit/vue';
import { createApp } from 'vue';
import { send } from '../send.js';

const TEMPLATE = `
  <FormKit type="form" submit-label="Join" @submit="send">
    <FormKit type="email" name="email" label="E-mail" />
    <FormKit v-if="field === 'hidden'" type="hidden" name="ucc" />
    <FormKit v-if="field === 'visible'" type="text" name="ucc" label="Invite code" />
  </FormKit>`;

export const mount = (root, field) =>
  createApp({ template: TEMPLATE, setup: () => ({ field, send: (values) => void send(values) }) })
    .use(plugin, defaultConfig)
    .mount(root);
