import { Field, Form } from 'vee-validate';
import { createApp } from 'vue';
import { send } from '../send.js';

const TEMPLATE = `
  <Form @submit="send">
    <label>E-mail <Field type="email" name="email" /></label>
    <Field v-if="field === 'hidden'" type="hidden" name="ucc" />
    <label v-if="field === 'visible'">Invite code <Field name="ucc" /></label>
    <button>Join</button>
  </Form>`;

export const mount = (root, field) =>
  createApp({
    components: { Field, Form },
    template: TEMPLATE,
    setup: () => ({ field, send: (values) => void send(values) }),
  }).mount(root);
