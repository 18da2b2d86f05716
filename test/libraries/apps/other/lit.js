import { html, LitElement, nothing } from 'lit';
import { send } from '../send.js';

/** A form in a shadow root, as a component of Lit has it. */
class Signup extends LitElement {
  static properties = { field: {}, email: { state: true }, ucc: { state: true } };

  constructor() {
    super();
    this.email = '';
    this.ucc = '';
  }

  submit(event) {
    event.preventDefault();
    send(this.field === 'none' ? { email: this.email } : { email: this.email, ucc: this.ucc });
  }

  render() {
    const change = ({ target: { name, value } }) => {
      this[name] = value;
    };
    return html`<form @submit=${this.submit}>
      <label>E-mail <input type="email" name="email" .value=${this.email} @input=${change}></label>
      ${this.field === 'hidden' ? html`<input type="hidden" name="ucc" .value=${this.ucc} @input=${change}>` : nothing}
      ${this.field === 'visible' ? html`<label>Invite code <input name="ucc" .value=${this.ucc} @input=${change}></label>` : nothing}
      <button>Join</button>
    </form>`;
  }
}
customElements.define('sign-up', Signup);

export const mount = (root, field) => {
  root.append(Object.assign(document.createElement('sign-up'), { field }));
};
