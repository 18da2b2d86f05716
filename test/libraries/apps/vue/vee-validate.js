import { useForm } from 'vee-validate';
import { createApp } from 'vue';
import { send } from '../send.js';

const TEMPLATE = `
  <form @submit="submit">
    <label>E-mail <input type="email" name="email" v-model="email" v-bind="emailProps"></label>
    <input v-if="field === 'hidden'" type="hidden" name="ucc" v-model="ucc" v-bind="uccProps">
    <label v-if="field === 'visible'">Invite code <input name="ucc" v-model="ucc" v-bind="uccProps"></label>
    <button>Join</button>
  </form>`;

export const mount = (root, field) =>
  createApp({
    template: TEMPLATE,
    setup: () => {
      const { defineField, handleSubmit } = useForm();
      const [email, emailProps] = defineField('email');
      const [ucc, uccProps] = field === 'none' ? [] : defineField('ucc');
      return { field, email, emailProps, ucc, uccProps, submit: handleSubmit((values) => void send(values)) };
    },
  }).mount(root);
