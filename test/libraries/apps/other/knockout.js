import ko from 'knockout';
import { send } from '../send.js';

export const mount = (root, field) => {
  root.innerHTML = `
    <form data-bind="submit: join">
      <label>E-mail <input type="email" name="email" data-bind="textInput: email"></label>
      ${field === 'hidden' ? '<input type="hidden" name="ucc" data-bind="value: ucc">' : ''}
      ${field === 'visible' ? '<label>Invite code <input name="ucc" data-bind="value: ucc"></label>' : ''}
      <button>Join</button>
    </form>`;
  const values = { email: ko.observable(''), ...(field !== 'none' && { ucc: ko.observable('') }) };
  ko.applyBindings({ ...values, join: () => void send(ko.toJS(values)) }, root);
};
