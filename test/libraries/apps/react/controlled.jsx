import { useState } from 'react';
import { send } from '../send.js';
import { Code, Email, render } from './render.jsx';

function Signup({ field }) {
  const [email, setEmail] = useState('');
  const [ucc, setUcc] = useState('');
  const submit = (event) => {
    event.preventDefault();
    send(field === 'none' ? { email } : { email, ucc });
  };
  return (
    <form onSubmit={submit}>
      <Email value={email} onChange={(event) => setEmail(event.target.value)} />
      <Code field={field} value={ucc} onChange={(event) => setUcc(event.target.value)} />
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = render(Signup);
