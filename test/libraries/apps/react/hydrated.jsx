import { useState } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { send } from '../send.js';
import { Code, Email } from './render.jsx';

function Signup({ field }) {
  const [email, setEmail] = useState('');
  const [ucc, setUcc] = useState('');
  const submit = (event) => {
    event.preventDefault();
    send(field === 'none' ? { email, form: [...new FormData(event.currentTarget)] } : { email, ucc });
  };
  return (
    <form onSubmit={submit} data-typed={email !== ''}>
      <Email value={email} onChange={(event) => setEmail(event.target.value)} />
      <Code field={field} value={ucc} onChange={(event) => setUcc(event.target.value)} />
      <button type="submit">Join</button>
    </form>
  );
}

export const render = (field) => renderToString(<Signup field={field} />);
export const hydrate = (root, field, onProblem) =>
  hydrateRoot(root, <Signup field={field} />, { onRecoverableError: onProblem });
