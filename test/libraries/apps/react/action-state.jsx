import { useActionState } from 'react';
import { useFormStatus } from 'react-dom';
import { join } from '../send.js';
import { Code, Email, render } from './render.jsx';

const Join = () => (
  <button type="submit" disabled={useFormStatus().pending}>
    Join
  </button>
);

function Signup({ field }) {
  const [answer, act] = useActionState(join, '');
  return (
    <form action={act}>
      <Email />
      <Code field={field} />
      <Join />
      <p>{answer}</p>
    </form>
  );
}

export const mount = render(Signup);
