import { show } from './signup.js';

const TEMPLATE = `
  <form @submit.prevent="send(values)">
    <label>E-mail <input type="email" name="email" v-model.trim="values.email"></label>
    <input v-if="field === 'hidden'" type="hidden" name="ucc" v-model.lazy="values.ucc">
    <label v-if="field === 'visible'">Invite code <input name="ucc" v-model.lazy.trim="values.ucc"></label>
    <button>Join</button>
  </form>`;

export const mount = show(TEMPLATE);
