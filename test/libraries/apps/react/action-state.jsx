import { useActionState } from 'react';
import { useFormStatus } from 'react-dom';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

const join = async (_state, data) => {
  await send(data);
  return 'Thank you';
};

const Join = () => (
  <button type="submit" disabled={useFormStatus().pending}>
    Join
  </button>
);

function Signup({ field }) {
  const [answer, act] = useActionState(join, '');
  return (
    <form action={act}>
      <label>
        E-mail <input type="email" name="email" />
      </label>
      <Code field={field} />
      <Join />
      <p>{answer}</p>
    </form>
  );
}

export const mount = render(Signup);
