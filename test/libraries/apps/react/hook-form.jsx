import { useForm } from 'react-hook-form';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

function Signup({ field }) {
  const { register, handleSubmit } = useForm({ defaultValues: { email: '', ...(field !== 'none' && { ucc: '' }) } });
  return (
    <form onSubmit={handleSubmit((values) => send(values))}>
      <label>
        E-mail <input type="email" {...register('email', { required: true })} />
      </label>
      {field !== 'none' && <Code field={field} {...register('ucc')} />}
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = render(Signup);
