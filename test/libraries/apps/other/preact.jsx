/** @jsxImportSource preact */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { send } from '../send.js';

function Signup({ field }) {
  const [values, setValues] = useState({ email: '', ...(field !== 'none' && { ucc: '' }) });
  const change = ({ currentTarget: { name, value } }) => setValues((before) => ({ ...before, [name]: value }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(values);
      }}
    >
      <label>
        E-mail <input type="email" name="email" value={values.email} onInput={change} />
      </label>
      {field === 'hidden' && <input type="hidden" name="ucc" value={values.ucc} onInput={change} />}
      {field === 'visible' && (
        <label>
          Invite code <input name="ucc" value={values.ucc} onInput={change} />
        </label>
      )}
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = (root, field) => render(<Signup field={field} />, root);
