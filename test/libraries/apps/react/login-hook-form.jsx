import { useForm } from 'react-hook-form';
import { send } from '../send.js';
import { render } from './render.jsx';

function Login() {
  const { register, handleSubmit } = useForm();
  return (
    <form onSubmit={handleSubmit((values) => send(values))}>
      <label>
        E-mail <input type="email" {...register('email')} />
      </label>
      <label>
        Password <input type="password" {...register('password')} />
      </label>
      <button type="submit">Log in</button>
    </form>
  );
}

export const mount = render(Login);
