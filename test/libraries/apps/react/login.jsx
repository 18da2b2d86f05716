import { send } from '../send.js';
import { render } from './render.jsx';

const Login = () => (
  <form action={(data) => send(data)}>
    <label>
      E-mail <input type="email" name="email" />
    </label>
    <label>
      Password <input type="password" name="password" autoComplete="current-password" />
    </label>
    <button type="submit">Log in</button>
  </form>
);

export const mount = render(Login);
