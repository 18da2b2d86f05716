import { send } from '../send.js';
import { Code, render } from './render.jsx';

const Signup = ({ field }) => (
  <form action={(data) => send(data)}>
    <label>
      E-mail <input type="email" name="email" />
    </label>
    <Code field={field} />
    <button type="submit">Join</button>
  </form>
);

export const mount = render(Signup);
