import { send } from '../send.js';
import { Code, Email, render } from './render.jsx';

const Signup = ({ field }) => (
  <form action={(data) => send(data)}>
    <Email />
    <Code field={field} />
    <button type="submit">Join</button>
  </form>
);

export const mount = render(Signup);
