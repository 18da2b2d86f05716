import { useActionState } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { join } from '../send.js';
import { Code, Email } from './render.jsx';

function Signup({ field }) {
  const [answer, act] = useActionState(join, '');
  return (
    <form action={act}>
      <Email />
      <Code field={field} />
      <button type="submit">Join</button>
      <p>{answer}</p>
    </form>
  );
}

export const render = (field) => renderToString(<Signup field={field} />);
export const hydrate = (root, field, onProblem) =>
  hydrateRoot(root, <Signup field={field} />, { onRecoverableError: onProblem });
