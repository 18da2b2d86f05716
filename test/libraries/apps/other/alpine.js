import Alpine from 'alpinejs';
import { send } from '../send.js';

export const mount = (root, field) => {
  root.innerHTML = `
    <form x-data='${JSON.stringify({ values: { email: '', ...(field !== 'none' && { ucc: '' }) } })}' @submit.prevent="$send(values)">
      <label>E-mail <input type="email" name="email" x-model="values.email"></label>
      ${field === 'hidden' ? '<input type="hidden" name="ucc" x-model="values.ucc">' : ''}
      ${field === 'visible' ? '<label>Invite code <input name="ucc" x-model="values.ucc"></label>' : ''}
      <button>Join</button>
    </form>`;
  Alpine.magic('send', () => send);
  Alpine.start();
};
