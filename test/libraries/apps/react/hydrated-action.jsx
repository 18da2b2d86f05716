import { useActionState } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { send } from '../send.js';
import { Code } from './render.jsx';

const join = async (_state, data) => {
  await send(data);
  return 'Thank you';
};

function Signup({ field }) {
  const [answer, act] = useActionState(join, '');
  return (
    <form action={act}>
      <label>
        E-mail <input type="email" name="email" />
      </label>
      <Code field={field} />
      <button type="submit">Join</button>
      <p>{answer}</p>
    </form>
  );
}

export const render = (field) => renderToString(<Signup field={field} />);
export const hydrate = (root, field, onProblem) =>
  hydrateRoot(root, <Signup field={field} />, { onRecoverableError: onProblem });
